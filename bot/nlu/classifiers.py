"""Linear classifiers: for each question (what topic, what danger, …) one score a label.

Two kinds look at a message in two ways: at its letters, always, and at its meaning as a vector, when the encoder is
there. Their scores are logarithms of how likely each finds a label, so that adding them is letting both vote.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.features import buckets

Scores = NDArray[np.float32]
Labels = Mapping[str, tuple[str, ...]]
"""question -> its labels. The questions stand side by side in the columns of one table, in this order."""


@dataclass(frozen=True, slots=True)
class NgramClassifier:
    """weights: one row a bucket, one column a label, in whole numbers of -127 to 127; scales turn them into scores."""

    labels: Labels
    weights: NDArray[np.int8]
    scales: Scores
    biases: Scores

    def scores(self, text: str) -> Scores:
        """A score a column for a normalised text."""
        rows = buckets(text, len(self.weights))
        total = self.weights[rows].sum(axis=0, dtype=np.int32)
        found: Scores = (total * self.scales / math.sqrt(len(rows)) + self.biases).astype(np.float32)
        return found


@dataclass(frozen=True, slots=True)
class EmbeddingClassifier:
    """centre: the mean vector of everything that was learned from. weights: one row a dimension, one column a label."""

    labels: Labels
    centre: Scores
    weights: Scores
    biases: Scores

    def scores(self, vector: Scores) -> Scores:
        return np.asarray((vector - self.centre) @ self.weights + self.biases, np.float32)


def likely(scores: Scores, labels: Labels, sharpness: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """question -> label -> how likely (adding up to 1 a question). sharpness: what a question's scores are multiplied
    with, 1 where none is given."""
    found = {}
    first = 0
    for question, names in labels.items():
        part = scores[first : first + len(names)].astype(np.float64) * sharpness.get(question, 1.0)
        first += len(names)
        odds = np.exp(part - part.max())
        found[question] = dict(zip(names, (odds / odds.sum()).tolist(), strict=True))
    return found
