"""Throttles attempts to authenticate, so that nothing can be guessed by trying, and no stranger shuts anybody out.

Attempts are counted by name and by source. A browser in which an account has logged in before counts on its own; so do
sessions that are open. Passkeys are not counted: their signatures cannot be guessed.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.access.sessions import SessionStore

ATTEMPTS = 8
"""Attempts at one name, or one account's code, from one source or one known browser within ATTEMPTS_SECONDS."""

ATTEMPTS_OF_SOURCE = 100
"""Attempts at any names from one source, so that a list of names does not help."""

ATTEMPTS_OF_NAME = 100
"""Attempts at one name from all sources that are not known, so that many sources do not help."""

ATTEMPTS_SECONDS = 15 * 60


class Failure(StrEnum):
    """Why authentication failed. Never whether a name exists."""

    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    OVER = "over"
    """The one-time password or the challenge has expired."""

    AWAY = "away"
    """The identity provider does not answer."""


class AuthenticationFailed(Exception):
    """Authentication failed, for this reason."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """Where an attempt comes from."""

    network: str = ""
    """The address that connected, or its network."""

    browser: str = ""
    """An opaque id of the browser, which only we can make; "" for one that nobody has logged in with."""

    accounts: frozenset[str] = frozenset()
    """Ids of accounts that have logged in with this browser."""


class Attempts:
    """Counts attempts in `store`."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def count(self, subject: str, source: Source, account_id: str = "") -> None:
        """Count one attempt at `subject`. Call it before looking at the proof, so that many at once do not get past.

        account_id: whose the subject is, where there is such an account. Raises AuthenticationFailed where there were
        too many. The first counter that is full ends the count: what is refused fills no counter others share.
        """
        if account_id and account_id in source.accounts:
            self._count(f"{subject} in {source.browser}", ATTEMPTS)
            return
        self._count(f"{subject} from {source.network}", ATTEMPTS)
        self._count(f"all from {source.network}", ATTEMPTS_OF_SOURCE)
        self._count(subject, ATTEMPTS_OF_NAME)

    def count_session(self, subject: str) -> None:
        """Count one attempt that somebody with an open session makes. Raises AuthenticationFailed as `count` does."""
        self._count(f"session {subject}", ATTEMPTS)

    def reset(self, subject: str, source: Source | None = None) -> None:
        """Reset the counter of `subject` from this source, or of an open session, after a success."""
        if source is None:
            self._store.forget_tries(f"session {subject}")
            return
        self._store.forget_tries(f"{subject} in {source.browser}")
        self._store.forget_tries(f"{subject} from {source.network}")

    def _count(self, subject: str, limit: int) -> None:
        if self._store.tries(subject, ATTEMPTS_SECONDS) > limit:
            raise AuthenticationFailed(Failure.TOO_OFTEN)
