"""Repeatable randomness, and counts of what it led to; both for any thread."""

import random
import threading
from collections import Counter
from typing import Any


class SeededRandom:
    """One seed gives one sequence; which request gets which part of it depends on the order they come in."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - faults, no secrets
        self._lock = threading.Lock()

    def draw(self) -> float:
        """A number from 0 up to 1."""
        with self._lock:
            return self._random.random()

    def shuffle(self, items: list[Any]) -> None:
        """Shuffle in place."""
        with self._lock:
            self._random.shuffle(items)


class EventCounter:
    """Counts events by name."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, name: str) -> None:
        """Add one to `name`."""
        with self._lock:
            self._counts[name] += 1

    def counts(self) -> Counter[str]:
        """How often each event happened."""
        with self._lock:
            return self._counts.copy()
