"""What goes into one decision and what comes out."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import Answers, AnyEvent
from bot.dialogue.overrides import Overrides
from bot.messages import Inbound
from bot.nlu.understanding import Understanding


class Message(msgspec.Struct, frozen=True):
    """A message as far as it can be read without its conversation. `Engine.read` makes it, once for each message."""

    inbound: Inbound
    text: str
    """Normalised; "" when there is nothing in it."""
    readable: bool
    """Is it text that the bot can understand?"""
    number: str | None
    """The menu number that it consists of."""
    case_code: str
    """The case code that it consists of, "" when it is none. Whether that one was given, only the storage knows."""


class Memory(StrEnum):
    """What is known of the conversation when a message is decided on."""

    STORED = "stored"
    """All of it."""
    BEHIND = "behind"
    """What is stored; the last answer the person read is not in it."""
    NONE = "none"
    """Nothing: it is out of reach."""


class Circumstances(msgspec.Struct, frozen=True):
    """What the core needs besides conversation and message."""

    now: datetime
    """With a time zone. It is kept to the minute, for the pace to the second."""
    random_bits: int
    """An unpredictable number of `case_code.RANDOM_BITS`."""
    brought: Answers | None = None
    """What stands behind the case code of the message."""
    overrides: Overrides = Overrides()
    blocked: bool = False
    """An advisor blocked this sender."""
    memory: Memory = Memory.STORED
    hidden: bool = False
    """The last answer, which could not be stored, was that of a stranger."""


class Say(msgspec.Struct, frozen=True):
    """What to answer, not yet in words: `rendering.texts` turns it into one message."""

    state: str = ""
    """The state to show, "" = only `prefix`."""
    prefix: tuple[str, ...] = ()
    """Ids of shared texts that come before it."""
    numbers: bool = False
    """Put the block with the numbers for this place on top, whatever the state asks for."""
    brief_numbers: bool = False
    """That block was given before for this place: a line is enough."""
    emergency_line: bool = False
    """End with the one-line emergency numbers if they are not in the message already."""
    closing: tuple[str, ...] = ()
    """Ids of shared texts that stand in the place of the footer."""
    plain: bool = False
    """Without the list of the state and its footer."""


class Turn(msgspec.Struct, frozen=True):
    """The result of one decision."""

    conversation: Conversation
    """As it is after the message."""
    events: tuple[AnyEvent, ...]
    """What happened."""
    say: Say | None
    """What to answer; None: say nothing."""
    answered_by: str = ""
    """Name of the step that answered, for those who want to know why."""
    understood: Understanding | None = None
    """What the text was understood as; None where its meaning did not decide."""
