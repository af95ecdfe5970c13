"""Values <-> bytes (msgpack). A conversation of another version is read as far as it can be."""

from collections.abc import Sequence

import msgspec

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import AnyEvent, Said
from bot.ports.everything import Entry

_encoder = msgspec.msgpack.Encoder()
_conversation = msgspec.msgpack.Decoder(Conversation)


class _Turn(msgspec.Struct, array_like=True, frozen=True):
    reply: str
    said: bool
    events: tuple[AnyEvent, ...]
    minute: int = 0  # turns stored by older code have none


_turn = msgspec.msgpack.Decoder(_Turn)


def encode_conversation(conversation: Conversation) -> bytes:
    return _encoder.encode(conversation)


def decode_conversation(data: bytes) -> Conversation:
    """The stored conversation. One we cannot read (written by newer or long gone code) starts anew, but keeps
    its owner and its language: nobody who waits for an advisor may fall out of the list by an upgrade."""
    try:
        return _conversation.decode(data)
    except msgspec.DecodeError:
        fields = _anything(data)
    if not isinstance(fields, dict):
        return Conversation()
    status = fields.get("status")
    locale = fields.get("locale")
    advisor = fields.get("advisor")
    held = isinstance(advisor, str) and bool(advisor)
    known = Status(status) if status in list(Status) else Status.BOT
    return Conversation(
        # Without the one who has it, it goes back to the queue.
        status=Status.WAITING if known is Status.ADVISOR and not held else known,
        advisor=str(advisor) if known is Status.ADVISOR and held else "",
        locale=locale if isinstance(locale, str) else "",
        danger=fields.get("danger") is True,
        maybe_read=fields.get("maybe_read") is True,
        heard_minute=_minute(fields.get("heard_minute")),
        waiting_minute=_minute(fields.get("waiting_minute")),
        closed_minute=_minute(fields.get("closed_minute")),
    )


def _anything(data: bytes) -> object:
    try:
        return msgspec.msgpack.decode(data)
    except msgspec.DecodeError:
        return None


def _minute(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def encode_turn(reply: str, events: Sequence[AnyEvent], minute: int = 0) -> bytes:
    """One turn. The answer stands once: a last Said event that repeats it is left out and put back when reading."""
    said = bool(events) and events[-1] == Said(reply)
    return _encoder.encode(_Turn(reply, said, tuple(events[:-1] if said else events), minute))


def decode_reply(data: bytes) -> str:
    """The answer of one turn, whatever else newer code may have written there; "" when it cannot be read."""
    turn = _anything(data)
    return turn[0] if isinstance(turn, list) and turn and isinstance(turn[0], str) else ""


def decode_turn(data: bytes) -> list[Entry]:
    """The events of one turn; only what was answered when newer code wrote the rest."""
    try:
        turn = _turn.decode(data)
    except msgspec.DecodeError:
        turn = _Turn(decode_reply(data), True, ())
    events = (*turn.events, Said(turn.reply)) if turn.said and turn.reply else turn.events
    return [Entry(turn.minute, event) for event in events]
