"""A Redis that commit e6334ae has filled is moved to today's keys, and back, and nothing in it is lost."""

import json
import time
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.conversation import Status
from bot.dialogue.events import ErasureRequested
from bot.dialogue.overrides import Overrides
from bot.handoff.delivery import DeliveryState
from bot.messages import Channel, Inbound
from bot.ports.conversations import Committed, Decision
from bot.ports.storage import Storage
from bot.ports.unavailable import StorageUnavailable
from bot.storage.redis import keys, layout
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.layout import bring_up_to_date, go_back
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.conversations import a_conversation
from tests.harness.events import events_of

WRITTEN = json.loads((Path(__file__).parent / "written_by_e6334ae" / "redis.json").read_text())
WHO: dict[str, str] = WRITTEN["made_up"]["contacts"]
SEALER = Sealer([bytes.fromhex(WRITTEN["made_up"]["data_key"])])
Client = Any
IN_AN_HOUR = int(time.time() + 3600) * 1000
LATER = WRITTEN["keys"]["helpline:later"]
LATER["value"] = [(member, IN_AN_HOUR) for member, _when in LATER["value"]]  # as it was when this was written


def fill(client: Client) -> None:
    """Put everything back as it was written; what expired, expires in an hour."""
    for name, key in WRITTEN["keys"].items():
        value = key["value"]
        if key["type"] == "string":
            client.set(name, b64decode(value))
        elif key["type"] == "hash":
            client.hset(name, mapping={b64decode(field): b64decode(each) for field, each in value.items()})
        elif key["type"] == "list":
            client.rpush(name, *map(b64decode, value))
        elif key["type"] == "set":
            client.sadd(name, *map(b64decode, value))
        elif key["type"] == "zset":
            client.zadd(name, {b64decode(member): score for member, score in value})
        else:
            for id, fields in value:
                client.xadd(name, {b64decode(field): b64decode(each) for field, each in fields.items()}, id=id)
        if key["expires"]:
            client.expire(name, 3600)
    client.xgroup_create("helpline:outbox", keys.GROUP, id="0")
    client.xreadgroup(keys.GROUP, "dead", {"helpline:outbox": ">"}, count=len(WRITTEN["made_up"]["pending"]))


@pytest.fixture
def old(clean_redis: Client) -> Client:
    fill(clean_redis)
    return clean_redis


@pytest.fixture
def connection(redis_url: str) -> Iterator[Connection]:
    made = connect(redis_url)
    yield made
    made.close()


def held(storage: Storage) -> set[str]:
    return {each.contact for each in storage.queue.held() if each.leased}


def assert_nothing_is_lost(storage: Storage) -> None:
    status = {name: each.handling.status for name, each in read(storage).items()}
    assert status == {
        "anna": Status.BOT, "bob": Status.WAITING, "cleo": Status.ADVISOR, "dora": Status.BOT, "finn": Status.ADVISOR,
        "gus": Status.ADVISOR,
    }  # fmt: skip
    assert [each.contact for each in storage.queue.waiting()] == [WHO["bob"]]
    assert held(storage) == {WHO["cleo"], WHO["finn"], WHO["gus"]}
    assert len(events_of(storage, WHO["anna"])) >= 10
    assert [each.action for each in storage.check_ins.agreed()] == ["bel het ministerie"]
    assert [each.contact for each in storage.blocks.current()] == [WHO["dora"]]
    assert storage.overrides.read() == Overrides(announcement="busy", note="druk")
    assert storage.chores.last_reconciled() is not None
    counts = storage.counts.of(["2026-11-23"])["2026-11-23"]
    assert counts["all:conversations"] == 7
    assert storage.conversations.was_erased(Inbound(message_id="", contact=WHO["eve"], channel=Channel.SMS), 0)
    states = [record.state for record in storage.outbox.records(WHO["cleo"]).values()]
    assert sorted(states) == [DeliveryState.DELIVERED, DeliveryState.QUEUED, DeliveryState.SENDING]


