"""How much the processes of a soak have grown."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path


class Memory:
    """Megabytes that the largest process has now, beyond what it had when this was made."""

    def __init__(self, pids: Callable[[], Iterable[int]]) -> None:
        self._pids = pids
        self._before = self._largest()

    def growth(self) -> float:
        """0.0 or less: none has grown. A process that was replaced counts as new."""
        return round(self._largest() - self._before, 1)

    def _largest(self) -> float:
        return max((_megabytes(pid) for pid in self._pids()), default=0.0)


def _megabytes(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0
