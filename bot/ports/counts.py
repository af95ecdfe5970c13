"""What was counted, a day at a time. A commit counts."""

from collections.abc import Sequence
from typing import Protocol


class Counts(Protocol):
    """May raise StorageUnavailable."""

    def of(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """Day, such as "2026-11-28" in the Netherlands -> what was counted on it (`handoff.counting`)."""
        ...
