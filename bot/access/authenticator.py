"""How somebody proves who she is, and for how long that holds.

Password (argon2id) and then six digits of an app (RFC 6238), a recovery code, or a passkey. Nothing here answers
whether a name exists: a wrong name, a wrong password and a disabled account look the same and take as long.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Protocol

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.access.accounts import Account, Accounts, Passkey
from bot.access.passkeys import PasskeyRefused, signer, verified_login

SESSION_LIFE = 12 * 3600
"""Seconds after which everybody logs in anew."""

IDLE_LIFE = 15 * 60
"""Seconds without an act of her own until the pages are locked."""

TRIES = 8
TRIES_SECONDS = 15 * 60
"""So many wrong tries for one name in this time; then it waits."""

TRIES_OF_ALL = 300
"""The same for all names together, so that a list of names does not help."""

MIN_PASSWORD = 12
MAX_PASSWORD = 200
_STEP = 30
_RECOVERY_CODES = 8

_hasher = PasswordHasher()


class Stage(StrEnum):
    """How far a session is: the password was right; a one-time password was; she is in."""

    CODE = "code"
    START = "start"
    IN = "in"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser. began, active: seconds since 1970."""

    account: str
    epoch: int
    stage: Stage
    began: int
    active: int


class Why(StrEnum):
    """Why somebody is not let in."""

    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    OVER = "over"
    AWAY = "away"


