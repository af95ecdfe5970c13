"""What commit e6334ae stored (schema 1) is read by today's code, and the conversation goes on."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.dialogue.conversation import SILENCE_MINUTES, Conversation, Pace, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import Answers, Event
from bot.ports.spool import Spooled
from bot.storage.codec import decode_conversation, decode_reply, decode_turn, encode_conversation
from bot.storage.sealing import Sealer, place
from bot.storage.spool import FileSpoolReader
from tests.harness.dialogue import DialogueTester

FOLDER = Path(__file__).parent / "written_by_e6334ae"

ADDED_SINCE = {
    "Heard": {"media_kind": "", "forwarded": False, "answers_earlier": False},
    "CameLate": {"maybe_answered": False},
}
"""Fields of events that code of e6334ae did not know, with what they are in its records."""

NOW_CALLED = {
    "schema": "schema",
    "locale": "locale",
    "heard_minute": "heard_minute",
    "code": "case_code",
    "pace": "pace",
    "state": "position.state",
    "trail": "position.history",
    "candidates": "position.candidates",
    "misses": "position.fallback_count",
    "asked": "position.deferred_topic",
    "fragment": "position.fragment",
    "place": "told.place",
    "country": "told.country",
    "asked_country": "told.mentioned_country",
    "role": "told.role",
    "phone": "told.phone",
    "safe": "told.safe",
    "open": "told.subject_disclosed",
    "no_call": "told.no_call",
    "status": "handling.status",
    "channel": "handling.channel",
    "advisor": "handling.advisor",
    "offered": "handling.offered",
    "greeted": "handling.introduced",
    "returned": "handling.requeued",
    "urgent": "handling.urgent",
    "danger": "handling.danger",
    "waiting_minute": "handling.waiting_minute",
    "closed_minute": "handling.closed_minute",
    "pending_minute": "handling.pending_minute",
    "tell": "handling.pending_notice",
    "maybe_read": "privacy.observed",
    "hide_word": "privacy.hide_word",
    "return_word": "privacy.return_word",
    "agreed": "privacy.agreement",
    "kept": "privacy.set_aside",
}
"""Field of schema 1 -> where it is now."""

OWNER = (
    "status", "channel", "advisor", "offered", "greeted", "returned", "urgent", "danger", "maybe_read",
    "waiting_minute", "closed_minute", "pending_minute", "hide_word", "return_word", "agreed", "no_call",
    "locale", "heard_minute",
)  # fmt: skip
"""Fields of schema 1 that its code keeps of a conversation whose schema it does not know."""


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


CONVERSATIONS: dict[str, dict[str, Any]] = read("conversations")


def flat(conversation: Conversation) -> dict[str, Any]:
    """Every value of a conversation that is not a default, by its dotted name."""
    found: dict[str, Any] = {}
    for name, value in msgspec.to_builtins(conversation).items():
        if name in ("position", "told", "handling", "privacy"):
            found |= {f"{name}.{field}": each for field, each in value.items()}
        elif name != "pace" or conversation.pace != Pace():
            found[name] = value
    if "privacy.set_aside" in found:
        found["privacy.set_aside"] = flat(conversation.privacy.set_aside)  # type: ignore[arg-type]
    return found


def renamed(fields: dict[str, Any]) -> dict[str, Any]:
    found = {NOW_CALLED[name]: value for name, value in fields.items()}
    if "privacy.set_aside" in found:
        found["privacy.set_aside"] = renamed(found["privacy.set_aside"])
    return found


def listed(value: Any) -> Any:
    """With lists for tuples, as JSON has them."""
    return json.loads(json.dumps(value))


def test_the_records_hold_every_field_schema_1_had() -> None:
    held = set().union(*(each["fields"] for each in CONVERSATIONS.values()))
    assert held == NOW_CALLED.keys() - {"schema"}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_keeps_everything_it_held(name: str) -> None:
    conversation = decode_conversation(b64decode(CONVERSATIONS[name]["record"]))
    assert listed(flat(conversation)) == renamed(CONVERSATIONS[name]["fields"])
    assert decode_conversation(encode_conversation(conversation)) == conversation


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_goes_on(engine: Engine, name: str) -> None:
    """With the next message, and with the one after a silence; whoever had it has it still."""
    conversation = decode_conversation(b64decode(CONVERSATIONS[name]["record"]))
    for minutes in (1, SILENCE_MINUTES + 1):
        tester = DialogueTester(engine, datetime.fromtimestamp(conversation.heard_minute * 60, UTC))
        tester.begin(conversation).wait(minutes).say("mijn paspoort is weg")
        assert "engine_failed" not in tester.reports.names()
        before, after = conversation.handling, tester.conversation.handling
        assert after.advisor == before.advisor
        assert after.status is before.status or before.status is Status.CLOSED
        assert tester.conversation.privacy.return_word == conversation.privacy.return_word


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_code_of_schema_1_still_finds_who_has_it(name: str) -> None:
    """It ignores fields it does not know; these it keeps."""
    conversation = decode_conversation(b64decode(CONVERSATIONS[name]["record"]))
    written = msgspec.msgpack.decode(encode_conversation(conversation))
    had = CONVERSATIONS[name]["fields"]
    assert {field: written.get(field) for field in OWNER} == {field: had.get(field) for field in OWNER}
    assert written["schema"] > 1


def test_the_own_word_brings_back_what_an_earlier_silence_put_away(engine: Engine) -> None:
    conversation = decode_conversation(b64decode(CONVERSATIONS["set aside after a silence"]["record"]))
    tester = DialogueTester(engine, datetime.fromtimestamp(conversation.heard_minute * 60, UTC)).begin(conversation)
    tester.say("tante rita").in_state("documents_taken.answer")
    assert tester.conversation.told.subject_disclosed


@pytest.mark.parametrize("turn", read("turns"))
def test_a_turn_of_a_transcript_is_read(turn: dict[str, Any]) -> None:
    data = b64decode(turn["record"])
    assert decode_reply(data) == turn["reply"]
    entries = decode_turn(data)
    written = [ADDED_SINCE.get(event["type"], {}) | event for event in turn["events"]]
    assert [listed(msgspec.to_builtins(entry.event)) for entry in entries] == written
    assert {entry.minute for entry in entries} == {turn["minute"]}


def test_the_turns_hold_every_event_there_was() -> None:
    seen = {event["type"] for turn in read("turns") for event in turn["events"]}
    assert seen <= {kind.__name__ for kind in Event.__subclasses__()}
    assert len(seen) == 32


def test_answers_behind_a_case_code_are_read() -> None:
    answers = read("answers")
    found = msgspec.msgpack.decode(b64decode(answers["record"]), type=Answers)
    assert listed(msgspec.to_builtins(found)) == answers["fields"]


def test_what_was_sealed_is_opened() -> None:
    sealed = read("sealed")
    sealer = Sealer([b64decode(sealed["key"])])
    where = place("conversation", sealed["contact"], str(sealed["revision"]))
    conversation = decode_conversation(sealer.open(b64decode(sealed["conversation"]), where))
    assert conversation.handling.status is Status.WAITING
    assert conversation.handling.danger
    answers = sealer.open(b64decode(sealed["answers"]), place("code", "name"))
    assert msgspec.msgpack.decode(answers, type=Answers).country == "MA"


def test_what_was_spooled_is_drained(tmp_path: Path) -> None:
    spooled = read("spooled")
    (tmp_path / spooled["name"]).write_bytes(b64decode(spooled["sealed"]))
    key = X25519PrivateKey.from_private_bytes(b64decode(spooled["key"]))
    found: list[Spooled] = []
    assert FileSpoolReader(tmp_path, key, lambda *_, **__: None).drain(found.append) == 1
    assert (found[0].inbound.text, found[0].reply, found[0].revision) == ("hoi", "antwoord", 3)
    assert found[0].conversation.handling.status is Status.WAITING
