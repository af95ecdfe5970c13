"""What the worker remembers and clears away."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class Chores(Protocol):
    """Every method may raise StorageUnavailable."""

    def last_reconciled(self) -> datetime | None:
        """When the provider's list was last looked through. None: never."""
        ...

    def set_last_reconciled(self, at: datetime) -> None:
        """It was looked through at this moment."""
        ...

    def report_spool(self, id: str, clear_until: datetime, unreadable: Collection[int] = ()) -> None:
        """Nothing that arrived before this moment is kept in this spool any more, but for what cannot be read:
        `unreadable` are the minutes (since 1970) in which that arrived."""
        ...

    def spools(self) -> Mapping[str, datetime]:
        """Until when each known spool is clear."""
        ...

    def unreadable_minutes(self) -> frozenset[int]:
        """The minutes (since 1970) in which anything arrived that lies unreadable in a spool."""
        ...

    def forget_spool(self, id: str) -> None:
        """Nobody waits for this spool, unless it reports again."""
        ...

    def tidy(self) -> None:
        """Drop from every list what belongs to nobody any more, and news nobody can still want; note beside agreed
        check-ins when the person last wrote, before the conversation expires."""
        ...
