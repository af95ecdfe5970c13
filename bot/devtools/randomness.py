"""Chance that can be repeated, and counts of what came of it; for any thread."""

import random
import threading
from collections import Counter
from typing import Any


class Luck:
    """One seed gives one sequence; which request gets which part of it depends on who comes first."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - faults, no secrets
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def draw(self) -> float:
        """From 0 up to 1."""
        with self._lock:
            return self._random.random()

    def shuffle(self, items: list[Any]) -> None:
        """In place."""
        with self._lock:
            self._random.shuffle(items)

    def count(self, name: str) -> None:
        """One more of this."""
        with self._lock:
            self._counts[name] += 1

    def counts(self) -> Counter[str]:
        """How often each happened."""
        with self._lock:
            return self._counts.copy()
