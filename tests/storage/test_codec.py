"""Values <-> bytes, across versions of the code."""

from typing import Any

import msgspec
import pytest

from bot.dialogue.conversation import SCHEMA, Conversation, Place, Status
from bot.dialogue.events import AdvisorRequested, AnyEvent, DangerSeen, EngineFailed, Heard, PlaceTold, Said
from bot.ports.everything import Entry
from bot.storage.codec import decode_conversation, decode_reply, decode_turn, encode_conversation, encode_turn

FULL = Conversation(
    state="menu.main",
    status=Status.WAITING,
    locale="en",
    place=Place.ABROAD,
    country="MA",
    asked_country="TR",
    role="self",
    safe=False,
    open=True,
    trail=("start.opener", "cost.answer"),
    candidates=("law",),
    misses=2,
    danger=True,
    maybe_read=True,
    heard_minute=29_923_920,
    waiting_minute=29_923_919,
)


def packed(**changed: Any) -> bytes:
    """A stored conversation with some fields as other code would have written them."""
    return msgspec.msgpack.encode(msgspec.to_builtins(FULL) | changed)


@pytest.mark.parametrize("conversation", [Conversation(), FULL])
def test_a_conversation_comes_back_as_it_was(conversation: Conversation) -> None:
    assert decode_conversation(encode_conversation(conversation)) == conversation


def test_a_new_conversation_takes_next_to_nothing() -> None:
    assert len(encode_conversation(Conversation())) < 5


def test_a_field_of_newer_code_is_ignored() -> None:
    assert decode_conversation(packed(brand_new={"a": 1})) == FULL


def test_a_newer_schema_is_seen() -> None:
    assert decode_conversation(packed(schema=SCHEMA + 1)).schema == SCHEMA + 1


def test_a_field_of_older_code_that_is_missing_has_its_default() -> None:
    assert decode_conversation(msgspec.msgpack.encode({"state": "menu.main"})) == Conversation(state="menu.main")


@pytest.mark.parametrize(
    "changed", [{"place": "moon"}, {"trail": "menu.main"}, {"misses": "two"}, {"safe": 7}, {"state": None}]
)
def test_what_cannot_be_read_starts_anew_but_keeps_who_waits_for_whom_and_since_when(changed: dict[str, Any]) -> None:
    found = decode_conversation(packed(**changed))
    assert found == Conversation(
        status=Status.WAITING,
        locale="en",
        danger=True,
        maybe_read=True,
        heard_minute=FULL.heard_minute,
        waiting_minute=FULL.waiting_minute,
    )


@pytest.mark.parametrize("changed", [{"status": "sleeping"}, {"status": 3}, {"status": ["waiting"]}])
def test_an_owner_nobody_knows_is_the_bot(changed: dict[str, Any]) -> None:
    found = decode_conversation(packed(**changed))
    assert (found.status, found.locale) == (Status.BOT, "en")


@pytest.mark.parametrize("data", [[], 3, "text", None])
def test_something_else_altogether_is_a_new_conversation(data: object) -> None:
    assert decode_conversation(msgspec.msgpack.encode(data)) == Conversation()


TURNS: list[tuple[str, tuple[AnyEvent, ...]]] = [
    ("", ()),
    ("één\n2", (Heard("text", "hoi"), Said("één\n2"))),
    ("", (Heard("photo", ""),)),
    ("ok", (Heard("text", "x"), Said("something else"))),
    ("ok", (Said("ok"), Heard("text", "x"))),
    ("ok", (Heard("text", "\x00\N{RIGHT-TO-LEFT OVERRIDE}"), DangerSeen(), AdvisorRequested(), PlaceTold("nl", "NL"))),
    ("ok", (EngineFailed("KeyError"), Said("ok"), Said("ok"))),
]


@pytest.mark.parametrize(("reply", "events"), TURNS)
def test_a_turn_comes_back_as_it_was(reply: str, events: tuple[AnyEvent, ...]) -> None:
    data = encode_turn(reply, events, 7)
    assert decode_reply(data) == reply
    assert decode_turn(data) == [Entry(7, event) for event in events]


def test_a_turn_of_older_code_has_no_time() -> None:
    data = msgspec.msgpack.encode(("ok", True, (Heard("text", "hoi"),)))
    assert decode_turn(data) == [Entry(0, Heard("text", "hoi")), Entry(0, Said("ok"))]


def test_a_turn_of_newer_code_still_repeats_its_answer() -> None:
    data = msgspec.msgpack.encode(("ok", False, ({"type": "Invented", "x": 1},)))
    assert decode_reply(data) == "ok"
    assert decode_turn(data) == [Entry(0, Said("ok"))]
