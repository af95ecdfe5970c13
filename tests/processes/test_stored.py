"""Conversations that other code wrote, or nobody can read: the next message is answered sanely."""

import itertools
import time

import msgspec
import pytest

from bot.dialogue.conversation import SCHEMA, Conversation, Place, Status
from bot.storage import codec
from bot.storage.redis import keys
from bot.storage.redis.node import REST_SECONDS
from bot.storage.sealing import Sealer
from tests.harness.conversations import a_conversation
from tests.harness.processes import until
from tests.harness.site import Site
from tests.harness.twilio_client import person, sms

pytestmark = pytest.mark.process

NOW_MINUTE = 2**24
FUTURE = {
    "schema": SCHEMA + 1,
    "state": "brand.new",
    "status": "waiting",
    "locale": "en",
    "country": "MA",
    "place": "abroad",
    "heard_minute": NOW_MINUTE,
    "waiting_minute": NOW_MINUTE,
    "mood": {"deep": [1, 2]},
}

_numbers = itertools.count(1)


def put(site: Site, who: str, packed: bytes, revision: int = 3) -> None:
    """Write a sealed conversation as it would stand in Redis."""
    contact = site.contact(who)
    sealed = Sealer([bytes.fromhex(site.data_key)]).seal(packed, f"conversation|{contact}|{revision}".encode())
    put_bytes(site, who, revision.to_bytes(8, "big") + sealed)


def put_bytes(site: Site, who: str, stored: bytes) -> None:
    with site.client() as client:
        client.set(f"{keys.person(site.contact(who))}conversation", stored, ex=1000)
        client.zadd(f"{keys.shard(site.contact(who))}waiting", {site.contact(who): NOW_MINUTE})


def newcomer() -> str:
    return person(next(_numbers))


def say(site: Site, who: str, text: str) -> str:
    return site.twilio.post(sms(next(_numbers), text, who)).text


def waits(site: Site, who: str) -> bool:
    with site.storage() as storage:
        return site.contact(who) in [entry.contact for entry in storage.queue.waiting()]


def test_what_these_tests_write_is_what_the_bot_reads(site: Site) -> None:
    who = newcomer()
    put(site, who, codec.encode_conversation(a_conversation(state="menu.main", locale="en")))
    assert site.opened(who).conversation.position.state == "menu.main"


@pytest.mark.parametrize("text", ["1", "7", "hoi", "menu", "zzz", "terug", "ik ben in gevaar", ""])
def test_a_state_that_no_longer_exists_is_left_for_a_safe_one(site: Site, text: str) -> None:
    who = newcomer()
    gone = a_conversation(
        state="gone.away", history=("gone.too", "menu.main"), locale="nl", heard_minute=NOW_MINUTE, place=Place.ABROAD
    )
    put(site, who, codec.encode_conversation(gone))
    assert say(site, who, text)
    opened = site.opened(who)
    assert opened.revision == 4
    assert "gone." not in opened.conversation.position.state
    assert say(site, who, "terug")


def test_a_trail_and_topics_that_no_longer_exist_break_nothing(site: Site) -> None:
    for text in ("terug", "1", "2", "3", "4", "menu"):
        who = newcomer()
        old = a_conversation(
            state="unclear.candidates",
            history=("gone.away",),
            candidates=("gone_topic", "left_behind"),
            locale="nl",
            heard_minute=minute_now(),
        )
        put(site, who, codec.encode_conversation(old))
        assert say(site, who, text)
        assert say(site, who, "terug")
        assert "gone" not in site.opened(who).conversation.position.state
    assert no_faults(site)


@pytest.mark.parametrize("text", ["1", "hoi", "menu", "zzz"])
def test_a_conversation_of_newer_code_starts_anew_and_keeps_its_place_in_the_waiting_list(
    site: Site, text: str
) -> None:
    who = newcomer()
    put(site, who, msgspec.msgpack.encode(FUTURE))
    assert say(site, who, text)
    opened = site.opened(who)
    assert opened.conversation.handling.status is Status.WAITING
    assert opened.conversation.locale == "en"
    assert opened.conversation.told.country == ""
    assert opened.revision == 4
    assert waits(site, who)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": 7},
        {"place": "moon"},
        {"trail": "menu.main"},
        {"safe": "yes"},
        {"misses": -1},
        {"schema": "two"},
        {"country": None},
        {"heard_minute": "noon"},
        {"waiting_minute": None},
    ],
    ids=str,
)
def test_a_field_of_another_kind_does_not_cost_the_place_in_the_waiting_list(
    site: Site, changed: dict[str, object]
) -> None:
    who = newcomer()
    put(site, who, msgspec.msgpack.encode(FUTURE | {"schema": 1} | changed))
    assert say(site, who, "zzz")
    assert site.opened(who).conversation.handling.status is Status.WAITING
    assert waits(site, who)


