"""The port to the spool: messages kept while the storage is away."""

from typing import Protocol

import msgspec

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import AnyEvent
from bot.errors import StartError
from bot.messages import Inbound


class SpoolFull(StartError):
    """The spool cannot be written. Says which kind of failure, nothing else."""


class Spooled(msgspec.Struct, frozen=True):
    """One kept message with the turn that was decided on it and the answer that was given.

    revision: what the turn was decided on; None: on nothing, because the conversation was out of reach. before: the
    conversation it was decided on, None in what an earlier version has written.
    """

    inbound: Inbound
    conversation: Conversation
    events: tuple[AnyEvent, ...]
    reply: str
    revision: int | None = None
    before: Conversation | None = None


class Spool(Protocol):
    def add(self, spooled: Spooled) -> None:
        """Keep `spooled` so that it survives a power cut. Raises SpoolFull."""
        ...