def read(storage: Storage) -> dict[str, Any]:
    found = storage.conversations.read(list(WHO.values()))
    return {name: found[contact] for name, contact in WHO.items() if contact in found}


def test_nothing_is_lost(old: Client, connection: Connection) -> None:
    assert bring_up_to_date(connection)
    assert_nothing_is_lost(redis_storage(connection, SEALER))
    account = RedisAccounts(connection, SEALER).account("a1")
    assert account
    assert account.name == "Ada"
    of_before = [name for name in old.scan_iter("helpline:{*}:*") if len(name.split(b"}")[0]) > len(b"helpline:{00")]
    assert of_before == []
    assert not old.exists("helpline:waiting", "helpline:held", "helpline:outbox", "helpline:later", "helpline:checkins")
    person = keys.person(WHO["anna"])
    assert 3000 < old.ttl(f"{person}conversation") <= 3600  # it lives as long as it would have


def test_the_conversation_goes_on(old: Client, connection: Connection) -> None:
    bring_up_to_date(connection)
    storage = redis_storage(connection, SEALER)
    inbound = Inbound(message_id="SMnew", contact=WHO["bob"], channel=Channel.SMS)
    opened = storage.conversations.open(inbound)
    assert opened.revision
    assert isinstance(storage.conversations.commit(inbound, opened, Decision(opened.conversation)), Committed)
    dora = Inbound(message_id="SMdora", contact=WHO["dora"], channel=Channel.SMS)
    assert storage.conversations.open(dora).blocked


def test_a_case_code_still_leads_to_the_answers_and_goes_with_its_owner(old: Client, connection: Connection) -> None:
    bring_up_to_date(connection)
    storage = redis_storage(connection, SEALER)
    words = WRITTEN["made_up"]["case_code"]
    found = storage.case_codes.look_up(words, "ada")
    assert found
    assert found.country == "MA"


def test_what_was_being_sent_is_taken_over_and_what_waits_is_sent(old: Client, connection: Connection) -> None:
    bring_up_to_date(connection)
    storage = redis_storage(connection, SEALER)
    attempts = {each.contact: each for each in storage.outbox.take("w1", 8, 0.05)}
    assert set(attempts) == {WHO["cleo"], WHO["finn"]}  # the third waits for an hour
    assert attempts[WHO["finn"]].unconfirmed  # a worker had it in its hands
    assert attempts[WHO["finn"]].text.endswith("halverwege")
    assert attempts[WHO["finn"]].address
    storage.outbox.settle(attempts[WHO["finn"]], DeliveryState.ACCEPTED, provider_id="SM1")
    assert (
        storage.outbox.report(attempts[WHO["finn"]].id, DeliveryState.DELIVERED, "", "SM1") == "done"
    )  # an id without shard


def test_many_at_once_move_it_once(old: Client, redis_url: str, connection: Connection) -> None:
    connections = [connect(redis_url) for _process in range(6)]
    with ThreadPoolExecutor(6) as pool:
        moved = list(pool.map(bring_up_to_date, connections))
    assert sum(moved) == 1
    assert not bring_up_to_date(connection)
    assert_nothing_is_lost(redis_storage(connection, SEALER))
    for each in connections:
        each.close()


