"""Which advisors are there, and who is typing."""

from collections.abc import Sequence
from typing import Protocol


class Presence(Protocol):
    """Every method may raise StorageUnavailable."""

    def mark_present(self, advisor: str, languages: Sequence[str]) -> None:
        """This advisor looks at the queue now; it counts for a minute."""
        ...

    def on_duty(self) -> dict[str, tuple[str, ...]]:
        """Who looks at the queue, with their languages."""
        ...

    def set_typing(self, contact: str, advisor: str) -> None:
        """This advisor is typing to this person; it counts for a few seconds."""
        ...

    def typing(self, contacts: Sequence[str]) -> dict[str, str]:
        """Which advisor is typing to whom, by contact id."""
        ...
