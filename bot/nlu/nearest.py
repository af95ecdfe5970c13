"""What the written lines most like a message stand for. Explainable: the answer is "it reads most like these".

Likeness is the cosine between bags of letter triples, the rarer the heavier (tf-idf; Salton and Buckley 1988); the
lines nearest to a message vote, near ones more. No library, a few milliseconds for ten thousand lines.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.nlu.normalise import normalise

NEIGHBOURS = 8
POWER = 3
"""A line twice as like counts eight times as much."""

LEAST = 0.15
"""Lines less like the message than this have no vote."""

ALIKE = 0.6
"""From this likeness on a line is as good as the message itself."""

COMMON = 0.1
FEW = 20
"""Triples in more than this part of the lines, and in more than a few, tell nothing and only cost time."""


class Nearest:
    """Built from (line, label) pairs."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        bags = [(label, triples(line)) for line, label in lines]
        spread = Counter(triple for _label, bag in bags for triple in bag)
        self._labels = [label for label, _bag in bags]
        self._rarity = {triple: math.log(1 + len(bags) / count) for triple, count in spread.items()}
        most = max(FEW, len(bags) * COMMON)
        self._lines: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._lengths = array("d")
        for number, (_label, bag) in enumerate(bags):
            self._lengths.append(self._length(bag))
            for triple in bag:
                if spread[triple] <= most:
                    self._lines[triple].append(number)

    def shares(self, text: str) -> dict[str, float]:
        """label -> its part of the vote of the nearest lines, best first; empty when nothing is alike.

        Adds up to 1 where the nearest line is at least ALIKE, to less where even that one is not much like the text.
        """
        bag = triples(text)
        length = self._length(bag)
        scores: dict[int, float] = defaultdict(float)
        for triple in bag:
            weight = self._rarity.get(triple, 0.0) ** 2
            for number in self._lines.get(triple, ()):
                scores[number] += weight
        likeness = {number: score / (length * self._lengths[number]) for number, score in scores.items()}
        alike = (number for number, how in likeness.items() if how >= LEAST)
        nearest = sorted(alike, key=lambda number: (-likeness[number], number))[:NEIGHBOURS]
        votes: dict[str, float] = defaultdict(float)
        for number in nearest:
            votes[self._labels[number]] += likeness[number] ** POWER
        if not nearest:
            return {}
        part = min(1.0, likeness[nearest[0]] / ALIKE) / sum(votes.values())
        return {label: votes[label] * part for label in sorted(votes, key=lambda label: (-votes[label], label))}

    def _length(self, bag: Iterable[str]) -> float:
        return math.sqrt(sum(self._rarity.get(triple, 0.0) ** 2 for triple in bag)) or 1.0


def triples(text: str) -> frozenset[str]:
    """All runs of three characters of the normalised text, its edges included."""
    padded = f" {normalise(text)} "
    return frozenset(padded[index : index + 3] for index in range(len(padded) - 2))