def test_an_advisor_of_newer_code_keeps_the_conversation(site: Site) -> None:
    who = newcomer()
    put(site, who, msgspec.msgpack.encode(FUTURE | {"status": "advisor", "advisor": "ada", "place": "moon"}))
    answer = site.twilio.post(sms(next(_numbers), "zzz", who))
    assert answer.messages == []
    assert site.opened(who).conversation.handling.status is Status.ADVISOR


def test_an_advisor_nobody_can_name_is_asked_for_again(site: Site) -> None:
    who = newcomer()
    put(site, who, msgspec.msgpack.encode(FUTURE | {"status": "advisor", "place": "moon"}))
    site.twilio.post(sms(next(_numbers), "zzz", who))
    assert site.opened(who).conversation.handling.status is Status.WAITING


def test_an_unknown_owner_falls_back_to_the_bot(site: Site) -> None:
    who = newcomer()
    put(site, who, msgspec.msgpack.encode(FUTURE | {"status": "robot overlord"}))
    assert say(site, who, "hoi")
    assert site.opened(who).conversation.handling.status is Status.BOT


@pytest.mark.parametrize(
    "packed",
    [b"", b"\xc1", b"\xff" * 40, b"\x81", b"\xda\xff\xff", msgspec.msgpack.encode([1]), msgspec.msgpack.encode(None)],
    ids=lambda packed: repr(packed[:4]),
)
def test_sealed_bytes_that_are_no_conversation_start_a_new_one(site: Site, packed: bytes) -> None:
    who = newcomer()
    put(site, who, packed)
    assert say(site, who, "hoi")
    assert site.opened(who).revision == 4
    assert say(site, who, "menu")
    assert site.turns(who) == 2


UNSEALED = [b"\x00", b"\x00\x01234567", b"\x00\x01234567garbage", b"\x00" * 200, b"\xff" * 8]


@pytest.mark.parametrize("stored", UNSEALED, ids=lambda stored: repr(stored[:12]))
def test_bytes_that_nobody_sealed_start_a_new_conversation(site: Site, stored: bytes) -> None:
    who = newcomer()
    put_bytes(site, who, stored)
    assert say(site, who, "hoi")
    assert say(site, who, "menu")
    assert site.turns(who) == 2


@pytest.mark.parametrize("stored", UNSEALED, ids=lambda stored: repr(stored[:12]))
def test_what_nobody_can_read_does_not_hold_up_the_spool_for_others(site: Site, stored: bytes) -> None:
    broken, others = newcomer(), [newcomer() for _ in range(3)]
    site.stop_redis()
    for who in (broken, *others):
        say(site, who, "medewerker")
    site.start_redis()
    put_bytes(site, broken, stored)
    site.start_worker()
    try:
        until(lambda: all(waits(site, who) for who in others), what="the messages of the others")
    finally:
        site.stop_worker()
        for path in site.spooled():
            path.unlink()
    time.sleep(REST_SECONDS)


def test_a_conversation_moved_to_another_person_is_not_read(site: Site) -> None:
    anna, eve = newcomer(), newcomer()
    for text in ("hoi", "ja", "medewerker"):
        say(site, anna, text)
    with site.client() as client:
        stored = client.get(f"{keys.person(site.contact(anna))}conversation")
        assert stored is not None
        client.set(f"{keys.person(site.contact(eve))}conversation", stored)
    assert site.opened(eve).conversation == Conversation()
    assert say(site, eve, "hoi")


def test_nothing_of_this_was_a_fault_of_the_engine(site: Site) -> None:
    assert no_faults(site)


def no_faults(site: Site) -> bool:
    return not [name for name in site.counts() if "engine_failed" in name or "webhook_failed" in name]


def minute_now() -> int:
    return int(time.time()) // 60