@pytest.mark.parametrize("steps", [1, 3, 40, 140])
def test_whoever_is_interrupted_begins_again(
    old: Client, connection: Connection, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    real, left = connection.together, steps

    def breaks(commands: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise StorageUnavailable("ConnectionError")
        return real(commands)

    monkeypatch.setattr(connection, "together", breaks)
    with pytest.raises(StorageUnavailable):
        bring_up_to_date(connection)
    monkeypatch.setattr(connection, "together", real)
    old.delete(keys.LAYOUT_LOCK)  # as when its time is over
    assert bring_up_to_date(connection)
    assert_nothing_is_lost(redis_storage(connection, SEALER))


def test_a_second_process_does_not_wait_for_ever(
    old: Client, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "WAIT_SECONDS", 0.2)
    old.set(keys.LAYOUT_LOCK, "another")
    with pytest.raises(StorageUnavailable):
        bring_up_to_date(connection)


def test_an_empty_redis_has_nothing_to_move(clean_redis: Client, connection: Connection) -> None:
    assert bring_up_to_date(connection)
    assert set(clean_redis.keys("*")) == {keys.LAYOUT.encode()}


def test_what_somebody_wrote_before_the_move_does_not_hide_the_older_conversation(
    old: Client, connection: Connection
) -> None:
    """Redis was away when the new version started, and came back in the middle of it."""
    storage = redis_storage(connection, SEALER)
    inbound = Inbound(message_id="SMnew", contact=WHO["cleo"], channel=Channel.SMS)
    opened = storage.conversations.open(inbound)
    assert opened.revision == 0
    storage.conversations.commit(inbound, opened, Decision(opened.conversation, reply="ok"))
    bring_up_to_date(connection)
    assert storage.conversations.read([WHO["cleo"]])[WHO["cleo"]].handling.advisor == "ada"
    assert storage.conversations.open(inbound).reply == "ok"


def test_back_and_forth(old: Client, connection: Connection) -> None:
    before = everything(old)
    bring_up_to_date(connection)
    assert go_back(connection)
    assert everything(old) == before
    assert bring_up_to_date(connection)
    assert_nothing_is_lost(redis_storage(connection, SEALER))


def test_what_today_writes_goes_back_too(clean_redis: Client, connection: Connection) -> None:
    bring_up_to_date(connection)
    storage = redis_storage(connection, SEALER)
    inbound = Inbound(message_id="SM1", contact="anna", channel=Channel.SMS)
    waits = a_conversation(status=Status.WAITING, waiting_minute=7)
    storage.conversations.commit(inbound, storage.conversations.open(inbound), Decision(waits, reply="ok"))
    go_back(connection)
    assert {name.decode() for name in clean_redis.keys("*")} == {
        "helpline:{anna}:conversation", "helpline:{anna}:turns", "helpline:waiting",
    }  # fmt: skip
    assert [name for name, _score in clean_redis.zrange("helpline:waiting", 0, -1, withscores=True)] == [b"anna"]


def test_when_somebody_erased_all_goes_back_as_the_minute(clean_redis: Client, connection: Connection) -> None:
    bring_up_to_date(connection)
    storage = redis_storage(connection, SEALER)
    inbound = Inbound(message_id="SM1", contact="anna", channel=Channel.SMS)
    gone = Decision(a_conversation(), (ErasureRequested(),), "Gewist", at=29_923_920 * 60_000 + 59_000)
    storage.conversations.commit(inbound, storage.conversations.open(inbound), gone)
    go_back(connection)
    (mark,) = clean_redis.keys("helpline:erased:*")
    assert clean_redis.get(mark) == b"29923920"
    assert 0 < clean_redis.ttl(mark) <= keys.BOT_LIFE


def everything(client: Client) -> dict[bytes, object]:
    """All that is kept, apart from the feed and the ids of the outbox, which begin again."""
    readers: dict[bytes, list[Any]] = {
        b"string": ["GET"], b"hash": ["HGETALL"], b"zset": ["ZRANGE", 0, -1, "WITHSCORES"], b"set": ["SMEMBERS"],
        b"list": ["LRANGE", 0, -1],
    }  # fmt: skip
    found: dict[bytes, object] = {}
    for key in client.keys("*"):
        kind = client.type(key)
        if key == b"helpline:outbox":
            found[key] = sorted(fields[b"c"] for _id, fields in client.xrange(key))
        elif kind in readers:
            command, *more = readers[kind]
            found[key] = client.execute_command(command, key, *more)
    return found
