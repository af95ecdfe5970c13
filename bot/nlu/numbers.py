"""Choosing by number, however it is written: "1", "één", "optie 1", "nummer twee graag"."""

from collections.abc import Iterable, Sequence

from bot.nlu.normalise import normalise

MAX_WORDS = 4
"""More words than this are a sentence, where "een" is no number."""


class NumberWords:
    """Reads a choice from a menu."""

    def __init__(self, words: Iterable[Sequence[str]], around: Iterable[str]) -> None:
        """words: the number words of each language, in order from 1. around: words that may stand beside them."""
        self._numbers = {
            normalise(word): str(number) for ordered in words for number, word in enumerate(ordered, start=1)
        }
        self._around = frozenset(word for phrase in around for word in normalise(phrase).split())

    def read(self, text: str) -> str | None:
        """The one or two digits that a normalised message consists of; None when it says anything more."""
        if text.isdigit() and len(text) <= 2:
            return text
        words = text.split()
        if not 1 <= len(words) <= MAX_WORDS:
            return None
        rest = [word for word in words if word not in self._around]
        if len(rest) != 1:
            return None
        if rest[0].isdigit() and len(rest[0]) <= 2:
            return rest[0]
        return self._numbers.get(rest[0])
