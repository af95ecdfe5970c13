"""What happened, for the consoles that are open: that something changed, never what was said."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the feed: to whom, and the names of the events."""

    contact: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedSlice:
    """What happened since a position, oldest first (to the millisecond), and the position to ask with next time."""

    changes: tuple[Change, ...]
    position: str
    is_whole: bool = True
    """False: there was more, or the feed does not reach back so far. Whoever asked looks at everything."""


class Feed(Protocol):
    """Every method may raise StorageUnavailable. A position is opaque."""

    def position(self) -> str:
        """The position after the newest change, to follow the feed from."""
        ...

    def since(self, position: str) -> FeedSlice:
        """What happened since then."""
        ...
