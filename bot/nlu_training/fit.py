"""Training: from examples to the arrays of `bot.nlu.model`. Needs scikit-learn, which the running bot does not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.features import buckets, spelled
from bot.nlu.normalise import normalise
from bot.nlu_training.hidden import train
from bot.nlu_training.sources import BY_MEANING, FREE_COMMANDS, LABELS, TOPIC, Example

BUCKETS = 1 << 16
LANGUAGE_BUCKETS = 1 << 15

VECTOR_SCALE = 8
"""States of length 1 have small components; with larger ones the hidden layer learns in few steps."""

MARGIN_SCALE = 6.0
"""Turns the margin of a support vector machine into something like a log probability, to add to the encoder's vote."""

Arrays = dict[str, "NDArray[np.generic]"]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of one question, one per label."""

    weights: NDArray[np.float64]
    biases: NDArray[np.float64]


def fit(examples: dict[str, list[Example]], languages: list[Example], embed: Embed) -> Arrays:
    """All arrays of the model. `embed` gives the states of the encoder for each text. The same examples give the same
    arrays."""
    letters = []
    for question, labels in LABELS.items():
        found = [each for each in examples[question] if each.label and not each.only_by_meaning]
        wanted = np.array([labels.index(example.label) for example in found])
        letters.append(_letters(found, wanted, len(labels), question))
        if question == TOPIC:
            _apart(letters[-1], examples[question])
    names = tuple(sorted({example.label for example in languages}))
    tells = np.array([names.index(example.label) for example in languages])
    return {
        **_quantised("letters", _side_by_side(letters)),
        **_meaning(examples, embed),
        **_quantised("languages", _languages(languages, tells)),
        "language_names": np.array(names),
    }


def _meaning(examples: dict[str, list[Example]], embed: Embed) -> Arrays:
    texts = sorted({example.text for found in examples.values() for example in found})
    numbers = {text: number for number, text in enumerate(texts)}
    questions = {**LABELS, **BY_MEANING}
    columns = [(question, label) for question, labels in questions.items() for label in labels]
    possible = np.zeros((len(texts), len(columns)), np.float32)
    for question, found in examples.items():
        for example in found:
            for label in (example.label,) if example.label else example.possible:
                possible[numbers[example.text], columns.index((question, label))] = 1
    ends = np.cumsum([len(labels) for labels in questions.values()]).tolist()
    rows = embed(texts).reshape(len(texts), -1)
    centre = rows.mean(axis=0)
    layer = train(VECTOR_SCALE * (rows - centre), possible, list(zip([0, *ends], ends, strict=False)))
    return {
        "meaning_centre": centre.astype(np.float32),
        "meaning_hidden": (VECTOR_SCALE * layer.hidden_weights).astype(np.float16),
        "meaning_hidden_biases": layer.hidden_biases,
        "meaning_weights": layer.weights,
        "meaning_biases": layer.biases,
    }


def _letters(found: Sequence[Example], wanted: NDArray[np.int64], count: int, question: str) -> _Columns:
    table = table_of([normalise(example.text) for example in found], BUCKETS)
    if question == TOPIC:
        machine = LinearSVC(C=0.5, random_state=0).fit(table, wanted)
        return _placed(MARGIN_SCALE * machine.coef_, MARGIN_SCALE * machine.intercept_, machine.classes_, count)
    machine = LogisticRegression(C=30, max_iter=400).fit(table, wanted)
    return _placed(machine.coef_, machine.intercept_, machine.classes_, count)


def _apart(columns: _Columns, found: Sequence[Example]) -> None:
    """Learn the columns of commands in free words again, with what is known to be none as well."""
    table = table_of([normalise(example.text) for example in found], BUCKETS)
    for command in FREE_COMMANDS:
        wanted = np.array([example.label == command for example in found])
        machine = LinearSVC(C=0.5, random_state=0).fit(table, wanted)
        column = LABELS[TOPIC].index(command)
        columns.weights[:, column] = MARGIN_SCALE * machine.coef_[0]
        columns.biases[column] = MARGIN_SCALE * machine.intercept_[0]


def _languages(found: Sequence[Example], wanted: NDArray[np.int64]) -> _Columns:
    table = table_of([spelled(example.text) for example in found], LANGUAGE_BUCKETS)
    machine = LogisticRegression(C=30, max_iter=200, class_weight="balanced").fit(table, wanted)
    return _placed(machine.coef_, machine.intercept_, machine.classes_, len(machine.classes_))


def table_of(texts: Sequence[str], count: int) -> sparse.csr_matrix:
    """One row per text with an equal value for each of its buckets, the row of length 1."""
    rows = [buckets(text, count) for text in texts]
    values = [np.full(len(row), 1 / np.sqrt(len(row))) for row in rows]
    ends = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(rows), ends), shape=(len(texts), count))


def _placed(
    weights: NDArray[np.float64], biases: NDArray[np.float64], present: NDArray[np.int64], count: int
) -> _Columns:
    """The weights in the columns of their labels; a label without an example is never found."""
    columns = _Columns(np.zeros((weights.shape[1], count)), np.full(count, -30.0))
    columns.weights[:, present] = weights.T
    columns.biases[present] = biases
    return columns


def _side_by_side(parts: Sequence[_Columns]) -> _Columns:
    return _Columns(
        np.concatenate([part.weights for part in parts], axis=1), np.concatenate([part.biases for part in parts])
    )


def _quantised(name: str, columns: _Columns) -> Arrays:
    """Weights as whole numbers of -127 to 127: a quarter of the size, the same results."""
    scales = np.abs(columns.weights).max(axis=0) / 127
    scales[scales == 0] = 1.0
    return {
        f"{name}_weights": np.round(columns.weights / scales).astype(np.int8),
        f"{name}_scales": scales.astype(np.float32),
        f"{name}_biases": columns.biases.astype(np.float32),
    }
