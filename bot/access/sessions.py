"""Sessions: which browser belongs to which account, and for how long."""

import secrets
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from bot.access.accounts import Account, Accounts

SESSION_LIFE = 12 * 3600
"""Absolute session lifetime in seconds."""

IDLE_LIFE = 15 * 60
"""Seconds without an act of the advisor after which their pages are locked."""

PROOF_LIFE = 5 * 60
"""Seconds for which a proof that was given on a page counts."""

_ACTIVE_PRECISION = 30
"""Seconds; one write in half a minute is precise enough."""


class Stage(StrEnum):
    """How far a login has come."""

    CODE = "code"
    """The password was right; the second factor is missing."""

    START = "start"
    """A one-time password was right; the account is not set up yet."""

    IN = "in"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser."""

    account: str
    epoch: int
    """Of the account when the session started; the session ends when the account's moves on."""

    stage: Stage
    began: int
    """Seconds since 1970."""

    active: int
    """When the advisor last did something, in seconds since 1970."""

    proved: int = 0
    """When the advisor last proved again who they are, in seconds since 1970. Logging in does not count."""

    proved_with_password: bool = True
    """Was it with the password? Else with a passkey or at the identity provider."""


class SessionStore(Protocol):
    """Keeps sessions, attempts and values that serve once. Every method may raise StorageUnavailable; then nobody is
    authenticated."""

    def begin(self, token: str, session: Session, seconds: int) -> None:
        """Keep a session under `token` for so long."""
        ...

    def session(self, token: str) -> Session | None:
        """The session of this token."""
        ...

    def renew(self, token: str, session: Session) -> None:
        """Change a session that still exists; its lifetime stays."""
        ...

    def end(self, token: str) -> None:
        """Delete the session of this token."""
        ...

    def tries(self, what: str, seconds: int) -> int:
        """Count one more attempt; returns how many there were since the first one at most `seconds` ago."""
        ...

    def forget_tries(self, what: str) -> None:
        """Reset the counter."""
        ...

    def claim_once(self, what: str, seconds: int) -> bool:
        """True the first time within `seconds`."""
        ...

    def put(self, what: str, value: bytes, seconds: int) -> None:
        """Keep a value until `pop`, at most so long."""
        ...

    def pop(self, what: str) -> bytes | None:
        """Return the value and delete it."""
        ...


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, accounts: Accounts, store: SessionStore, now: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._store = store
        self._now = now

    def start(self, account: Account, stage: Stage) -> str:
        """Start a session for this browser; returns its token."""
        token, now = secrets.token_urlsafe(32), self._seconds()
        session = Session(account=account.id, epoch=account.epoch, stage=stage, began=now, active=now)
        self._store.begin(token, session, SESSION_LIFE)
        return token

    def find(self, token: str) -> tuple[Account, Session] | None:
        """The account and session of a token; None where the session is over or the account may not log in."""
        session = self._store.session(token) if token else None
        account = self._accounts.get(session.account) if session else None
        if session is None or account is None or account.disabled or session.epoch != account.epoch:
            return None
        return account, session

    def is_locked(self, session: Session) -> bool:
        """Has the advisor done nothing for IDLE_LIFE?"""
        return self._seconds() - session.active > IDLE_LIFE

    def touch(self, token: str, session: Session) -> None:
        """The advisor did something."""
        if self._seconds() - session.active >= _ACTIVE_PRECISION:
            self._store.renew(token, msgspec.structs.replace(session, active=self._seconds()))

    def prove(self, token: str, session: Session, *, with_password: bool) -> Session:
        """The advisor has just proved again who they are. Returns the session as it is now."""
        now = self._seconds()
        proved = msgspec.structs.replace(session, active=now, proved=now, proved_with_password=with_password)
        self._store.renew(token, proved)
        return proved

    def is_proved(self, session: Session) -> bool:
        """Was that proof given within PROOF_LIFE?"""
        return 0 <= self._seconds() - session.proved <= PROOF_LIFE

    def end(self, token: str) -> None:
        """Log this browser out."""
        if token:
            self._store.end(token)

    def end_all(self, account: Account) -> Account:
        """Log the account out everywhere."""
        return self.end_all_of(account.id)

    def end_all_of(self, account_id: str) -> Account:
        """The same for the account with this id. Raises KeyError where there is none."""
        return self._accounts.change(account_id, lambda newest: msgspec.structs.replace(newest, epoch=newest.epoch + 1))

    def _seconds(self) -> int:
        return int(self._now().timestamp())
