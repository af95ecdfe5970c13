"""Classifiers: one score per label for each question (topic, danger, person wanted, …).

There are two kinds: a linear one reads the letters of a message, always; one with a hidden layer reads what the layers
of the encoder make of it, when that is installed. Scores are log probabilities up to a constant, so adding those of
both kinds combines their votes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.features import buckets

Scores = NDArray[np.float32]
Labels = Mapping[str, tuple[str, ...]]
"""question -> its labels. All questions share one table, their columns side by side in this order; those of the kind
by meaning begin with those of the letters, and may be more."""


@dataclass(frozen=True, slots=True)
class NgramClassifier:
    """Scores a text by its hashed character and word n-grams."""

    labels: Labels
    weights: NDArray[np.int8]
    """One row per bucket, one column per label, quantised to -127…127."""
    scales: Scores
    """Per column: what turns the quantised weights back into scores."""
    biases: Scores

    def scores(self, text: str) -> Scores:
        """One score per column for a normalised text."""
        rows = buckets(text, len(self.weights))
        total = self.weights[rows].sum(axis=0, dtype=np.int32)
        found: Scores = (total * self.scales / math.sqrt(len(rows)) + self.biases).astype(np.float32)
        return found


@dataclass(frozen=True, slots=True)
class EmbeddingClassifier:
    """Scores the states of a text in several layers of the encoder, by one hidden layer."""

    labels: Labels
    centre: Scores
    """The mean state of the training lines, all layers in a row."""
    hidden_weights: Scores
    """One row per dimension of the states, one column per hidden unit."""
    hidden_biases: Scores
    weights: Scores
    """One row per hidden unit, one column per label."""
    biases: Scores

    def scores(self, layers: Scores) -> Scores:
        """One score per column for what `Encoder.layers` gives for one text."""
        units = (layers.reshape(-1) - self.centre) @ self.hidden_weights + self.hidden_biases
        return np.asarray(np.maximum(units, 0) @ self.weights + self.biases, np.float32)


def softmax(scores: Scores, labels: Labels, inverse_temperature: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """question -> label -> probability; the labels of a question add up to 1.

    The scores of a question are multiplied by its inverse temperature first, 1 where none is given.
    """
    found = {}
    first = 0
    for question, names in labels.items():
        part = scores[first : first + len(names)].astype(np.float64) * inverse_temperature.get(question, 1.0)
        first += len(names)
        powers = np.exp(part - part.max())
        found[question] = dict(zip(names, (powers / powers.sum()).tolist(), strict=True))
    return found
