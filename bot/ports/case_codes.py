"""Case codes: four plain words that lead to what a person chose, once. They are made by a commit."""

from typing import Protocol

from bot.dialogue.events import Answers


class TooManyTries(Exception):
    """Somebody guesses case codes, or all together do."""


class CaseCodes(Protocol):
    """Every method may raise StorageUnavailable. who: whoever tries, an opaque id; a few tries in an hour that lead
    nowhere, and both methods raise TooManyTries."""

    def look_up(self, words: str, who: str) -> Answers | None:
        """What stands behind a code, which stays; None: nothing (any more)."""
        ...

    def pop(self, words: str, who: str) -> Answers | None:
        """The same, and the code is used up."""
        ...
