"""The time-free invariants of speed: what a turn may do, whatever the machine."""

import builtins
import gc
import io
import itertools
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import redis
from babel.messages import pofile
from numpy.typing import NDArray
from redis.connection import AbstractConnection
from transitions import Machine

from bot.content.building import build_engine
from bot.content.library import Library
from bot.dialogue.engine import Engine
from bot.handoff.acts import reply
from bot.handoff.delivery import DeliveryState
from bot.messages import Channel, Inbound
from bot.messaging.runner import Runner
from bot.nlu.normalise import normalise
from bot.ports.conversations import Act, Committed, Decision
from bot.ports.storage import Storage
from bot.storage.redis import keys
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.conversations import a_conversation
from tests.harness.fakes import ListSpool, Reports
from tests.harness.fixed import NOW

CONTACT = "c" * 22
CONVERSATION = [
    "hoi", "1", "6", "1", "1", "terug", "ik ben achtergelaten in Turkije", "3", "1", "blorp vlim", "1", "kaart", "9",
    "0", "english please", "menu", "2", "back", "help me", "1", "I am in Pakistan", "yes", "language", "1",
    "medewerker", "1", "mijn paspoort is afgepakt", "2", "dank je", "?", "wis alles", "2", "0", "5", "1",
]  # fmt: skip
"""Menus, questions, danger, languages, a person and back: everything a turn can do."""


class Person:
    """Somebody who writes to a runner on a real Redis."""

    def __init__(self, engine: Engine, storage: Storage) -> None:
        # Half a minute between two messages: sooner, some would get no answer of their own.
        clock = (NOW + timedelta(seconds=30 * number) for number in itertools.count())
        self.runner = Runner(engine, storage, ListSpool(), clock.__next__, lambda _what, **_fields: None)
        self._ids = itertools.count()

    def say(self, text: str) -> str:
        return self.runner.receive(
            Inbound(message_id=f"SM{next(self._ids)}", contact=CONTACT, channel=Channel.SMS, text=text)
        )


@pytest.fixture
def storage(redis_url: str, clean_redis: redis.Redis) -> Iterator[Storage]:
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([bytes(32)]))
    yield storage
    client.close()


@pytest.fixture
def person(engine: Engine, storage: Storage) -> Person:
    person = Person(engine, storage)
    person.say("hoi")  # loads the scripts, opens the connection
    return person


def test_a_turn_is_two_round_trips(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    real: Callable[..., Any] = vars(AbstractConnection)["send_packed_command"]

    def counting(self: Any, command: Any, check_health: bool = True) -> Any:
        sent.append(command)
        return real(self, command, check_health)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counting)
    for text in CONVERSATION:
        sent.clear()
        assert person.say(text)
        assert len(sent) == 2, text


def test_a_repeated_message_is_one_round_trip(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    message = Inbound(message_id="SMonce", contact=CONTACT, channel=Channel.SMS, text="6")
    first = person.runner.receive(message)
    sent = []
    real: Callable[..., Any] = vars(AbstractConnection)["send_packed_command"]

    def counting(self: Any, command: Any, check_health: bool = True) -> Any:
        sent.append(command)
        return real(self, command, check_health)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counting)
    assert person.runner.receive(message) == first
    assert len(sent) == 1


def test_the_server_sees_no_more_calls_than_we_send(person: Person, clean_redis: redis.Redis) -> None:
    """From the outside: one script call a turn, and no command by which a round trip could hide."""
    clean_redis.config_resetstat()
    for text in CONVERSATION:
        person.say(text)
    stats: dict[str, Any] = clean_redis.info("commandstats")
    calls = {name.removeprefix("cmdstat_"): row["calls"] for name, row in stats.items()}
    assert calls.get("evalsha") == len(CONVERSATION)
    assert not {"eval", "script|load", "script|exists", "watch", "multi", "client|setinfo", "hello"} & set(calls)


