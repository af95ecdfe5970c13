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
    """One message from a person, who is known by an opaque id."""

    message_id: str
    """The provider's id of this message; the same id is the same message."""
    contact: str
    """Keyed hash of channel and address, never the address itself."""
    channel: Channel
    former: tuple[str, ...] = ()
    """The contact ids under older peppers."""
    kind: Kind = Kind.TEXT
    text: str = ""
    """At most MAX_TEXT characters, without control characters."""
    address: str = ""
    """Where an answer could be sent later. Kept, sealed, only while advisors have the conversation."""
    our_number: str = ""
    """Which of our numbers it was sent to, as +31…: an answer that is sent later comes from it. "" = not known."""
    payload: str = ""
    """Id of the button that was pressed, if any."""
    media: int = 0
    """How many files came with it."""
    media_kind: str = ""
    """What the first file is, where text came with it."""
    forwarded: bool = False
    """The person passed it on: the words may be somebody else's."""
    answers_earlier: bool = False
    """The person wrote it as an answer to one earlier message, which is not told here."""
    opt_out: bool = False
    """The provider has already answered this word (STOP, START, HELP): say nothing."""
    stays: bool = False
    """What the provider answered (START, HELP) does not mean "no more messages": everything stays as it is."""


class Outgoing(msgspec.Struct, frozen=True):
    """One message to send via the provider's API."""

    id: str
    """Ours, random and opaque; it comes back in status callbacks."""
    text: str


MAX_TEXT = 1600