class AuthenticationFailed(Exception):
    """The door stays shut."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


class Vault(Protocol):
    """What is remembered about who is at the door. Every method may raise StorageUnavailable: the door stays shut."""

    def begin(self, token: str, session: Session, seconds: int) -> None:
        """Remember a session under `token`, for so long."""
        ...

    def session(self, token: str) -> Session | None:
        """The session of this token."""
        ...

    def renew(self, token: str, session: Session) -> None:
        """Change a session that is still there; its life stays."""
        ...

    def end(self, token: str) -> None:
        """Forget it."""
        ...

    def tries(self, what: str, seconds: int) -> int:
        """Count one try more; how many there were since the first, at most `seconds` ago."""
        ...

    def forget_tries(self, what: str) -> None:
        """Count from nought again."""
        ...

    def once(self, what: str, seconds: int) -> bool:
        """True the first time within `seconds`."""
        ...

    def lay_by(self, what: str, value: bytes, seconds: int) -> None:
        """Keep a value until it is taken."""
        ...

    def take(self, what: str) -> bytes | None:
        """The value, which is gone from now on."""
        ...


class Authenticator:
    """Checks proofs and keeps sessions. `aside` runs a slow sum where it holds nobody else up."""

    def __init__(
        self,
        accounts: Accounts,
        vault: Vault,
        now: Callable[[], datetime],
        aside: Callable[[Callable[[], object]], object] = lambda work: work(),
    ) -> None:
        self._accounts = accounts
        self._vault = vault
        self._now = now
        self._aside = aside

    # -- proofs ------------------------------------------------------------------------------------------------------

    def password(self, name: str, password: str) -> Account:
        """The account that name and password open. Raises AuthenticationFailed."""
        account = self._accounts.find(name[:MAX_PASSWORD])
        counted = f"password {account.id if account else _hashed(name.casefold().strip())}"
        self._count(counted)
        usable = account is not None and not account.disabled and bool(account.password)
        kept = account.password if account is not None and usable else _nobodys()
        right = bool(self._aside(lambda: _matches(kept, password)))
        if account is None or not usable or not right:
            raise AuthenticationFailed(Why.WRONG)
        if account.one_time_until and account.one_time_until < self._seconds():
            raise AuthenticationFailed(Why.OVER)
        self._vault.forget_tries(counted)
        if not account.one_time_until and _hasher.check_needs_rehash(account.password):
            account = self.choose_password(account, password)
        return account

    def code(self, account: Account, code: str) -> Account:
        """Six digits of the app, each valid once, or a recovery code, which is used up. Raises AuthenticationFailed."""
        counted = f"code {account.id}"
        self._count(counted)
        typed = "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "").lower()
        if not (account.totp and self._digits(account.id, account.totp, typed)):
            account = self._use_recovery(account, typed)
        self._vault.forget_tries(counted)
        return account

    def passkey(self, challenge: str, answer: str, host: str, origin: str) -> Account:
        """The account whose device answered our challenge. Raises AuthenticationFailed."""
        self._count("passkey")
        expected = self.challenged(challenge)
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
            raise AuthenticationFailed(Why.WRONG) from None
        self._vault.forget_tries("passkey")
        return self._accounts.change(account.id, lambda newest: _counted(newest, passkey, count))

    def challenge(self, account_id: str = "") -> tuple[str, bytes]:
        """A challenge for a passkey, good for five minutes and once: its name here, and what is to be signed.
        account_id: who will add the key; "" = for logging in."""
        name, challenge = secrets.token_urlsafe(12), secrets.token_bytes(32)
        self._vault.lay_by(f"passkey {account_id} {name}", challenge, 300)
        return name, challenge

    def challenged(self, name: str, account_id: str = "") -> bytes:
        """The challenge of this name, once. Raises AuthenticationFailed."""
        found = self._vault.take(f"passkey {account_id} {name}")
        if found is None:
            raise AuthenticationFailed(Why.OVER)
        return found

    def joined(self, subject: str) -> Account:
        """The account that is joined to somebody at the identity provider. Raises AuthenticationFailed."""
        for account in self._accounts.everybody():
            if account.subject and hmac.compare_digest(account.subject.encode(), subject.encode()):
                if account.disabled:
                    break
                return account
        raise AuthenticationFailed(Why.WRONG)

    # -- setting up --------------------------------------------------------------------------------------------------

    def choose_password(self, account: Account, password: str) -> Account:
        """A password of her own. Every other session of hers ends; the caller begins a new one."""
        hashed = str(self._aside(lambda: _hasher.hash(_normal(password))))
        return self._accounts.change(
            account.id,
            lambda newest: msgspec.structs.replace(newest, password=hashed, one_time_until=0, epoch=newest.epoch + 1),
        )

    def join(self, account: Account, subject: str) -> Account:
        """She comes in by way of the identity provider from now on. What she was let in with once is void."""
        if any(each.subject == subject and each.id != account.id for each in self._accounts.everybody()):
            raise AuthenticationFailed(Why.WRONG)
        return self._accounts.change(
            account.id,
            lambda newest: msgspec.structs.replace(
                newest,
                subject=subject,
                password="" if newest.one_time_until else newest.password,
                one_time_until=0,
            ),
        )

    def app_secret(self, account: Account) -> str:
        """A secret for her authenticator app, to be proved within the hour."""
        secret = pyotp.random_base32()
        self._vault.lay_by(f"app {account.id}", secret.encode(), 3600)
        return secret

    def app_pending(self, account: Account) -> str:
        """The secret that is still to be proved, or a new one."""
        found = self._vault.take(f"app {account.id}")
        if found is None:
            return self.app_secret(account)
        self._vault.lay_by(f"app {account.id}", found, 3600)
        return found.decode()

    def set_up_app(self, account: Account, code: str) -> tuple[Account, list[str]]:
        """Take an app once it shows the right digits; with it fresh recovery codes. Raises AuthenticationFailed."""
        self._count(f"code {account.id}")
        secret = self.app_pending(account)
        if not self._digits(account.id, secret, "".join(code.split())):
            raise AuthenticationFailed(Why.WRONG)
        self._vault.forget_tries(f"code {account.id}")
        return self._with_recovery(account, totp=secret)

    def add_passkey(self, account: Account, passkey: Passkey) -> Account:
        """Add a passkey. Only beside an app, so that login works without it. Raises AuthenticationFailed."""
        if not account.totp:
            raise AuthenticationFailed(Why.WRONG)
        return self._accounts.change(
            account.id, lambda newest: msgspec.structs.replace(newest, passkeys=(*newest.passkeys, passkey))
        )

    def drop_passkeys(self, account: Account) -> Account:
        """Take no device of hers any more."""
        return self._accounts.change(account.id, lambda newest: msgspec.structs.replace(newest, passkeys=()))

    def new_recovery(self, account: Account) -> tuple[Account, list[str]]:
        """Fresh recovery codes; the old ones are void."""
        return self._with_recovery(account)

    # -- sessions ----------------------------------------------------------------------------------------------------

    def begin(self, account: Account, stage: Stage) -> str:
        """Remember this browser; returns the token that stands for it."""
        token, now = secrets.token_urlsafe(32), self._seconds()
        session = Session(account=account.id, epoch=account.epoch, stage=stage, began=now, active=now)
        self._vault.begin(token, session, SESSION_LIFE)
        return token

    def who(self, token: str) -> tuple[Account, Session] | None:
        """Whose browser this is, if she may still be here."""
        session = self._vault.session(token) if token else None
        account = self._accounts.get(session.account) if session else None
        if session is None or account is None or account.disabled or session.epoch != account.epoch:
            return None
        return account, session

    def is_locked(self, session: Session) -> bool:
        """Nobody has done anything here for a while."""
        return self._seconds() - session.active > IDLE_LIFE

    def active(self, token: str, session: Session) -> None:
        """She did something."""
        if self._seconds() - session.active >= 30:  # one write in half a minute is precise enough
            self._vault.renew(token, msgspec.structs.replace(session, active=self._seconds()))

    def end(self, token: str) -> None:
        """Log out."""
        if token:
            self._vault.end(token)

    def end_all(self, account: Account) -> Account:
        """Log out everywhere."""
        return self._accounts.change(account.id, lambda newest: msgspec.structs.replace(newest, epoch=newest.epoch + 1))

    # -- inside ------------------------------------------------------------------------------------------------------

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _count(self, what: str) -> None:
        """Counted before the proof is looked at, so that many at once do not get past it."""
        most = TRIES_OF_ALL if what == "passkey" else TRIES
        if self._vault.tries(what, TRIES_SECONDS) > most or self._vault.tries("all", TRIES_SECONDS) > TRIES_OF_ALL:
            raise AuthenticationFailed(Why.TOO_OFTEN)

    def _digits(self, account_id: str, secret: str, typed: str) -> bool:
        step = self._seconds() // _STEP
        for counter in (step, step - 1, step + 1):  # a clock that is half a minute off
            right = pyotp.TOTP(secret).generate_otp(counter)
            if typed.isascii() and hmac.compare_digest(right, typed):
                return self._vault.once(f"digits {account_id} {counter}", 4 * _STEP)
        return False

    def _use_recovery(self, account: Account, typed: str) -> Account:
        used = _hashed(typed)
        if used not in account.recovery:
            raise AuthenticationFailed(Why.WRONG)
        if not self._vault.once(f"recovery {account.id} {used}", SESSION_LIFE):
            raise AuthenticationFailed(Why.WRONG)
        return self._accounts.change(
            account.id,
            lambda newest: msgspec.structs.replace(
                newest, recovery=tuple(each for each in newest.recovery if each != used)
            ),
        )

    def _with_recovery(self, account: Account, **more: object) -> tuple[Account, list[str]]:
        codes = [
            f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _code in range(_RECOVERY_CODES)
        ]
        hashes = tuple(_hashed(code.replace("-", "")) for code in codes)
        changed = self._accounts.change(
            account.id,
            lambda newest: msgspec.structs.replace(newest, recovery=hashes, **more),
        )
        return changed, codes


def password_fault(password: str, name: str) -> str:
    """What is wrong with a password somebody chooses: "short", "long", "name"; "" when nothing is. No rule about
    kinds of characters: length is what counts (NIST SP 800-63B)."""
    plain = _normal(password)
    if len(plain) < MIN_PASSWORD or len(set(plain)) < 5:
        return "short"
    if len(plain) > MAX_PASSWORD:
        return "long"
    return "name" if name.casefold() in plain.casefold() and len(plain) < len(name) + MIN_PASSWORD else ""


def app_address(account: Account, secret: str) -> str:
    """What an authenticator app reads from the square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name="Console")


@cache
def _nobodys() -> str:
    """Checked when there is no such name, so that it takes as long."""
    return _hasher.hash(secrets.token_urlsafe())


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, _normal(password))
    except (Argon2Error, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """The same password from every keyboard; a huge one costs no more than a long one."""
    return unicodedata.normalize("NFC", password)[: MAX_PASSWORD + 1]


def _hashed(code: str) -> str:
    return hashlib.blake2b(code.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _counted(account: Account, used: Passkey, count: int) -> Account:
    passkeys = tuple(
        msgspec.structs.replace(each, count=count) if each.id == used.id else each for each in account.passkeys
    )
    return msgspec.structs.replace(account, passkeys=passkeys)
