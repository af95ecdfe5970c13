"""Values <-> bytes, across versions of the code."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from bot.dialogue.conversation import SCHEMA, Conversation, Place, Status
from bot.dialogue.events import AdvisorRequested, AnyEvent, DangerSeen, EngineFailed, Heard, PlaceTold, Said
from bot.ports.conversations import Entry
from bot.storage.codec import decode_conversation, decode_reply, decode_turn, encode_conversation, encode_turn
from tests.harness.conversations import a_conversation

FULL = a_conversation(
    state="menu.main",
    status=Status.WAITING,
    locale="en",
    place=Place.ABROAD,
    country="MA",
    mentioned_country="TR",
    role="self",
    safe=False,
    subject_disclosed=True,
    history=("start.opener", "cost.answer"),
    candidates=("law",),
    fallback_count=2,
    danger=True,
    observed=True,
    heard_minute=29_923_920,
    waiting_minute=29_923_919,
)


FLAT = {
    "state": "menu.main",
    "status": "waiting",
    "locale": "en",
    "place": "abroad",
    "country": "MA",
    "asked_country": "TR",
    "role": "self",
    "safe": False,
    "open": True,
    "trail": ["start.opener", "cost.answer"],
    "candidates": ["law"],
    "misses": 2,
    "danger": True,
    "maybe_read": True,
    "heard_minute": 29_923_920,
    "waiting_minute": 29_923_919,
}
"""The same as schema 1 wrote it."""


def packed(**changed: Any) -> bytes:
    """A stored conversation with some fields as other code would have written them."""
    return msgspec.msgpack.encode(msgspec.msgpack.decode(encode_conversation(FULL)) | changed)


def packed_flat(**changed: Any) -> bytes:
    """The same, as schema 1 wrote conversations."""
    return msgspec.msgpack.encode(FLAT | changed)


@pytest.mark.parametrize("conversation", [Conversation(), FULL])
def test_a_conversation_comes_back_as_it_was(conversation: Conversation) -> None:
    assert decode_conversation(encode_conversation(conversation)) == conversation


def test_a_new_conversation_takes_next_to_nothing() -> None:
    assert len(encode_conversation(Conversation())) < 15  # the number of its schema


@pytest.mark.parametrize("record", [packed, packed_flat])
def test_a_field_of_newer_code_is_ignored(record: Callable[..., bytes]) -> None:
    assert decode_conversation(record(brand_new={"a": 1})) == FULL


def test_a_newer_schema_is_seen() -> None:
    assert decode_conversation(packed(schema=SCHEMA + 1)).schema == SCHEMA + 1


def test_a_field_of_older_code_that_is_missing_has_its_default() -> None:
    assert decode_conversation(msgspec.msgpack.encode({"state": "menu.main"})) == a_conversation(state="menu.main")


@pytest.mark.parametrize(
    "changed", [{"place": "moon"}, {"trail": "menu.main"}, {"misses": "two"}, {"safe": 7}, {"state": None}]
)
def test_what_cannot_be_read_starts_anew_but_keeps_who_waits_for_whom_and_since_when(changed: dict[str, Any]) -> None:
    _keeps_who_waits(decode_conversation(packed_flat(**changed)))


@pytest.mark.parametrize(
    "changed",
    [
        {"position": {"state": 7}}, {"told": {"place": "moon"}}, {"told": None}, {"handling": {"status": "sleeping"}},
        {"handling": []}, {"privacy": {"observed": "yes"}}, {"pace": "fast"}, {"schema": "two"},
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_read_does_not_cost_the_place_in_the_queue(changed: dict[str, Any]) -> None:
    _keeps_who_waits(decode_conversation(packed(**changed)))


def _keeps_who_waits(found: Conversation) -> None:
    assert found == a_conversation(
        status=Status.WAITING,
        locale="en",
        danger=True,
        observed=True,
        heard_minute=FULL.heard_minute,
        waiting_minute=FULL.handling.waiting_minute,
    )


@pytest.mark.parametrize("changed", [{"status": "sleeping"}, {"status": 3}, {"status": ["waiting"]}])
def test_an_owner_nobody_knows_is_the_bot(changed: dict[str, Any]) -> None:
    found = decode_conversation(packed_flat(**changed))
    assert (found.handling.status, found.locale) == (Status.BOT, "en")


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
