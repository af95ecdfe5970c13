"""Enrolment: how somebody who is logged in sets up or changes what authenticates them."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import pyotp

from bot.access.accounts import Account, Accounts, Passkey
from bot.access.attempts import Attempts, AuthenticationFailed, Failure
from bot.access.authenticator import Offload
from bot.access.codes import AppCodes, new_recovery_codes
from bot.access.passwords import hash_password, password_fault, with_password
from bot.access.sessions import SessionStore

PENDING_SECONDS = 3600


class Enrolment:
    """Passwords, apps, recovery codes, passkeys and the identity provider of one's own account."""

    def __init__(
        self,
        accounts: Accounts,
        store: SessionStore,
        now: Callable[[], datetime],
        offload: Offload = lambda work: work(),
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._offload = offload
        self._attempts = Attempts(store)
        self._app_codes = AppCodes(store, now)

    def password_fault(self, account: Account, password: str) -> str:
        """What is wrong with this password for this account; "" where nothing is."""
        return str(self._offload(lambda: password_fault(password, account.name)))

    def choose_password(self, account: Account, password: str) -> Account:
        """Set a password its owner chose. Every session of the account ends; the caller starts a new one."""
        hashed = str(self._offload(lambda: hash_password(password)))
        return self._change(account, "password", lambda newest: with_password(newest, hashed))

    def link(self, account: Account, subject: str) -> Account:
        """Link the account to a subject at the identity provider; a one-time password is void from then on.

        Raises AuthenticationFailed where another account is linked to the subject.
        """
        if any(each.subject == subject and each.id != account.id for each in self._accounts.everybody()):
            raise AuthenticationFailed(Failure.WRONG)
        return self._change(
            account,
            "joined",
            lambda newest: msgspec.structs.replace(
                newest,
                subject=subject,
                password="" if newest.one_time_until else newest.password,
                one_time_until=0,
            ),
        )

    def new_app_secret(self, account: Account) -> str:
        """A secret for an authenticator app, to be confirmed within the hour."""
        secret = pyotp.random_base32()
        self._store.put(_pending(account), secret.encode(), PENDING_SECONDS)
        return secret

    def pending_app_secret(self, account: Account) -> str:
        """The secret that is not confirmed yet; "" where there is none."""
        found = self._store.pop(_pending(account))
        if found is None:
            return ""
        self._store.put(_pending(account), found, PENDING_SECONDS)
        return found.decode()

    def confirm_app(self, account: Account, code: str) -> tuple[Account, list[str]]:
        """Accept an app that shows the right digits; returns the account and fresh recovery codes.

        Raises AuthenticationFailed, also where no secret waits.
        """
        subject = f"app {account.id}"
        self._attempts.count_session(subject)
        secret = self.pending_app_secret(account)
        if not secret:
            raise AuthenticationFailed(Failure.OVER)
        if not self._app_codes.accepts(account.id, secret, "".join(code.split())):
            raise AuthenticationFailed(Failure.WRONG)
        self._attempts.reset(subject)
        self._store.pop(_pending(account))  # it serves once: the next app has a secret of its own
        return self._with_recovery_codes(account, "app", totp=secret)

    def new_recovery_codes(self, account: Account) -> tuple[Account, list[str]]:
        """Fresh recovery codes; the old ones are void."""
        return self._with_recovery_codes(account, "codes")

    def add_passkey(self, account: Account, passkey: Passkey) -> Account:
        """Add a passkey. Only beside an app or the identity provider, so that login works without it.

        Raises AuthenticationFailed.
        """
        if not account.totp and not account.subject:
            raise AuthenticationFailed(Failure.WRONG)
        return self._change(
            account, "passkey", lambda newest: msgspec.structs.replace(newest, passkeys=(*newest.passkeys, passkey))
        )

    def drop_passkeys(self, account: Account) -> Account:
        """Remove all passkeys of the account."""
        return self._change(account, "no_passkeys", lambda newest: msgspec.structs.replace(newest, passkeys=()))

    def _with_recovery_codes(self, account: Account, what: str, **more: object) -> tuple[Account, list[str]]:
        codes, hashes = new_recovery_codes()
        changed = self._change(account, what, lambda newest: msgspec.structs.replace(newest, recovery=hashes, **more))
        return changed, codes

    def _change(self, account: Account, what: str, how: Callable[[Account], Account]) -> Account:
        """Change the account and tell its owner and the administrators. Setting it up the first time is no change."""
        if account.one_time_until:
            return self._accounts.change(account.id, how)
        return self._accounts.change_login(account.id, what, how)


def _pending(account: Account) -> str:
    return f"app {account.id}"