def crowd(client: redis.Redis, count: int) -> None:
    """So many people wait, are held, have a check-in, were erased, are blocked, or have a message under way."""
    shards: dict[str, list[str]] = {}
    for number in range(count):
        contact = f"crowd-{number:016}"
        shards.setdefault(keys.shard(contact), []).append(contact)
    for shard, contacts in shards.items():
        places = {contact: float(place) for place, contact in enumerate(contacts)}
        pipeline = client.pipeline(transaction=False)
        pipeline.mset({f"{shard}{contact}:conversation": bytes(200) for contact in contacts})
        for name in ("waiting", "later", "unreported", "erased-messages"):
            pipeline.zadd(f"{shard}{name}", places)
        pipeline.sadd(f"{shard}held", *contacts)
        pipeline.hset(f"{shard}check-ins", mapping=dict.fromkeys(contacts, bytes(100)))
        for contact in contacts:
            pipeline.xadd(f"{shard}feed", {"c": contact, "w": "Heard"})
        pipeline.zadd(keys.BLOCKS, places)
        pipeline.execute()


def test_what_a_webhook_costs_does_not_grow_with_the_number_of_people(
    engine: Engine, storage: Storage, clean_redis: redis.Redis
) -> None:
    """Commands that Redis runs, those of scripts included, and bytes there and back: for each message, and for the
    report on an advisor's answer."""

    def costs(people: int) -> dict[str, tuple[dict[str, int], int, int]]:
        clean_redis.flushdb()
        crowd(clean_redis, people)
        somebody, found = Person(engine, storage), {}

        def measure(what: str, do: Callable[[], object]) -> None:
            clean_redis.config_resetstat()
            do()
            stats: dict[str, Any] = clean_redis.info("all")
            calls = {name: row["calls"] for name, row in stats.items() if name.startswith("cmdstat_")}
            found[what] = calls, stats["total_net_input_bytes"], stats["total_net_output_bytes"]

        def answers() -> None:
            somebody.runner.act(
                Act("act", CONTACT), lambda conversation, minute: reply(conversation, "ada", "Ik ben er.", minute)
            )

        for number, text in enumerate(["hoi", *CONVERSATION, "medewerker", "hij slaat me"]):
            measure(f"{number} {text}", partial(somebody.say, text))
        answers()
        (sent,) = storage.outbox.records(CONTACT)
        measure("report", lambda: storage.outbox.report(sent, DeliveryState.DELIVERED, "", "SM1"))
        for text in ("dank je", "stop", "wis", "ja"):
            measure(text, partial(somebody.say, text))
        assert not storage.conversations.read([CONTACT])
        return found

    costs(1)  # loads the scripts
    few, many = costs(10), costs(10_000)
    for what, (calls, sent, got) in few.items():
        assert many[what][0] == calls, what
        assert abs(many[what][1] - sent) < 50, what
        assert abs(many[what][2] - got) < 50, what


MOST_BYTES = 1500
"""That a turn sends to Redis, a sentence of a person's and the answer among them."""

MOST_BYTES_WITH_ADVISORS = 2400
"""The same where an advisor is asked for: of a danger."""


