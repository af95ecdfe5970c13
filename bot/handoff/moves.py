"""What an act of an advisor, or a lapse of time, comes to. Pure."""

from enum import StrEnum

import msgspec

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import AnyEvent
from bot.dialogue.turn import Say


class Lease(StrEnum):
    """What becomes of the lease that shows an advisor's console is alive, and of the one on an offer.

    Their time runs in the storage. A change with LOST or LAPSED happens only if that lease is gone there.
    """

    KEEP = "keep"
    TAKE = "take"
    LOST = "lost"
    OFFER = "offer"
    LAPSED = "lapsed"


class Reply(msgspec.Struct, frozen=True):
    """An advisor's words for the person. The only thing of an advisor's that has a way out."""

    advisor: str
    text: str


class Move(msgspec.Struct, frozen=True):
    """The conversation after an advisor's act or a lapse of time, and what is sent."""

    conversation: Conversation
    events: tuple[AnyEvent, ...] = ()
    say: Say | None = None
    """The bot's own words, sent before the advisor's."""
    reply: Reply | None = None
    """The advisor's words."""
    lease: Lease = Lease.KEEP
