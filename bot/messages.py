"""The envelope: one inbound message, whatever network it came over."""

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
    """One message from a person, with the address already replaced by an opaque id.

    message_id: the provider's id of this message; the same id is the same message.
    contact: keyed hash of channel and address; never the address itself. former: the same under older peppers.
    text: at most MAX_TEXT characters, control characters removed.
    payload: id of the button that was pressed, if any.
    opt_out: the provider has already answered this word (STOP, START, HELP); say nothing.
    """

    message_id: str
    contact: str
    channel: Channel
    former: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    text: str = ""
    payload: str = ""
    media: int = 0
    opt_out: bool = False


MAX_TEXT = 1600