class CountingEncoder:
    """Counts what it is asked; its answer means nothing."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def layers(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.zeros((len(texts), 4, 384), np.float32)


@dataclass
class Work:
    """What one turn asked for."""

    normalised: int
    encoded: int
    """Texts read by the sentence encoder."""
    bytes: int
    """Sent to Redis, in both round trips."""


@pytest.fixture
def work(library: Library, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Work]:
    """Say it to a bot with an encoder, and count."""
    encoder, normalised, sent = CountingEncoder(), [], []

    def counting(text: str) -> str:
        normalised.append(text)
        return normalise(text)

    real: Callable[..., Any] = vars(AbstractConnection)["send_packed_command"]

    def sending(self: Any, command: Any, check_health: bool = True) -> Any:
        sent.append(sum(map(len, command)) if isinstance(command, list) else len(command))
        return real(self, command, check_health)

    person = Person(build_engine(library, cast(Any, encoder)), storage)
    person.say("hoi")
    for name, module in list(sys.modules.items()):
        if name.startswith("bot.") and vars(module).get("normalise") is normalise:
            monkeypatch.setattr(module, "normalise", counting)
    monkeypatch.setattr(AbstractConnection, "send_packed_command", sending)

    def say(text: str) -> Work:
        for each in (normalised, sent, encoder.asked):
            each.clear()
        person.say(text)
        return Work(len(normalised), len(encoder.asked), sum(sent))

    return say


@pytest.mark.parametrize(
    ("before", "text", "normalised", "encoded"),
    [
        ("hoi", "1", 0, 0),
        ("menu", "6", 0, 0),
        ("hoi", "menu", 1, 0),
        ("hij heeft", "kaart", 1, 0),
        ("menu", "bedankt", 1, 0),
        ("menu", "wat kost het als ik jullie bel vanuit het buitenland", 1, 1),
        ("menu", "papa heeft me paspoort", 1, 1),
        ("hij heeft", "een mes", 2, 2),
    ],
)
def test_a_text_is_normalised_once_and_encoded_only_where_it_is_free(
    work: Callable[[str], Work], before: str, text: str, normalised: int, encoded: int
) -> None:
    """A half sentence is read a second time, together with the one before."""
    work(before)
    found = work(text)
    assert (found.normalised, found.encoded) == (normalised, encoded)
    assert found.bytes <= (MOST_BYTES_WITH_ADVISORS if text == "een mes" else MOST_BYTES)


def test_after_start_nothing_is_built_and_no_file_is_read(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(name: str) -> Callable[..., Any]:
        def fail(*_arguments: object, **_named: object) -> Any:
            raise AssertionError(f"{name} after start")

        return fail

    monkeypatch.setattr(Machine, "__init__", forbidden("a machine"))
    monkeypatch.setattr(tomllib, "load", forbidden("toml"))
    monkeypatch.setattr(tomllib, "loads", forbidden("toml"))
    monkeypatch.setattr(pofile, "read_po", forbidden("a catalog"))
    for owner, name in ((builtins, "open"), (io, "open"), (Path, "open"), (Path, "read_text"), (Path, "read_bytes")):
        monkeypatch.setattr(owner, name, forbidden(f"a file ({name})"))
    reports = Reports()
    person.runner._report = reports
    replies = [person.say(text) for text in CONVERSATION]
    monkeypatch.undo()
    assert all(replies)
    assert "engine_failed" not in reports.names()


def test_a_thousand_turns_leave_no_objects_behind(person: Person) -> None:
    def turns(number: int) -> int:
        for text in itertools.islice(itertools.cycle(CONVERSATION), number):
            person.say(text)
        gc.collect()
        return len(gc.get_objects())

    turns(200)
    before = turns(100)
    after = turns(1000)
    assert abs(after - before) < 100


def test_machines_keep_no_models(engine: Engine, person: Person) -> None:
    for text in CONVERSATION:
        person.say(text)
    assert all(machine.models == [] for machine in engine.rules.machines._machines.values())


def test_a_long_conversation_takes_little_room(person: Person, clean_redis: redis.Redis) -> None:
    largest = 0
    for text in itertools.islice(itertools.cycle(CONVERSATION), 200):
        person.say(text)
        used = clean_redis.memory_usage(f"{keys.person(CONTACT)}conversation", samples=0)
        largest = max(largest, used or 0)
    assert 0 < largest <= 1200


def test_a_conversation_grows_to_no_end(engine: Engine, storage: Storage, clean_redis: redis.Redis) -> None:
    """The largest state there can be, not only the one above."""
    longest = sorted(engine.contents["nl"].states, key=len)[-7:]
    topics = sorted(engine.contents["nl"].topics, key=len)[-3:]
    message = Inbound(message_id="SM1", contact=CONTACT, channel=Channel.SMS)
    full = a_conversation(
        state=longest[0], locale="ary-Latn", country="MA", mentioned_country="TR", role="other", safe=True,
        subject_disclosed=True,
        history=tuple(longest[1:]), candidates=tuple(topics), fallback_count=9, danger=True, observed=True,
        heard_minute=29_923_920, waiting_minute=29_923_920,
    )  # fmt: skip
    assert isinstance(
        storage.conversations.commit(message, storage.conversations.open(message), Decision(full, (), "ok")), Committed
    )
    used = clean_redis.memory_usage(f"{keys.person(CONTACT)}conversation", samples=0)
    assert used is not None
    assert used <= 1200
