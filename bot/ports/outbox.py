"""What is to be sent, in order for each person."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

from bot.handoff.delivery import DeliveryState

SHARDS = tuple(f"{number:02}" for number in range(64))
"""The parts of the storage. A person's things lie in `SHARDS[crc32(contact) % 64]`, for ever the same for one id."""


def shard_of(contact: str) -> str:
    """The part of the storage a person's things lie in."""
    return SHARDS[crc32(contact.encode()) % len(SHARDS)]


def new_outgoing_id(contact: str) -> str:
    """An id for a message to this person: random, with the shard in front, so that a status callback is found."""
    return f"{shard_of(contact)}.{secrets.token_urlsafe(16)}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The first message of a person's queue, in a worker's hands."""

    entry: str
    """What the outbox knows it by."""
    contact: str
    id: str
    """Ours."""
    text: str
    channel: str
    """"" when the address was kept by an earlier version."""
    address: str
    """"" when it is not kept any more."""
    our_number: str
    """The one of ours this person wrote to last; "" when that is not known."""
    unconfirmed: bool
    """An attempt was begun before, and nobody knows whether the provider has it."""
    number: int
    """Of this attempt, from 1."""
    age: float
    """Seconds since it was written."""
    tried: float
    """Seconds since the last attempt began."""


@dataclass(frozen=True, slots=True)
class Record:
    """How a message stands."""

    state: str
    code: str = ""
    """Why it failed ("" = it did not)."""
    attempts: int = 0
    maybe_duplicate: bool = False
    """It was perhaps sent twice."""
    provider_id: str = ""
    """"" when not known."""
    unknown: str = ""
    """The state the provider last named that we do not know; "" = none."""


@dataclass(frozen=True, slots=True)
class Unreported:
    """A message the provider has, and of which it has said nothing final for a while."""

    id: str
    """Ours."""
    state: str = ""
    """"" when nobody has a record of it any more."""
    provider_id: str = ""
    """"" when not known."""
    age: float = 0.0
    """Seconds since it came into this state."""


class Outbox(Protocol):
    """Every method may raise StorageUnavailable."""

    def take(self, worker: str, most: int, wait: float) -> list[Attempt]:
        """Up to `most` messages that may go now, those of dead workers first; waits at most `wait` seconds. No two
        of one person, and none that another worker has in its hands."""
        ...

    def settle(
        self,
        attempt: Attempt,
        state: DeliveryState,
        code: str = "",
        *,
        provider_id: str = "",
        after: float = 0,
        maybe_duplicate: bool = False,
    ) -> None:
        """What became of an attempt. QUEUED and UNSURE: look at it again `after` so many seconds."""
        ...

    def report(self, id: str, state: DeliveryState, code: str, provider_id: str) -> str:
        """A status callback for our message `id`: "done", "old" (it is further already), "contradiction" (the provider
        had the last word already), or "unknown" (parked)."""
        ...

    def keep_unknown(self, id: str, said: str) -> None:
        """The provider named a state of our message `id` that we do not know: kept beside the one it has."""
        ...

    def send_again(self, id: str, code: str, after: float) -> bool:
        """Send once more what the network could not deliver, unless something newer was written. False: not done."""
        ...

    def contact_of(self, id: str) -> str:
        """Whose message it is; "" when nobody knows it."""
        ...

    def records(self, contact: str) -> Mapping[str, Record]:
        """How this person's messages stand, by our id."""
        ...

    def unreported(self, most: int) -> list[Unreported]:
        """Up to `most` messages whose time to ask the provider has come, the longest overdue first."""
        ...

    def ask_later(self, id: str, after: float) -> None:
        """The provider is asked about this message again `after` so many seconds, unless it reports before."""
        ...

    def ask_no_more(self, id: str) -> None:
        """The provider is not asked about this message any more."""
        ...
