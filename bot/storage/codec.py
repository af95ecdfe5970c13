"""Values <-> bytes (msgpack). A conversation of another version is read as far as it can be; `flat` has schema 1."""

import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from bot.dialogue.conversation import SCHEMA, Agreement, Conversation, Handling, Privacy, Status
from bot.dialogue.events import AnyEvent, Said
from bot.ports.conversations import Entry
from bot.storage.flat import FlatConversation, owner_fields


class _Version(msgspec.Struct):
    schema: int = 1  # schema 1 did not write it


class _Record(Conversation, frozen=True, kw_only=True, omit_defaults=True):
    """What is written: the conversation with its schema, and `flat.owner_fields`."""

    schema: int
    status: Status = Status.BOT
    channel: str = ""
    advisor: str = ""
    offered: str = ""
    greeted: bool = False
    returned: bool = False
    urgent: bool = False
    danger: bool = False
    maybe_read: bool = False
    waiting_minute: int = 0
    closed_minute: int = 0
    pending_minute: int = 0
    hide_word: str = ""
    return_word: str = ""
    agreed: Agreement | None = None
    no_call: bool = False


_NEW = Conversation()
_encoder = msgspec.msgpack.Encoder()
_version = msgspec.msgpack.Decoder(_Version)
_flat = msgspec.msgpack.Decoder(FlatConversation)
_conversation = msgspec.msgpack.Decoder(Conversation)


class _Turn(msgspec.Struct, array_like=True, frozen=True):
    reply: str
    said: bool
    events: tuple[AnyEvent, ...]
    minute: int = 0  # turns stored by older code have none


_turn = msgspec.msgpack.Decoder(_Turn)


def encode_conversation(conversation: Conversation) -> bytes:
    plain = conversation.handling == _NEW.handling and conversation.privacy == _NEW.privacy
    flat = {} if plain and not conversation.told.no_call else owner_fields(conversation)
    return _encoder.encode(_Record(**msgspec.structs.asdict(conversation), **flat))


def decode_conversation(data: bytes) -> Conversation:
    """The stored conversation. One we cannot read (written by newer or long gone code) starts over, but keeps
    its owner and its language: nobody who waits for an advisor may fall out of the list by an upgrade."""
    try:
        schema = _version.decode(data).schema
        if schema == SCHEMA:
            return _conversation.decode(data)
        found = _flat.decode(data).nested()
        return msgspec.structs.replace(found, schema=schema) if schema > SCHEMA else found
    except msgspec.DecodeError:
        fields = _anything(data)
    return _owner(fields) if isinstance(fields, dict) else Conversation()


def _owner(fields: dict[Any, Any]) -> Conversation:
    """A conversation of which only who has it can be read, from the fields that stand flat in every schema."""
    status = fields.get("status")
    locale = fields.get("locale")
    advisor = fields.get("advisor")
    held = isinstance(advisor, str) and bool(advisor)
    known = Status(status) if status in list(Status) else Status.BOT
    return Conversation(
        locale=locale if isinstance(locale, str) else "",
        heard_minute=_minute(fields.get("heard_minute")),
        handling=Handling(
            # Without the one who has it, it goes back to the queue.
            status=Status.WAITING if known is Status.ADVISOR and not held else known,
            advisor=str(advisor) if known is Status.ADVISOR and held else "",
            danger=fields.get("danger") is True,
            waiting_minute=_minute(fields.get("waiting_minute")),
            closed_minute=_minute(fields.get("closed_minute")),
        ),
        privacy=Privacy(observed=fields.get("maybe_read") is True),
    )


def _anything(data: bytes) -> object:
    try:
        return msgspec.msgpack.decode(data)
    except msgspec.DecodeError:
        return None


def _minute(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


_MOST_MINUTES = 10**10
"""Since 1970: an earlier version stored minutes where milliseconds stand now."""


def decode_erased(stored: bytes) -> int:
    """When somebody erased everything, in milliseconds since 1970. One that is damaged: after everything there is, for
    what was erased must not come back."""
    if not stored.isdigit():
        return sys.maxsize
    number = int(stored)
    return number * 60_000 if number < _MOST_MINUTES else number


def encode_turn(reply: str, events: Sequence[AnyEvent], minute: int = 0) -> bytes:
    """One turn. The answer stands once: a last Said event that repeats it is left out and put back when reading."""
    said = bool(events) and events[-1] == Said(reply)
    return _encoder.encode(_Turn(reply, said, tuple(events[:-1] if said else events), minute))


def decode_reply(data: bytes) -> str:
    """The answer of one turn, whatever else newer code may have written there; "" when it cannot be read."""
    try:
        turn = msgspec.msgpack.decode(data)
    except msgspec.DecodeError:
        return ""
    return turn[0] if isinstance(turn, list) and turn and isinstance(turn[0], str) else ""


def decode_turn(data: bytes) -> list[Entry]:
    """The events of one turn; only what was answered when newer code wrote the rest."""
    try:
        turn = _turn.decode(data)
    except msgspec.DecodeError:
        turn = _Turn(decode_reply(data), True, ())
    events = (*turn.events, Said(turn.reply)) if turn.said and turn.reply else turn.events
    return [Entry(turn.minute, event) for event in events]
