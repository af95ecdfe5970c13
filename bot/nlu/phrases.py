"""Finds words and phrases of the vocabulary in a message: exact where a classifier gives only a probability."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.nlu.normalise import normalise

GAP = 4
"""How many words "..." in a phrase may stand for at most."""

FILLERS = 2
"""How many other words may stand inside a phrase at most."""

CONTEXT_WORDS = 3
"""How many words before and after a red phrase show how it is meant."""

NEGATION_REACH = 4
"""How many words before "a person" a "no" or "not" still belongs to it."""

NOT = frozenset(("geen", "niet", "no", "not", "dont", "nooit", "never"))
_NEVER_BETWEEN = NOT | {"he", "she", "her", "him", "his", "they", "them", "haar", "hem", "hij", "hen"}
"""Words that make a phrase mean the opposite, or somebody else."""
_CONTRASTS = frozenset(("maar", "but", "alleen", "gewoon", "liever", "just", "rather"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language. See flows/README.md and flows/vocabulary for what each list means."""

    language: str
    commands: Mapping[str, Sequence[str]]
    switch: Sequence[str]
    wants_advisor: Sequence[str]
    danger: Mapping[str, Sequence[str]]
    place: Mapping[str, Sequence[str]]
    scripts: Sequence[str] = ("Latn",)
    switch_requests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a message."""

    kind: str
    """advisor, danger or place."""
    value: str
    """What it says of that: red, amber, not; nl, abroad."""
    start: int
    """The first word it covers."""
    end: int
    """The word after the last."""
    weight: int
    """How many words the phrase has."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One phrase of the vocabulary."""

    parts: tuple[tuple[str, ...], ...]
    """Its words, cut where it says "..."."""
    words: frozenset[str]
    """All of them: a message that lacks one need not be searched."""
    kind: str
    value: str


class Phrases:
    """All phrases, indexed by their first word."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._by_first: dict[str, list[_Phrase]] = defaultdict(list)
        for lexicon in lexicons:
            for phrase in lexicon.wants_advisor:
                self._add(phrase, "advisor", "")
            for kind, lists in (("danger", lexicon.danger), ("place", lexicon.place)):
                for value, phrases in lists.items():
                    for phrase in phrases:
                        self._add(phrase, kind, value)

    def _add(self, phrase: str, kind: str, value: str) -> None:
        parts = tuple(tuple(normalise(part).split()) for part in phrase.split("..."))
        parts = tuple(part for part in parts if part)
        if parts:
            words = frozenset(word for part in parts for word in part)
            self._by_first[parts[0][0]].append(_Phrase(parts, words, kind, value))

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every phrase in a normalised message, by where it starts."""
        return list(self._hits(words))

    def _hits(self, words: Sequence[str]) -> Iterator[Hit]:
        present = set(words)
        for start, word in enumerate(words):
            for phrase in self._by_first.get(word, ()):
                if not phrase.words <= present:
                    continue
                # A denial must stand there almost literally: "slaat me als ik niet..." denies nothing.
                end = _match(words, start, phrase.parts, 1 if phrase.value == "not" else FILLERS)
                if end is not None:
                    yield Hit(phrase.kind, phrase.value, start, end, sum(map(len, phrase.parts)))


def _match(words: Sequence[str], start: int, parts: Sequence[Sequence[str]], fillers: int) -> int | None:
    """Where a phrase that begins at `start` ends; None when it is not there.

    Inside one part at most `fillers` other words may stand in all ("paspoort [is] afgepakt"), between two parts at
    most GAP; but never a word that reverses the meaning.
    """
    position = start
    for index, part in enumerate(parts):
        for place, word in enumerate(part):
            if index == place == 0:
                position += 1
                continue
            room = GAP if place == 0 else fillers
            found = next(
                (at for at in range(position, min(position + room + 1, len(words))) if words[at] == word), None
            )
            if found is None or (found > position and not _NEVER_BETWEEN.isdisjoint(words[position:found])):
                return None
            if place:
                fillers -= found - position
            position = found + 1
    return position


def danger_named(hits: Sequence[Hit]) -> str:
    """ "red", "amber" or "none"; a hit inside something that means the opposite or something else does not count."""
    excused = [hit for hit in hits if hit.kind == "danger" and hit.value == "not"]
    for level in ("red", "amber"):
        for hit in hits:
            if hit.kind != "danger" or hit.value != level:
                continue
            if not any(other.start < hit.end and hit.start < other.end for other in excused):
                return level
    return "none"


def red_parts(words: Sequence[str], hits: Sequence[Hit]) -> list[str]:
    """The words around each red phrase: a long message must not make it seem harmless."""
    return [
        " ".join(words[max(0, hit.start - CONTEXT_WORDS) : hit.end + CONTEXT_WORDS])
        for hit in hits
        if hit.kind == "danger" and hit.value == "red"
    ]


def only_red(words: Sequence[str], hits: Sequence[Hit]) -> bool:
    """Whether a red phrase is at least half of the message, so that it can be about little else."""
    return any(hit.kind == "danger" and hit.value == "red" and 2 * (hit.end - hit.start) >= len(words) for hit in hits)


def person_named(words: Sequence[str], hits: Sequence[Hit]) -> bool | None:
    """True: a person is asked for. False: every mention of one is negated. None: no person is mentioned."""
    named = [not _is_negated(words[: hit.start]) for hit in hits if hit.kind == "advisor"]
    return any(named) if named else None


def place_named(hits: Iterable[Hit]) -> str | None:
    """ "nl" or "abroad", by the longest phrase that says so."""
    places = [hit for hit in hits if hit.kind == "place"]
    return max(places, key=lambda hit: (hit.weight, -hit.start)).value if places else None


def _is_negated(before: Sequence[str]) -> bool:
    for word in reversed(before[-NEGATION_REACH:]):
        if word in NOT:
            return True
        if word in _CONTRASTS:
            return False
    return False
