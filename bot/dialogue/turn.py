"""The result of one decision."""

import msgspec

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import AnyEvent


class Say(msgspec.Struct, frozen=True):
    """What to answer, not yet in words: `rendering.texts` turns it into one message.

    state: the state to show ("" = only the texts above). prefix: ids of shared texts that come before it.
    numbers: put the block with the numbers for this place on top, whatever the state asks for.
    emergency_line: end with the one-line emergency numbers if they are not in the message already.
    """

    state: str = ""
    prefix: tuple[str, ...] = ()
    numbers: bool = False
    emergency_line: bool = False


class Turn(msgspec.Struct, frozen=True):
    """The conversation after the message, what happened, and what to answer (None: say nothing)."""

    conversation: Conversation
    events: tuple[AnyEvent, ...]
    say: Say | None
