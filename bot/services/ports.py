"""What the runner needs from the outside, as interfaces. `bot.storage` fulfils them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import AnyEvent
from bot.messages import Inbound


class StorageUnavailable(Exception):
    """The storage does not answer, or answers that it cannot. Carries the class name of the cause, nothing else.

    refused: it answered no, so nothing was stored; otherwise what was asked may have been done.
    """

    def __init__(self, cause: str, *, refused: bool = False) -> None:
        super().__init__(cause)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Opened:
    """What the storage knows when a message arrives.

    contact: the id this person stands under. While peppers rotate an open conversation stays under its old id.
    reply: the text that was answered to this very message before ("" = silence), None for a new message.
    revision: number of commits so far, 0 for a person not known; a commit must name it.
    """

    contact: str
    conversation: Conversation
    revision: int
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of the waiting list: opaque contact id and the minute (since 1970, UTC) they asked."""

    contact: str
    minute: int


class Storage(Protocol):
    """Conversations, transcripts and the answers given, by contact id. Every method may raise StorageUnavailable."""

    def open(self, inbound: Inbound) -> Opened:
        """All that is known for `inbound`, in one round trip."""
        ...

    def commit(
        self, inbound: Inbound, opened: Opened, conversation: Conversation, events: Sequence[AnyEvent], reply: str
    ) -> Opened | None:
        """Store the turn in one atomic step, or nothing at all.

        None: done. An Opened: not done; it says why: a `reply` when this message was answered meanwhile, else the
        newer revision to decide on again. An ErasureRequested among `events` removes everything but the reply.
        """
        ...

    def transcript(self, contact: str) -> list[AnyEvent]:
        """What was heard and said, oldest first."""
        ...

    def waiting(self) -> list[Waiting]:
        """Who waits for an advisor, longest first."""
        ...
