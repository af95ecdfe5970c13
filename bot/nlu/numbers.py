"""Choosing by number, however it is written: "1", "één", "optie 1", "nummer twee graag"."""

from collections.abc import Iterable, Sequence

from bot.nlu.normalise import normalise

LONGEST = 4
"""More words than this are a sentence, in which "een" is no number."""


class NumberWords:
    """Built from the number words of all languages, each list in order from 1, and the words that stand around them."""

    def __init__(self, words: Iterable[Sequence[str]], around: Iterable[str]) -> None:
        self._numbers = {
            normalise(word): str(number) for ordered in words for number, word in enumerate(ordered, start=1)
        }
        self._around = frozenset(word for phrase in around for word in normalise(phrase).split())

    def read(self, text: str) -> str | None:
        """The digits a normalised message names and nothing else (one or two); None when it says anything more."""
        if text.isdigit() and len(text) <= 2:
            return text
        words = text.split()
        if not 1 <= len(words) <= LONGEST:
            return None
        rest = [word for word in words if word not in self._around]
        if len(rest) != 1:
            return None
        if rest[0].isdigit() and len(rest[0]) <= 2:
            return rest[0]
        return self._numbers.get(rest[0])
