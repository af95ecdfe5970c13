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
    conversation it was decided on, None in what an earlier version has written. at: when the message came, in
    milliseconds since 1970; 0 in what an earlier version has written.
    """

    inbound: Inbound
    conversation: Conversation
    events: tuple[AnyEvent, ...]
    reply: str
    revision: int | None = None
    before: Conversation | None = None
    at: int = 0

    @property
    def came(self) -> int:
        """When, in milliseconds since 1970; where only the minute is known, at its end."""
        return self.at or self.conversation.heard_minute * 60_000 + 59_999


class Given(msgspec.Struct, frozen=True):
    """What was answered to a sender and is not stored yet.

    reply: to this very message, None for a new one. behind: the last answer they read is not stored. hidden: it was
    that of a stranger.
    """

    reply: str | None = None
    behind: bool = False
    hidden: bool = False


NOTHING_GIVEN = Given()


class Spool(Protocol):
    def add(self, spooled: Spooled) -> None:
        """Keep `spooled` so that it survives a power cut. Raises SpoolFull."""
        ...

    def given(self, inbound: Inbound) -> Given:
        """What was answered to its sender and still waits here, as far as this host knows."""
        ...

    def caught_up(self, inbound: Inbound) -> None:
        """The answer its sender reads now is stored."""
        ...
