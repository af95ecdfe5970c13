"""Authentication: password (argon2id), then six digits of an app (RFC 6238), a recovery code, or a passkey.

Nothing here tells whether a name exists: a wrong name, a wrong password and a disabled account look the same and take
as long.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime

import msgspec

from bot.access.accounts import Account, Accounts, Passkey, plain_name
from bot.access.attempts import Attempts, AuthenticationFailed, Failure, Source
from bot.access.codes import AppCodes, claim_recovery_code, digest
from bot.access.passkeys import PasskeyRefused, signer, verified_login
from bot.access.passwords import MAX_PASSWORD, decoy_hash, hash_password, matches, needs_rehash
from bot.access.sessions import SessionStore

CHALLENGE_SECONDS = 300
REFUSAL_SECONDS = 3600

Offload = Callable[[Callable[[], object]], object]
"""Runs a slow computation where it holds nothing else up, and returns its result."""


class Authenticator:
    """Checks proofs of who somebody is. Every method but `challenge` may raise AuthenticationFailed."""

    def __init__(
        self,
        accounts: Accounts,
        store: SessionStore,
        now: Callable[[], datetime],
        offload: Offload = lambda work: work(),
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._now = now
        self._offload = offload
        self._attempts = Attempts(store)
        self._app_codes = AppCodes(store, now)

    def password(self, name: str, password: str, source: Source) -> Account:
        """The account of this name and password."""
        name = name[:MAX_PASSWORD]
        account = self._accounts.find(name)
        subject = f"password {digest(plain_name(name))}"  # the same for names that exist and names that do not
        self._attempts.count(subject, source, account.id if account else "")
        account = self._with_password(account, password)
        self._attempts.reset(subject, source)
        return account

    def proof(self, account: Account, password: str) -> Account:
        """`account` after its owner, who has an open session, gave its password again."""
        subject = f"proof {account.id}"
        self._attempts.count_session(subject)
        account = self._with_password(self._accounts.get(account.id), password)
        self._attempts.reset(subject)
        return account

    def _with_password(self, account: Account | None, password: str) -> Account:
        """`account` where the password is its own; None is checked as long as any other."""
        usable = account is not None and not account.disabled and bool(account.password)
        hashed = account.password if account is not None and usable else decoy_hash()
        is_right = bool(self._offload(lambda: matches(hashed, password)))
        if account is None or not usable or not is_right:
            raise AuthenticationFailed(Failure.WRONG)
        if account.one_time_until and account.one_time_until < int(self._now().timestamp()):
            raise AuthenticationFailed(Failure.OVER)
        if not account.one_time_until and needs_rehash(account.password):
            rehashed = str(self._offload(lambda: hash_password(password)))
            was = account.password
            account = self._accounts.change(
                account.id,
                lambda newest: msgspec.structs.replace(newest, password=rehashed) if newest.password == was else newest,
            )
        return account

    def code(self, account: Account, code: str, source: Source) -> Account:
        """`account` after six digits of its app, each valid once, or a recovery code, which is used up."""
        subject = f"code {account.id}"
        self._attempts.count(subject, source, account.id)
        typed = "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "").lower()
        if not (account.totp and self._app_codes.accepts(account.id, account.totp, typed)):
            account = self._use_recovery_code(account, typed)
        self._attempts.reset(subject, source)
        return account

    def passkey(self, challenge: str, answer: str, host: str, origin: str) -> Account:
        """The account whose device answered our challenge. Not counted: a signature cannot be guessed, and a count of
        all of them would let a stranger shut everybody out."""
        expected = self.take_challenge(challenge)
        try:
            key_id = signer(answer)
            account, passkey = next(
                (account, passkey)
                for account in self._accounts.everybody()
                for passkey in account.passkeys
                if passkey.id == key_id and not account.disabled
            )
            count = verified_login(answer, expected, host, origin, passkey)
        except (PasskeyRefused, StopIteration):
            raise AuthenticationFailed(Failure.WRONG) from None
        return self._accounts.change(account.id, lambda newest: _with_count(newest, passkey, count))

    def proof_by_passkey(
        self, account: Account, purpose: str, challenge: str, answer: str, host: str, origin: str
    ) -> Account:
        """`account` after its owner, who has an open session, answered a challenge with one of its own passkeys."""
        expected = self.take_challenge(challenge, purpose)
        newest = self._accounts.get(account.id)
        try:
            key_id = signer(answer)
            passkey = next(each for each in (newest.passkeys if newest else ()) if each.id == key_id)
            count = verified_login(answer, expected, host, origin, passkey)
        except (PasskeyRefused, StopIteration):
            raise AuthenticationFailed(Failure.WRONG) from None
        return self._accounts.change(account.id, lambda newest: _with_count(newest, passkey, count))

    def challenge(self, purpose: str = "") -> tuple[str, bytes]:
        """A challenge for a passkey, valid once and for five minutes: its name here, and the bytes to be signed.

        `purpose` says for what it serves, and for nothing else; "" is for logging in.
        """
        name, challenge = secrets.token_urlsafe(12), secrets.token_bytes(32)
        self._store.put(f"passkey {purpose} {name}", challenge, CHALLENGE_SECONDS)
        return name, challenge

    def take_challenge(self, name: str, purpose: str = "") -> bytes:
        """The bytes of the challenge of this name, once."""
        found = self._store.pop(f"passkey {purpose} {name}")
        if found is None:
            raise AuthenticationFailed(Failure.OVER)
        return found

    def refusals(self, account_id: str = "") -> int:
        """Count one more refusal, at the open screen of this account if any; returns how many there were within the
        hour."""
        return self._store.tries(f"refusals {account_id}".strip(), REFUSAL_SECONDS)

    def linked(self, subject: str) -> Account:
        """The account linked to this subject at the identity provider."""
        for account in self._accounts.everybody():
            if account.subject and hmac.compare_digest(account.subject.encode(), subject.encode()):
                if account.disabled:
                    break
                return account
        raise AuthenticationFailed(Failure.WRONG)

    def _use_recovery_code(self, account: Account, typed: str) -> Account:
        used = claim_recovery_code(self._store, account, typed)
        if not used:
            raise AuthenticationFailed(Failure.WRONG)
        return self._accounts.change(
            account.id,
            lambda newest: msgspec.structs.replace(
                newest, recovery=tuple(each for each in newest.recovery if each != used)
            ),
        )


def _with_count(account: Account, used: Passkey, count: int) -> Account:
    passkeys = tuple(
        msgspec.structs.replace(each, count=count) if each.id == used.id else each for each in account.passkeys
    )
    return msgspec.structs.replace(account, passkeys=passkeys)
