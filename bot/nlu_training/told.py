"""Thresholds for who writes, where they are and when: from lines of voices/ that were not learned from."""

from collections.abc import Mapping, Sequence

import numpy as np

from bot.content.tables.voices import SaidLine
from bot.dialogue.conversation import Place

STRANGER = "stranger"
STRANGER_BY_NOBODY = 0.001
"""How many messages of the person themselves may be taken for a stranger's: whoever is loses the conversation."""

LEAST_STRANGER = 0.9

PRECISION: Mapping[str, Mapping[str, float]] = {
    "who": {"self": 0.95, "other": 0.92, "work": 0.92},
    "where": {
        Place.NETHERLANDS: 0.97, "under_way": 0.92, "abroad": 0.95, "others_place": 0.85, "going": 0.85, "none": 0.85,
    },
    "when": {"coming": 0.9, "now": 0.9, "past": 0.9},
}  # fmt: skip
"""Question -> label -> how many of those that are read so must be. Which numbers are given hangs on a place that is
told; of a place that is none, only whether it is asked about."""

LEAST = 0.6

Probabilities = Mapping[str, Mapping[str, float]]


def told_thresholds(
    held_out: Sequence[tuple[SaidLine, Probabilities]], of_persons: Sequence[Probabilities]
) -> dict[str, dict[str, float]]:
    """Question -> label -> the least probability at which it is believed. of_persons: other messages, none of them by a
    stranger."""
    found = {}
    for question, labels in PRECISION.items():
        known = [(getattr(line, question), each[question]) for line, each in held_out if getattr(line, question)]
        found[question] = {label: _precise(label, known, precision) for label, precision in labels.items()}
    themselves = [each for line, each in held_out if line.who and line.who != STRANGER]
    values = np.array([each["who"][STRANGER] for each in [*themselves, *of_persons]])
    found["who"][STRANGER] = max(LEAST_STRANGER, round(float(np.quantile(values, 1 - STRANGER_BY_NOBODY)) + 1e-3, 3))
    return found


def _precise(label: str, known: Sequence[tuple[str, Mapping[str, float]]], precision: float) -> float:
    """The least probability from which on so many of those that are read as `label` are."""
    taken = [(each[label], right == label) for right, each in known if max(each, key=each.__getitem__) == label]
    if not taken:
        return 1.0
    taken.sort(reverse=True)
    values = np.array([probability for probability, _is_right in taken])
    right = np.cumsum([is_right for _probability, is_right in taken]) / np.arange(1, len(taken) + 1)
    last = np.append(values[1:] < values[:-1], True)  # of those that are equally probable
    enough = np.flatnonzero((right >= precision) & last)
    return max(LEAST, round(float(values[enough[-1]]), 3)) if len(enough) else 1.0
