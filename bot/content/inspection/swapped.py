"""Translations that were given to each other's texts.

Words that are translated into each other stand in the same pairs of text and translation again and again: "safely"
wherever there is "veilig". Two texts are taken for swapped when such words fit far better the other way round. That
needs no dictionary, so it works for every language; very short texts say too little and are left alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

CERTAIN_GAIN = 0.3
"""How much better two translations must fit when exchanged. In the English catalog no right pair gains 0.25, and of
all swaps that could be made in one file nine in ten gain more than this."""

FEWEST_WORDS = 3
"""Words of a text that stand in another text as well; with fewer, nothing can be said."""

DOUBTFUL = 0.5
"""A translation that fits its own text this well is not looked at further; most do."""

_WORD = re.compile(r"\{[^}]*\}|\w+")

Key = tuple[str, str]
"""Context and Dutch text."""


def swapped(catalog: Mapping[Key, str]) -> Iterator[tuple[Key, Key]]:
    """Pairs of texts of one file whose translations are exchanged, in the order of the catalog."""
    fit = _Fit(catalog)
    doubtful: dict[str, list[Key]] = defaultdict(list)
    for key in catalog:
        own = fit.score(key, key)
        if own is not None and own < DOUBTFUL:
            doubtful[key[0].split(".")[0]].append(key)
    for keys in doubtful.values():
        for one, other in combinations(keys, 2):
            if fit.gain(one, other) > CERTAIN_GAIN:
                yield one, other


class _Fit:
    """How well a translation fits a text, by the words of all the others."""

    def __init__(self, catalog: Mapping[Key, str]) -> None:
        self._source = {key: _words(key[1]) for key in catalog}
        self._target = {key: _words(translation) for key, translation in catalog.items()}
        self._texts_with = Counter(word for words in self._source.values() for word in words)
        self._translations_with = Counter(word for words in self._target.values() for word in words)
        self._together = Counter(
            (word, translated)
            for key, words in self._source.items()
            for word in words
            for translated in self._target[key]
        )

    def score(self, text: Key, translation: Key) -> float | None:
        """From 0 to 1, how well the words of a text are found in a translation. What the two say themselves does not
        count. None where too few words of the text stand in any other."""
        found = [
            max((self._kinship(word, each, text, translation) for each in self._target[translation]), default=0.0)
            for word in self._source[text]
            if self._texts_with[word] > 1
        ]
        return sum(found) / len(found) if len(found) >= FEWEST_WORDS else None

    def gain(self, one: Key, other: Key) -> float:
        """How much better two translations fit when they are exchanged; 0 where that cannot be said."""
        as_they_are = self.score(one, one), self.score(other, other)
        exchanged = self.score(one, other), self.score(other, one)
        if None in as_they_are or None in exchanged:
            return 0.0
        return sum(filter(None, exchanged)) - sum(filter(None, as_they_are))

    def _kinship(self, word: str, translated: str, text: Key, translation: Key) -> float:
        """The Dice coefficient of a word and a translated one, without these two texts."""
        elsewhere = self._translations_with[translated] - 1
        together = self._together[(word, translated)] - (translated in self._target[text])
        if text != translation:
            together -= word in self._source[translation]
        return max(0.0, 2 * together / (self._texts_with[word] - 1 + elsewhere)) if elsewhere else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))
