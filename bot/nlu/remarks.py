"""Short things people say to whoever they talk with: yes, not now, I do not know, he is watching, which number.

What they mean depends on what was just said, so the dialogue reads them, not the classifiers. Each language lists them
in three ways, see flows/README.md: the whole message, how it begins, and what may stand anywhere in it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.normalise import normalise

MOST_WORDS = 14
"""A longer message is a story, in which such words mean something else."""

MOST_AFTER_BEGINNING = 9
"""A message of at most so many words is meant as it begins."""

GAP = 3
"""How many words "..." in a phrase may stand for at most."""

FILLING = 5
"""The same for "~", which only stands for words that change nothing."""

_CUT = re.compile(r"(\.\.\.|~)")

NUMBER = "#"
"""In a phrase it stands for a number."""

MOST_DIGITS = 2
"""Of such a number."""

_NOT = frozenset((
    "niet", "nooit", "geen", "niemand", "niks", "not", "never", "no", "nobody", "dont", "doesnt", "isnt", "arent",
    "cant", "pas", "jamais", "personne", "degil", "yok",
))  # fmt: skip


_NO = "no"

_SKIN = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
"""A thumb is a thumb."""


@dataclass(frozen=True, slots=True)
class RemarkWords:
    """How one remark is made in one language."""

    whole: Sequence[str] = ()
    starts: Sequence[str] = ()
    within: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Phrase:
    parts: tuple[tuple[str, ...], ...]
    """Its words, cut where it says "..." or "~"."""
    gaps: tuple[frozenset[str] | None, ...]
    """The words that may stand at each cut; None: any."""
    kind: str
    negated: bool
    """Does it hold a "not" itself? Another one beside it would reverse it."""


class Remarks:
    """Finds remarks. Built once; `read` changes nothing."""

    def __init__(
        self,
        languages: Mapping[str, Mapping[str, RemarkWords]],
        around: Mapping[str, Iterable[str]] | None = None,
        between: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """languages: language -> remark -> its words. around: language -> words that mean nothing at either end.
        between: language -> words that "~" in a phrase may stand for."""
        self._whole: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._starts: dict[str, dict[str, list[_Phrase]]] = {}
        self._within: dict[str, dict[str, list[_Phrase]]] = {}
        self._around = {
            language: frozenset(normalise(word) for word in words) for language, words in (around or {}).items()
        }
        for language, kinds in languages.items():
            filling = frozenset(normalise(word) for word in (between or {}).get(language, ()))
            starts, within = self._starts.setdefault(language, {}), self._within.setdefault(language, {})
            for kind, words in kinds.items():
                for phrase in words.whole:
                    self._whole[normalise(phrase)].append((kind, language))
                for phrase in words.starts:
                    _index(starts, phrase, kind, filling)
                for phrase in words.within:
                    _index(within, phrase, kind, filling)

    def read(self, text: str, languages: Collection[str]) -> tuple[str, ...]:
        """The remarks that normalised `text` makes, the surest first. languages: those its writer may be using; a whole
        message that is a remark in none of them counts in any other."""
        text = "".join(character for character in text if character not in _SKIN)
        words, around = text.split(), self._fillers(languages)
        bare = _bare(words, around)
        whole = [*self._whole.get(text, ()), *self._whole.get(" ".join(bare), ())]
        if whole:
            theirs = [kind for kind, language in whole if language in languages]
            return tuple(dict.fromkeys(theirs or [kind for kind, _language in whole]))
        if not words or len(words) > MOST_WORDS:
            return ()
        beginnings = dict.fromkeys((0, _first(words, around)))
        within: list[tuple[int, str]] = []
        begins: list[tuple[int, str]] = []
        for language in languages:
            within += _found(words, range(len(words)), self._within.get(language, {}))
            if len(bare) <= MOST_AFTER_BEGINNING:
                begins += _found(words, beginnings, self._starts.get(language, {}))
        ordered = (*sorted(begins, key=_length, reverse=True), *sorted(within, key=_length, reverse=True))
        return tuple(dict.fromkeys(kind for _words, kind in ordered))

    def numbers(self, text: str, kind: str, languages: Collection[str]) -> list[int]:
        """The number in each phrase by which normalised `text` makes the remark `kind`, in their order."""
        words = text.split()
        first = _first(words, self._fillers(languages))
        found: set[tuple[int, int]] = set()
        for language in languages:
            for places, phrases in (((first,), self._starts), (range(len(words)), self._within)):
                found.update(_ends(words, places, phrases.get(language, {}), kind))
        at = {place for start, end in found for place in range(start, end) if _is(words[place], NUMBER)}
        return [int(words[place]) for place in sorted(at)]

    def _fillers(self, languages: Collection[str]) -> frozenset[str]:
        """The words that mean nothing in what its writer may be using: "ben" does in French, and not in Dutch."""
        return frozenset().union(*(self._around.get(language, frozenset()) for language in languages))


def _first(words: Sequence[str], around: Collection[str]) -> int:
    """How many words at the beginning mean nothing."""
    start = 0
    while start < len(words) - 1 and words[start] in around:
        start += 1
    return start


def _bare(words: Sequence[str], around: Collection[str]) -> Sequence[str]:
    """`words` without what means nothing at either end."""
    start, end = _first(words, around), len(words)
    while end - 1 > start and words[end - 1] in around:
        end -= 1
    return words[start:end]


def _length(found: tuple[int, str]) -> int:
    return found[0]


def _index(phrases: dict[str, list[_Phrase]], phrase: str, kind: str, filling: frozenset[str]) -> None:
    pieces = _CUT.split(phrase)
    parts = tuple(_words(each) for each in pieces[::2])
    if all(parts):
        negated = any(word in _NOT for part in parts for word in part)
        gaps = tuple(filling if cut == "~" else None for cut in pieces[1::2])
        phrases.setdefault(parts[0][0], []).append(_Phrase(parts, gaps, kind, negated))


def _words(piece: str) -> tuple[str, ...]:
    """Those of a piece of a phrase, as messages are spelled."""
    return tuple(part for word in piece.split() for part in ((word,) if word == NUMBER else normalise(word).split()))


def _is(word: str, expected: str) -> bool:
    """Is this the word of a phrase, or the number that it asks for?"""
    return word == expected or (expected == NUMBER and len(word) <= MOST_DIGITS and word.isdecimal())


def _beginning(phrases: Mapping[str, Sequence[_Phrase]], word: str) -> Iterable[_Phrase]:
    """The phrases that may begin with a word."""
    found = phrases.get(word, ())
    return (*found, *phrases.get(NUMBER, ())) if _is(word, NUMBER) else found


def _found(
    words: Sequence[str], places: Iterable[int], phrases: Mapping[str, Sequence[_Phrase]]
) -> Iterable[tuple[int, str]]:
    """(how many words it covers, remark) of every phrase that begins at one of `places`."""
    for start in places:
        for phrase in _beginning(phrases, words[start]):
            end = _end(words, start, phrase)
            if end is None:
                continue
            beside = (*_before(words, start), *words[end : end + 1])
            if start == 0 and phrase.kind == "no":
                beside = ()  # "no, not now" says it twice
            if phrase.negated or _NOT.isdisjoint(beside):
                yield end - start, phrase.kind


def _before(words: Sequence[str], start: int) -> Sequence[str]:
    """The word before one; not a "no" that begins the message, which answers and takes nothing back."""
    return () if start == 1 and words[0] == _NO else words[max(0, start - 1) : start]


def _ends(
    words: Sequence[str], places: Iterable[int], phrases: Mapping[str, Sequence[_Phrase]], kind: str
) -> Iterable[tuple[int, int]]:
    """The first word of each phrase of one kind, and the word after it; not where a "not" stands before it."""
    for start in places:
        for phrase in _beginning(phrases, words[start]) if start < len(words) else ():
            end = _end(words, start, phrase) if phrase.kind == kind else None
            if end is not None and _NOT.isdisjoint(_before(words, start)):
                yield start, end


def _end(words: Sequence[str], start: int, phrase: _Phrase) -> int | None:
    """Where a phrase that begins at `start` ends; None when it is not there."""
    position = start
    for part, filling in zip(phrase.parts, (frozenset[str](), *phrase.gaps), strict=True):
        room = 0 if position == start else GAP if filling is None else FILLING
        for at in range(position, position + room + 1):
            between, there = words[position:at], words[at : at + len(part)]
            if len(there) == len(part) and all(map(_is, there, part)):
                if not _NOT.isdisjoint(between) or (filling is not None and not filling.issuperset(between)):
                    return None
                position = at + len(part)
                break
        else:
            return None
    return position
