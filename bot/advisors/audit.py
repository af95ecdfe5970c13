"""Who did what, without content: kept a year, only ever added to.

A conversation stands in it under its two words, not under its id: enough to ask an advisor about, and after its life
of seven days it leads nowhere.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Line:
    """One act. minute: since 1970 (UTC). who: id of an account, "" = nobody who is known. what: a name from our code.
    on: two words of a conversation, or the id of an account."""

    id: str
    minute: int
    who: str
    what: str
    on: str


class AuditLog(Protocol):
    """Keeps the audit. Every method may raise StorageUnavailable."""

    def write(self, who: str, what: str, on: str = "") -> None:
        """Add one line."""
        ...

    def lines(self, before: str = "", most: int = 100) -> list[Line]:
        """The newest lines, or those before the line with this id; newest first."""
        ...
