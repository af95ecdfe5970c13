"""The audit log: who did what, without content. Kept for a year and only ever added to.

A conversation is named by its two words, not by its id: enough to ask an advisor about, and after the seven days a
conversation lives it leads nowhere.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act."""

    id: str
    minute: int
    """Since 1970 (UTC)."""

    who: str
    """Id of an account; "" where nobody is known."""

    what: str
    """A name from our code."""

    on: str
    """The two words of a conversation, or the id of an account."""


class AuditLog(Protocol):
    """Keeps the audit log. Every method may raise StorageUnavailable."""

    def write(self, who: str, what: str, on: str = "") -> None:
        """Add one line."""
        ...

    def lines(self, before: str = "", most: int = 100) -> list[AuditLine]:
        """The newest lines, or those before the line with this id; newest first."""
        ...
