"""Which country a message mentions: by its name, bent as languages bend names, misspelt, or by one of its cities.

A hit is only ever asked back ("Ben je in Marokko?"), so it has to be right often, not always. A name that is also
an everyday word counts only where it is plainly a place: after "in" or "naar", with an ending that says "in", or alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.nlu.normalise import normalise

LONGEST = 4
"""Words in the longest names."""

FUZZY_FROM = 7
"""Names of at least so many letters are also known with one letter wrong, missing, extra or swapped."""

_SAYS_IN = frozenset((
    "da", "de", "ta", "te", "dan", "den", "tan", "ten", "daki", "deki", "taki", "teki", "ya", "ye", "yede",
    "ede", "yeda", "eda", "dayim", "deyim", "tayim", "teyim", "dayiz", "deyiz", "tayiz", "teyiz", "dasin", "desin",
    "dalar", "deler", "talar", "teler", "daydim", "deydim", "taydim", "teydim", "dayken", "deyken",
))  # fmt: skip
"""Endings that say "in" or "from" (Turkish, Kurmanji, Somali): they make a place even of an everyday word."""

_ENDINGS = _SAYS_IN | {
    "a", "e", "yi", "yu", "u", "nin", "nun", "eme", "yeme", "an", "ta", "ka", "oo", "em", "ie", "im",
}  # fmt: skip
"""Other endings with which a name is still that name."""

_ARABIC_IN = ("وبال", "وفال", "بال", "فال", "لل", "وب", "وف", "ب", "ف", "ل")
_ARABIC_FRONT = ("وال", "ال", "و")
_ARABIC_ENDINGS = ("دا", "دام", "ام", "م", "يم", "هوه", "ه", "داين", "يش", "دايه", "وه", "ستم", "يه", "مان")
_TIGRINYA_FRONT = ("ኣብ", "ናብ", "ካብ", "ብ", "ን", "ከ", "ና")
_LATIN_FRONT = ("fl", "l", "d", "f", "b")
"""The article or "in" written on to a name: French, Moroccan."""


@dataclass(frozen=True, slots=True)
class CountryNames:
    """code: ISO 3166-1 alpha-2. names: of the country. cities. ambiguous: either kind, but an everyday word as well."""

    code: str
    names: Sequence[str]
    cities: Sequence[str] = ()
    ambiguous: Sequence[str] = ()


class Countries:
    """Built from names in all languages. ordinary: words people type that only look like one. before, after: words
    beside a name that make it a place ("in", "naar"; in some languages they come after)."""

    def __init__(
        self,
        countries: Iterable[CountryNames],
        ordinary: Iterable[str] = (),
        before: Iterable[str] = (),
        after: Iterable[str] = (),
    ) -> None:
        self._names: dict[str, str] = {}
        self._ambiguous: dict[str, str] = {}
        self._misspelt: dict[str, str] = {}
        self._ordinary = frozenset(map(normalise, ordinary))
        self._before = frozenset(map(normalise, before))
        self._after = frozenset(map(normalise, after))
        countries = list(countries)
        for country in countries:
            for word in country.ambiguous:
                self._ambiguous.setdefault(normalise(word), country.code)
            for word in (*country.names, *country.cities):
                self._names.setdefault(normalise(word), country.code)
        for word in (*self._ambiguous, *self._ordinary):
            self._names.pop(word, None)
        for country in countries:
            for word in map(normalise, country.names):
                if len(word) >= FUZZY_FROM and " " not in word and word in self._names:
                    self._misspelt |= dict.fromkeys(_one_less(word) | {word}, country.code)

    def find(self, words: Sequence[str]) -> str | None:
        """The country of a normalised message: one abroad before the Netherlands, the first before the others."""
        found = list(self._all(words))
        return next((code for code in found if code != "NL"), found[0] if found else None)

    def _all(self, words: Sequence[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            for length in range(min(LONGEST, len(words) - at), 0, -1):
                code = self._named(words, at, length)
                if code:
                    yield code
                    at += length
                    break
            else:
                at += 1

    def _named(self, words: Sequence[str], at: int, length: int) -> str | None:
        phrase = " ".join(words[at : at + length])
        if phrase in self._names:
            return self._names[phrase]
        if phrase in self._ambiguous:
            return self._ambiguous[phrase] if self._is_place(words, at, at + length) else None
        if phrase in self._ordinary:
            return None
        return self._bent(phrase) or (self._nearly(phrase) if length == 1 else None)

    def _is_place(self, words: Sequence[str], start: int, end: int) -> bool:
        """Is this the whole message, or does a word beside it say "in" or "from"?"""
        whole = start == 0 and end == len(words)
        return (
            whole
            or (start > 0 and words[start - 1] in self._before)
            or (end < len(words) and words[end] in self._after)
        )

    def _bent(self, word: str) -> str | None:
        """The country of a name with something stuck to its front or end."""
        for stem, says_in in _stems(word):
            if len(stem) < 3 or stem in self._ordinary:
                continue
            if stem in self._names and (len(stem) > 3 or not stem.isascii()):
                return self._names[stem]
            if says_in and stem in self._ambiguous:
                return self._ambiguous[stem]
        return None

    def _nearly(self, word: str) -> str | None:
        """The country whose name is one slip of the finger away. In Latin letters only: in other scripts nearly every
        such hit was another word."""
        if len(word) < FUZZY_FROM or not word.isascii():
            return None
        return next((self._misspelt[each] for each in (word, *sorted(_one_less(word))) if each in self._misspelt), None)


def _stems(word: str) -> Iterator[tuple[str, bool]]:
    """What may be left of a word without what is stuck to it, and whether that says "in"."""
    if "\u0600" <= word[0] <= "\u06ff":
        yield from _arabic_stems(word)
    elif "\u1200" <= word[0] <= "\u139f":
        yield from ((word[len(front) :], True) for front in _TIGRINYA_FRONT if word.startswith(front))
    elif "\u0400" <= word[0] <= "\u04ff":
        # Ukrainian bends the last vowel: Варшава, Варшави, Варшаву.
        yield from ((word[:-1] + vowel, False) for vowel in ("а", "я", "") if len(word) > 4)
    else:
        for size in range(min(6, len(word) - 3), 0, -1):
            if word[-size:] in _ENDINGS:
                yield word[:-size], word[-size:] in _SAYS_IN
        if len(word) > 6:
            yield word[:-2] + "a", False  # Polish: Warszawa, Warszawie
        yield from ((word[len(front) :], False) for front in _LATIN_FRONT if word.startswith(front) and len(word) > 5)


def _arabic_stems(word: str) -> Iterator[tuple[str, bool]]:
    for front in _ARABIC_IN:
        if word.startswith(front):
            yield word[len(front) :], True
    rests = [word, *(word[len(front) :] for front in _ARABIC_FRONT if word.startswith(front))]
    for rest in rests:
        if rest != word:
            yield rest, False
        yield from ((rest[: -len(ending)], False) for ending in _ARABIC_ENDINGS if rest.endswith(ending))


def _one_less(word: str) -> set[str]:
    """The word without one of its letters (never the first): two words that share one are a slip apart (SymSpell,
    Garbe 2012)."""
    return {word[:at] + word[at + 1 :] for at in range(1, len(word))}
