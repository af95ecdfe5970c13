"""The hidden layer learns what no straight line divides, from labels that are settled and from those that are not."""

import numpy as np

from bot.nlu.classifiers import EmbeddingClassifier
from bot.nlu_training.hidden import Table, train

LABELS = {"same": ("yes", "no"), "place": ("left", "middle", "right")}
QUESTIONS = [(0, 2), (2, 5)]


def learned(rows: Table, possible: Table) -> EmbeddingClassifier:
    layer = train(rows, possible, QUESTIONS)
    centre = np.zeros(rows.shape[1], np.float32)
    return EmbeddingClassifier(LABELS, centre, layer.hidden_weights, layer.hidden_biases, layer.weights, layer.biases)


def test_it_learns_two_questions_at_once_and_what_is_not_asked_teaches_nothing() -> None:
    random = np.random.default_rng(1)
    rows = random.uniform(-1, 1, (4000, 2)).astype(np.float32)
    same = rows[:, 0] * rows[:, 1] > 0
    possible = np.zeros((4000, 5), np.float32)
    possible[np.arange(4000), np.where(same, 0, 1)] = 1
    # The place is asked of the first half only; of the right ones it is only said that they are not left.
    left = rows[:, 0] < 0
    possible[:2000, 2] = left[:2000]
    possible[:2000, 3:] = ~left[:2000, None]
    found = np.stack([*map(learned(rows, possible).scores, rows)])
    far = (np.abs(rows) > 0.15).all(axis=1)
    assert ((found[:, 0] > found[:, 1]) == same)[far].mean() > 0.97
    assert ((found[:, 2] > found[:, 3:].max(axis=1)) == left)[far].mean() > 0.97


def test_the_same_lines_give_the_same_arrays() -> None:
    rows = np.random.default_rng(2).uniform(-1, 1, (600, 3)).astype(np.float32)
    possible = np.zeros((600, 5), np.float32)
    possible[np.arange(600), np.where(rows[:, 0] > 0, 0, 1)] = 1
    one, other = train(rows, possible, QUESTIONS), train(rows, possible, QUESTIONS)
    assert np.array_equal(one.hidden_weights, other.hidden_weights)
    assert np.array_equal(one.biases, other.biases)
