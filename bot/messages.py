"""The envelopes: one message from a person, and one to a person, whatever network it goes over."""

from enum import StrEnum

import msgspec


class Channel(StrEnum):
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Kind(StrEnum):
    """What arrived. Everything but TEXT and BUTTON cannot be read by the bot and never moves the dialogue."""

    TEXT = "text"
    BUTTON = "button"
    EMPTY = "empty"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    DOCUMENT = "document"
    CONTACT = "contact"
    LOCATION = "location"
    REACTION = "reaction"


class Inbound(msgspec.Struct, frozen=True):
    """One message from a person, who is known by an opaque id.

    message_id: the provider's id of this message; the same id is the same message.
    contact: keyed hash of channel and address; never the address itself. former: the same under older peppers.
    text: at most MAX_TEXT characters, control characters removed.
    address: where an answer could be sent later. Kept, sealed, only while advisors have to do with the conversation.
    payload: id of the button that was pressed, if any.
    opt_out: the provider has already answered this word (STOP, START, HELP); say nothing.
    """

    message_id: str
    contact: str
    channel: Channel
    former: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    text: str = ""
    address: str = ""
    payload: str = ""
    media: int = 0
    media_kind: str = ""
    """What the first file is, where text came with it."""
    opt_out: bool = False


class Outgoing(msgspec.Struct, frozen=True):
    """One message to send by the provider's API. `id` is ours, random and opaque; it comes back in status callbacks."""

    id: str
    text: str


MAX_TEXT = 1600
