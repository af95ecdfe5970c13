"""Trains the classifier with one hidden layer: Adam (Kingma and Ba 2015) with dropout (Srivastava et al. 2014)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]
Slices = Sequence[tuple[int, int]]
"""The first column of each question and the one after its last."""

UNITS = 384
PASSES = 30
BATCH = 256
RATE = 1e-3
DECAY = 1e-3
DROPPED = 0.3
FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.999


@dataclass(frozen=True, slots=True)
class HiddenLayer:
    """The arrays of `bot.nlu.classifiers.EmbeddingClassifier`."""

    hidden_weights: Table
    hidden_biases: Table
    weights: Table
    biases: Table


def train(rows: Table, possible: Table, questions: Slices) -> HiddenLayer:
    """All questions learn in the same hidden layer.

    rows: one per text. possible: per text and column 1 where that label may be right; a question with nothing but 0 is
    not asked of this text, one with several 1 is content with any of them.
    """
    random = np.random.default_rng(0)
    inputs, outputs = rows.shape[1], possible.shape[1]
    arrays = [
        (random.standard_normal((inputs, UNITS)) * np.sqrt(2 / inputs)).astype(np.float32),
        np.zeros(UNITS, np.float32),
        (random.standard_normal((UNITS, outputs)) * np.sqrt(1 / UNITS)).astype(np.float32),
        np.zeros(outputs, np.float32),
    ]
    means, second_moments = [np.zeros_like(each) for each in arrays], [np.zeros_like(each) for each in arrays]
    batches = list(_batches(len(rows), random))
    for step, batch in enumerate(batches, 1):
        kept = (random.random((len(batch), UNITS), dtype=np.float32) >= DROPPED).astype(np.float32)
        kept /= np.float32(1 - DROPPED)
        slopes = _slopes(arrays, rows[batch], possible[batch], questions, kept)
        rate = RATE * (1 + np.cos(np.pi * step / len(batches))) / 2
        for array, slope, mean, second in zip(arrays, slopes, means, second_moments, strict=True):
            mean += (1 - FIRST_MOMENT) * (slope - mean)
            second += (1 - SECOND_MOMENT) * (slope * slope - second)
            step_size = np.sqrt(second / (1 - SECOND_MOMENT**step)) + np.float32(1e-8)
            array -= rate * (mean / (1 - FIRST_MOMENT**step)) / step_size
            if array.ndim == 2:  # biases do not decay
                array -= rate * DECAY * array
    return HiddenLayer(*arrays)


def _batches(count: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    for _ in range(PASSES):
        order = random.permutation(count)
        for first in range(0, count, BATCH):
            yield order[first : first + BATCH]


def _slopes(arrays: Sequence[Table], rows: Table, possible: Table, questions: Slices, kept: Table) -> list[Table]:
    """How the loss of a batch grows with each array: its cross-entropy, where any possible label is as good."""
    hidden_weights, hidden_biases, weights, biases = arrays
    units = rows @ hidden_weights + hidden_biases
    kept = kept * (units > 0)
    units *= kept
    scores = units @ weights + biases
    slope = np.zeros_like(scores)
    for first, end in questions:
        found = np.exp(scores[:, first:end] - scores[:, first:end].max(axis=1, keepdims=True))
        found /= found.sum(axis=1, keepdims=True)
        wanted = found * possible[:, first:end]
        total = wanted.sum(axis=1, keepdims=True)
        slope[:, first:end] = np.where(total > 0, found - wanted / np.maximum(total, 1e-9), 0)
    slope /= len(rows)
    back = slope @ weights.T * kept
    return [rows.T @ back, back.sum(axis=0), units.T @ slope, slope.sum(axis=0)]
