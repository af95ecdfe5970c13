"""Blocked senders. A block outlives the conversation, also when that is erased."""

from typing import Protocol

import msgspec


class Block(msgspec.Struct, frozen=True):
    """One blocked sender."""

    id: str
    """What it is ended by."""
    contact: str
    advisor: str
    until_minute: int
    """Since 1970."""


class Blocks(Protocol):
    """Every method may raise StorageUnavailable."""

    def current(self) -> list[Block]:
        """Who is blocked, the next to end first."""
        ...

    def add(self, contact: str, advisor: str) -> None:
        """Block a sender for a day."""
        ...

    def end(self, id: str) -> bool:
        """End one. False: there is none."""
        ...
