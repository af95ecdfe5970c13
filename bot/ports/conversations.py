"""Conversations, the turns they are made of, and the answers given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import AnyEvent
from bot.dialogue.overrides import Overrides
from bot.handoff.moves import Lease
from bot.messages import Inbound, Outgoing


class LeaseAlive(Exception):
    """A change for a lost lease (or a lapsed offer), but the lease is there after all. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Act:
    """What changes a conversation without a message: an advisor's act or a lapse of time."""

    message_id: str
    """Id of the act; the same id is the same act and is done once."""
    contact: str
    former: tuple[str, ...] = ()
    minute: int = 0
    """When, since 1970 (UTC)."""


Cause = Inbound | Act


@dataclass(frozen=True, slots=True)
class Opened:
    """What the storage knows when a message arrives."""

    contact: str
    """The id this person stands under. While peppers rotate an open conversation stays under its old id."""
    conversation: Conversation
    revision: int
    """Number of commits so far, 0 for a person not known; a commit must name it."""
    reply: str | None = None
    """The text that was answered to this very message before ("" = silence), None for a new message."""
    overrides: Overrides = Overrides()
    """Current overrides. Only `open` tells these."""
    blocked: bool = False
    """An advisor blocked this sender. Only `open` tells it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a conversation: all that is stored in one step."""

    conversation: Conversation
    events: Sequence[AnyEvent] = ()
    """What happened. ErasureRequested removes everything but the reply; it and Stopped take back what has not been sent
    yet. CodeMade and CodeBrought make a case code and use one up."""
    reply: str = ""
    """The answer to the message, "" for silence."""
    outgoing: Sequence[Outgoing] = ()
    """What is to be sent."""
    lease: Lease = Lease.KEEP
    at: int = 0
    """When its cause came, in milliseconds since 1970; 0 = only the minute is known."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The decision is stored."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript: what happened, and in which minute (since 1970, UTC; 0 = not known)."""

    minute: int
    event: AnyEvent


class Conversations(Protocol):
    """Conversations by contact id. Every method may raise StorageUnavailable."""

    def open(self, cause: Cause) -> Opened:
        """All that is known for `cause`, in one round trip."""
        ...

    def commit(self, cause: Cause, opened: Opened, decision: Decision) -> Committed | Opened:
        """Store the decision in one atomic step, or nothing at all: conversation, transcript, queue, address, lease,
        and what is to be sent.

        An Opened: not done; it says why: a `reply` when this message was answered meanwhile, else the newer revision
        to decide on again. Raises LeaseAlive.
        """
        ...

    def confirm(self, contact: str) -> None:
        """Returns when what is stored of this person is where `commit` would have put it, on as many machines as it
        has to be; else raises."""
        ...

    def read(self, contacts: Sequence[str]) -> dict[str, Conversation]:
        """Those that exist, by contact id, in one round trip."""
        ...

    def transcript(self, contact: str) -> list[Entry]:
        """What was heard and said, oldest first, with the time of each event."""
        ...

    def was_erased(self, cause: Cause, at: int) -> bool:
        """Was this message erased by its sender's wish, or has its sender erased everything since? Then it must not
        come back. at: when it came, in milliseconds since 1970."""
        ...
