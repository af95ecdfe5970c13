"""Who waits for an advisor, and whom advisors have."""

from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.conversation import Urgency


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of the queue: opaque contact id, its class, and the minute (since 1970, UTC) they asked."""

    contact: str
    minute: int
    urgency: Urgency = Urgency.ORDINARY


@dataclass(frozen=True, slots=True)
class Held:
    """One conversation an advisor has."""

    contact: str
    leased: bool
    """Their console has been heard of within the lease."""
    offered: bool
    """An offer to a colleague still stands."""


class Queue(Protocol):
    """The queue and the leases; both change with a commit. Every method may raise StorageUnavailable."""

    def waiting(self) -> list[Waiting]:
        """Who waits for an advisor, in the order in which they are to be helped."""
        ...

    def held(self) -> list[Held]:
        """The conversations that advisors have."""
        ...

    def renew_lease(self, contact: str, advisor: str) -> bool:
        """Prolong the lease of this advisor. False: it is somebody else's or gone."""
        ...
