"""Which country a message mentions: by its name, inflected or misspelt, or by one of its cities.

The bot only asks a hit back ("Ben je in Marokko?"), so it has to be right often, not always. A name that is also an
everyday word counts only where it is clearly a place: after "in" or "naar", with an ending that means "in", or alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.nlu.normalise import normalise

HOME, ABROAD = "nl", "abroad"

MAX_NAME_WORDS = 4
"""Words in the longest names."""

MIN_STEM = 3
"""What is left of a name without its endings has at least this many letters."""

MIN_FUZZY_LENGTH = 7
"""Names of at least this many letters are also recognised with one letter wrong, missing, extra or swapped."""

_LOCATIVE_ENDINGS = frozenset((
    "da", "de", "ta", "te", "dan", "den", "tan", "ten", "daki", "deki", "taki", "teki", "ya", "ye", "yede",
    "ede", "yeda", "eda", "dayim", "deyim", "tayim", "teyim", "dayiz", "deyiz", "tayiz", "teyiz", "dasin", "desin",
    "dalar", "deler", "talar", "teler", "daydim", "deydim", "taydim", "teydim", "dayken", "deyken",
))  # fmt: skip
"""Endings that mean "in" or "from" (Turkish, Kurmanji, Somali): with them even an everyday word is a place."""

_ENDINGS = _LOCATIVE_ENDINGS | {
    "a", "e", "yi", "yu", "u", "nin", "nun", "eme", "yeme", "an", "ta", "ka", "oo", "em", "ie", "im",
}  # fmt: skip
"""These and other endings leave a name that name."""

_ARABIC_LOCATIVE_PREFIXES = ("وبال", "وفال", "بال", "فال", "لل", "وب", "وف", "ب", "ف", "ل")
_ARABIC_PREFIXES = ("وال", "ال", "و")
_ARABIC_ENDINGS = ("دا", "دام", "ام", "م", "يم", "هوه", "ه", "داين", "يش", "دايه", "وه", "ستم", "يه", "مان")
_TIGRINYA_PREFIXES = ("ኣብ", "ናብ", "ካብ", "ብ", "ን", "ከ", "ና")
_LATIN_PREFIXES = ("fl", "l", "d", "f", "b")
"""The article or "in" written as part of the name: French, Moroccan Arabic."""


@dataclass(frozen=True, slots=True)
class CountryNames:
    """How one country and its cities are written, in all languages."""

    code: str
    """ISO 3166-1 alpha-2."""
    names: Sequence[str]
    cities: Sequence[str] = ()
    ambiguous: Sequence[str] = ()
    """Names and cities that are everyday words as well."""


class CountryFinder:
    """Finds the country that a message mentions."""

    def __init__(
        self,
        countries: Iterable[CountryNames],
        ordinary: Iterable[str] = (),
        before: Iterable[str] = (),
        after: Iterable[str] = (),
    ) -> None:
        """ordinary: words people type that only look like a name. before, after: words beside a name that make it a
        place ("in", "naar"; in some languages they come after)."""
        self._names: dict[str, str] = {}
        self._ambiguous: dict[str, str] = {}
        self._misspelt: dict[str, str] = {}
        spelling = cache(normalise)  # a country has the same name in many languages
        self._ordinary = frozenset(map(spelling, ordinary))
        self._before = frozenset(map(spelling, before))
        self._after = frozenset(map(spelling, after))
        countries = list(countries)
        for country in countries:
            for word in country.ambiguous:
                self._ambiguous.setdefault(spelling(word), country.code)
            for word in (*country.names, *country.cities):
                self._names.setdefault(spelling(word), country.code)
        for word in (*self._ambiguous, *self._ordinary):
            self._names.pop(word, None)
        for country in countries:
            for word in map(spelling, country.names):
                if len(word) >= MIN_FUZZY_LENGTH and " " not in word and word in self._names:
                    self._misspelt |= dict.fromkeys(_deletions(word) | {word}, country.code)

    def find(self, words: Sequence[str]) -> str | None:
        """The country of a normalised message; see `foremost`."""
        return foremost(self.find_all(words))

    def find_all(self, words: Sequence[str]) -> Sequence[str]:
        """Every country that a normalised message names, in order."""
        found = []
        at = 0
        while at < len(words):
            for length in range(min(MAX_NAME_WORDS, len(words) - at), 0, -1):
                code = self._named(words, at, length)
                if code:
                    found.append(code)
                    at += length
                    break
            else:
                at += 1
        return found

    def _named(self, words: Sequence[str], at: int, length: int) -> str | None:
        phrase = " ".join(words[at : at + length])
        if phrase in self._names:
            return self._names[phrase]
        if phrase in self._ambiguous:
            return self._ambiguous[phrase] if self._is_place(words, at, at + length) else None
        if phrase in self._ordinary:
            return None
        if len(phrase) <= MIN_STEM:
            return None
        found = self._inflected(phrase)
        may_be_typo = found is None and length == 1 and len(phrase) >= MIN_FUZZY_LENGTH and phrase.isascii()
        return self._one_typo_away(phrase) if may_be_typo else found

    def _is_place(self, words: Sequence[str], start: int, end: int) -> bool:
        """Whether this is the whole message, or a word beside it means "in" or "from"."""
        whole = start == 0 and end == len(words)
        return (
            whole
            or (start > 0 and words[start - 1] in self._before)
            or (end < len(words) and words[end] in self._after)
        )

    def _inflected(self, word: str) -> str | None:
        """The country of a name with a prefix or an ending."""
        for stem, is_locative in _stems(word):
            if len(stem) < MIN_STEM or stem in self._ordinary:
                continue
            if stem in self._names and (len(stem) > 3 or not stem.isascii()):
                return self._names[stem]
            if is_locative and stem in self._ambiguous:
                return self._ambiguous[stem]
        return None

    def _one_typo_away(self, word: str) -> str | None:
        """The country whose name is one typing error away. Latin letters only: in other scripts nearly every such hit
        was another word."""
        return next(
            (self._misspelt[each] for each in (word, *sorted(_deletions(word))) if each in self._misspelt), None
        )


def foremost(countries: Sequence[str]) -> str | None:
    """One abroad before the Netherlands, the first before the others; None of none."""
    return next((code for code in countries if code != "NL"), countries[0] if countries else None)


def placed(probabilities: Mapping[str, float], countries: Sequence[str]) -> Mapping[str, float]:
    """How probable each place of the writer is (a label of "where" -> probability) in a message that names these
    countries, at least one: whoever names only one side of the border is not on the other, as far as we are told; of
    whoever names both, only listed words say on which they are."""
    home = all(code == "NL" for code in countries)
    far = {ABROAD} if home else {HOME} if "NL" not in countries else {ABROAD, HOME}
    return {label: 0.0 if label in far else probability for label, probability in probabilities.items()}


def _stems(word: str) -> Iterator[tuple[str, bool]]:
    """(what may be left of a word without its prefix or ending, whether that prefix or ending means "in")."""
    if "\u0600" <= word[0] <= "\u06ff":
        yield from _arabic_stems(word)
    elif "\u1200" <= word[0] <= "\u139f":
        yield from ((word[len(prefix) :], True) for prefix in _TIGRINYA_PREFIXES if word.startswith(prefix))
    elif "\u0400" <= word[0] <= "\u04ff":
        # Ukrainian changes the last vowel: Варшава, Варшави, Варшаву.
        yield from ((word[:-1] + vowel, False) for vowel in ("а", "я", "") if len(word) > 4)
    else:
        for size in range(min(6, len(word) - 3), 0, -1):
            if word[-size:] in _ENDINGS:
                yield word[:-size], word[-size:] in _LOCATIVE_ENDINGS
        if len(word) > 6:
            yield word[:-2] + "a", False  # Polish: Warszawa, Warszawie
        yield from (
            (word[len(prefix) :], False) for prefix in _LATIN_PREFIXES if word.startswith(prefix) and len(word) > 5
        )


def _arabic_stems(word: str) -> Iterator[tuple[str, bool]]:
    for prefix in _ARABIC_LOCATIVE_PREFIXES:
        if word.startswith(prefix):
            yield word[len(prefix) :], True
    rests = [word, *(word[len(prefix) :] for prefix in _ARABIC_PREFIXES if word.startswith(prefix))]
    for rest in rests:
        if rest != word:
            yield rest, False
        yield from ((rest[: -len(ending)], False) for ending in _ARABIC_ENDINGS if rest.endswith(ending))


def _deletions(word: str) -> set[str]:
    """The word without one of its letters (never the first). Two words that share one of these are one typing error
    apart (SymSpell, Garbe 2012)."""
    return {word[:at] + word[at + 1 :] for at in range(1, len(word))}
