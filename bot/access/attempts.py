"""Throttles attempts to authenticate, so that nothing can be guessed by trying."""

from enum import StrEnum

from bot.access.sessions import SessionStore

ATTEMPTS = 8
"""Attempts that one name, or one account's code, has within ATTEMPTS_SECONDS."""

ATTEMPTS_OF_ALL = 300
"""Attempts of all names together within ATTEMPTS_SECONDS, so that a list of names does not help."""

ATTEMPTS_SECONDS = 15 * 60

PASSKEY = "passkey"
"""Passkeys name nobody, so all of them are counted together."""


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


class Attempts:
    """Counts attempts in `store`."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def count(self, subject: str) -> None:
        """Count one attempt at `subject`. Call it before looking at the proof, so that many at once do not get past.

        Raises AuthenticationFailed where there were too many.
        """
        limit = ATTEMPTS_OF_ALL if subject == PASSKEY else ATTEMPTS
        of_subject = self._store.tries(subject, ATTEMPTS_SECONDS)
        if of_subject > limit or self._store.tries("all", ATTEMPTS_SECONDS) > ATTEMPTS_OF_ALL:
            raise AuthenticationFailed(Failure.TOO_OFTEN)

    def reset(self, subject: str) -> None:
        """Reset the counter of `subject` after a success."""
        self._store.forget_tries(subject)
