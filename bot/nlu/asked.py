"""Finds which state answers a question that is asked in words ("why do they take the papers").

A pattern is a few groups of words that must all be there, in any order: "waarom|waarvoor paspoort*|papieren". A group
is one of several words; "*" ends a word of which only the beginning is given, "_" joins words that follow each other,
and a group after "!" must not be there. The pattern wins that explains the most, where a word that many states are
asked with tells little.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.nlu.normalise import normalise

_MARKS = "'\"()[]-*_~"

_CLAUSE = re.compile(r"[,.;:!?\n]| (?:en|maar|want|dus|of|dat|and|but|so|or|ve|et|mais) ")
"""Where a part of a sentence ends."""

MOST_WORDS = 20
"""A longer message is a story."""

FEW_WORDS = 7
"""A message of at most so many words may be meant as a question in the topic at hand, whatever its form."""

ONE_GROUP = 6
"""And of at most so many, when one group of words is all that it was found by."""

SOME_WORDS = 12
"""A question of at most so many words may be about the topic at hand without naming it."""

LEAST = 0.1
"""What a word tells that every state is asked with."""

NEAR = 1.0
"""What it counts for a pattern that its state is near the topic at hand."""

SHORTEST = 2
"""Letters that stand before a "*" at least."""

MOST_JOINED = 4
"""Words that "_" joins at most."""


@dataclass(frozen=True, slots=True)
class AskedWords:
    """How one language asks for one state."""

    anywhere: Sequence[str] = ()
    """The words name the subject themselves."""
    here: Sequence[str] = ()
    """They need not: they count while the topic at hand is the state's own, or leads to it."""
    said: Sequence[str] = ()
    """They name the subject, and need not be a question."""


@dataclass(frozen=True, slots=True)
class Questions:
    """One language: how a question begins, and how it asks for each state."""

    states: Mapping[str, AskedWords] = field(default_factory=dict)
    begins: Sequence[str] = ()
    around: Sequence[str] = ()
    """What may stand before that."""
    complete: bool = False
    """Does it ask for every state that says a fact?"""


@dataclass(frozen=True, slots=True)
class _Pattern:
    state: str
    flow: str
    groups: tuple[frozenset[str], ...]
    never: frozenset[str]
    kind: str


@dataclass(frozen=True, slots=True)
class _Language:
    patterns: Mapping[str, Sequence[_Pattern]]
    """A word -> the patterns of which the shortest group holds it, in the order of the file."""
    weights: Mapping[str, float]
    """A word -> how much it tells: the more states are asked for with it, the less."""


class Asked:
    """Built once; `find` changes nothing."""

    def __init__(self, languages: Mapping[str, Questions]) -> None:
        self._languages = {language: _built(asking) for language, asking in languages.items()}
        self._begin = frozenset(word for asking in languages.values() for word in asking.begins)
        self._around = frozenset(word for asking in languages.values() for word in asking.around)

    def find(self, text: str, spelled: str, languages: Iterable[str], shown: str, leads: Collection[str]) -> str:
        """The state that `text`, normalised `spelled`, asks for; "" when it asks for none. shown: the state of the
        topic at hand. leads: those it leads to."""
        words = spelled.split()
        if len(words) > MOST_WORDS:
            return ""
        heard, flow = _parts(words), shown.partition(".")[0]
        found, most, asks = "", 0.0, None
        for language in languages:
            known = self._languages.get(language)
            parts = sorted(heard.intersection(known.patterns)) if known else ()
            for pattern in (pattern for part in parts for pattern in known.patterns[part]) if known else ():
                near = pattern.flow == flow or pattern.state in leads
                if not heard.isdisjoint(pattern.never) or (pattern.kind == "here" and not near):
                    continue
                size = NEAR if near else 0.0
                for group in pattern.groups:
                    told = [known.weights[part] for part in group.intersection(heard)] if known else []
                    if not told:
                        break
                    size += max(told)
                else:
                    if size <= most:
                        continue
                    if asks is None:
                        asks = self.asks(text)
                    if _counts(pattern, len(words), shown, asks=asks):
                        found, most = pattern.state, size
        return found

    def asks(self, text: str) -> bool:
        """Is the message a question, by its sign or by how a part of it begins?"""
        return "?" in text or "\u061f" in text or self._begins(text)

    def _begins(self, text: str) -> bool:
        """Does a sentence, or a part of one, begin as a question does?"""
        for clause in _CLAUSE.split(text.lower()):
            words = [word.strip(_MARKS) for word in clause.split()]
            start = next((at for at, word in enumerate(words) if word not in self._around), len(words))
            if not self._begin.isdisjoint(("_".join(words[start : start + 1]), "_".join(words[start : start + 2]))):
                return True
        return False


def _counts(pattern: _Pattern, words: int, shown: str, *, asks: bool) -> bool:
    """May a message of so many words be meant so?"""
    if pattern.kind != "here":
        return asks or pattern.kind == "said"
    most = (ONE_GROUP, FEW_WORDS, SOME_WORDS)[(len(pattern.groups) > 1) + asks]
    return pattern.state != shown and words <= most


def _built(asking: Questions) -> _Language:
    index: dict[str, list[_Pattern]] = defaultdict(list)
    told: dict[str, set[str]] = defaultdict(set)
    states = asking.states
    for state, words in states.items():
        for written, kind in ((words.anywhere, "asked"), (words.here, "here"), (words.said, "said")):
            for text in written:
                pattern = _pattern(state, text, kind)
                for part in min(pattern.groups, key=len):
                    index[part].append(pattern)
                for part in frozenset().union(*pattern.groups):
                    told[part].add(state)
    weights = {part: LEAST + math.log(len(states) / len(found)) for part, found in told.items()}
    return _Language(index, weights)


def _parts(words: Sequence[str]) -> set[str]:
    """Everything that a pattern can name of a message: words, beginnings of words, words that follow each other."""
    heard = set(words)
    for at, word in enumerate(words):
        for size in range(SHORTEST, len(word) + 1):
            heard.add(f"{word[:size]}*")
        for size in range(2, MOST_JOINED + 1):
            heard.add("_".join(words[at : at + size]))
    return heard


def faults(text: str) -> str:
    """What is wrong with a pattern as written; "" when nothing is."""
    groups = text.split()
    if not any(not group.startswith("!") for group in groups):
        return "names no word that must be there"
    for part in (part for group in groups for part in group.removeprefix("!").split("|")):
        joined = part.removesuffix("*").split("_")
        if len(joined) > MOST_JOINED or ("*" in part and len(joined) > 1):
            return f'"{part}" joins too much'
        if any(normalise(word) != word for word in joined) or not all(joined):
            return f'"{part}" is not spelled as messages are compared: "{normalise(part)}"'
        if part.endswith("*") and len(part) <= SHORTEST:
            return f'"{part}" begins too many words'
    return ""


def _pattern(state: str, text: str, kind: str) -> _Pattern:
    groups = text.split()
    must = tuple(frozenset(group.split("|")) for group in groups if not group.startswith("!"))
    never = frozenset(part for group in groups if group.startswith("!") for part in group[1:].split("|"))
    return _Pattern(state, state.partition(".")[0], must, never, kind)
