"""What people wrote while the storage was away is stored before anything is sent: they may have hidden everything, or
left, and what an advisor wrote before must then not reach the phone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(seconds=15)
"""How long a spool is waited for. One that empties does so in seconds."""

MARGIN = timedelta(seconds=2)
"""So much longer than for this worker the storage may have been away for another process."""

SILENT = timedelta(minutes=1)
"""A spool that had reported nothing for so long when the trouble began has no worker."""


@dataclass
class ReplayFirst:
    """Asked by the worker before it sends.

    waits: does anything lie in the spool of this host? reported: for each known spool the moment before which nothing
    lies in it; may raise StorageUnavailable.
    """

    waits: Callable[[], bool]
    reported: Callable[[], Mapping[str, datetime]]
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        self._began: datetime | None = None
        self._last: datetime | None = None
        """When the storage was first and last away, until every spool has emptied since."""
        self._held: datetime | None = None
        """Since when nothing is sent."""

    def note_trouble(self) -> None:
        """The storage is away."""
        self._last = self.now()
        self._began = self._began or self._last
        self._held = None

    def may_send(self) -> bool:
        """Is everything stored that came while the storage was away, or waited for long enough?"""
        if self._is_settled():
            self._held = None
            return True
        now = self.now()
        self._held = self._held or now
        return now - self._held > PATIENCE

    def _is_settled(self) -> bool:
        if self.waits():
            return False
        began, last = self._began, self._last
        if began is None or last is None:
            return True
        if any(began - SILENT < moment < last + MARGIN for moment in self.reported().values()):
            return False
        self._began = self._last = None
        return True
