"""Everything in Redis is damaged, kind by kind: people are answered, nothing ends, and it is said."""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.access.accounts import Accounts, Role
from bot.access.sessions import Session, Stage
from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.content.library import Library
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.engine import Engine
from bot.dialogue.overrides import Overrides
from bot.handoff.delivery import UNKNOWN, DeliveryState
from bot.handoff.refusals import Refused
from bot.messages import Channel, Inbound
from bot.messaging.asking import Answer, Asking
from bot.messaging.delivery import Delivery
from bot.messaging.receipts import Receipts
from bot.messaging.reconcile import Reconcile
from bot.messaging.runner import Runner
from bot.messaging.spending import Spending
from bot.messaging.upkeep import Upkeep
from bot.ports.case_codes import TooManyTries
from bot.ports.conversations import Committed, Decision
from bot.ports.outbox import shard_of
from bot.storage.journal import Outlived
from bot.storage.redis import damage, keys
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.audit import RedisAuditLog
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.copying import pieces, restore
from bot.storage.redis.health import lost_keys, ping, remember_keys
from bot.storage.redis.layout import bring_up_to_date
from bot.storage.redis.sessions import RedisSessions
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Identity, Sealer
from tests.harness.fakes import ListSpool, Reports
from tests.harness.fixed import NOW

ADA, BEA = Advisor("ada", ("nl",)), Advisor("bea", ("nl",))
GARBAGE = b"\xff\x00 damaged \xfe"
SHARD = "07"
LISTED = re.compile(r"^([a-z-]+)(?::[A-Z]+)?  +\w", re.MULTILINE)


def people(shard: str, *, there: bool = True) -> Iterator[str]:
    """Contact ids that lie in this shard, or in no shard but this."""
    identity = Identity(["p" * 32])
    for number in range(10_000):
        contact = identity.contacts("sms", f"+316{number:08}")[0]
        if (shard_of(contact) == shard) is there:
            yield contact


_here, _elsewhere = people(SHARD), people(SHARD, there=False)
BOT, WAITS, HELD, ERASED, NEXT_DOOR = (next(_here) for _ in range(5))
FAR = next(_elsewhere)
"""The first four are damaged in turn; the fifth shares their shard; the last one shares nothing with them."""


@dataclass
class Phones:
    """`Sender` and `ProviderStates`: whatever is sent arrives."""

    texts: list[str] = field(default_factory=list)

    def send(self, channel: str, address: str, text: str, id: str, seconds: int, our_number: str = "") -> str:
        self.texts.append(text)
        return f"SM{len(self.texts):032x}"

    def find(self, channel: str, address: str, text: str, known: object, minutes: int) -> str | None:
        return None

    def state_of(self, provider_id: str) -> Answer | None:
        return Answer(DeliveryState.DELIVERED, "")

    def received(self, since: datetime) -> list[Any]:
        return []


class World:
    """All that reads Redis, in one process, with something under every kind of key."""

    def __init__(self, engine: Engine, library: Library, url: str, client: Any) -> None:
        self.client, self.reports, self.spool, self.phones = client, Reports(), ListSpool(), Phones()
        self.connection = connect(url, report=self.reports)
        self.sealer = Sealer([bytes(32)], self.reports)
        self.storage = redis_storage(self.connection, self.sealer, order_ms=0, ask_ms=0, report=self.reports)
        self.now = NOW
        self.runner = Runner(engine, self.storage, self.spool, lambda: self.now, self.reports)
        self.desk = Desk(self.runner, self.storage, library.content.zones, lambda: self.now)
        self.accounts = Accounts(RedisAccounts(self.connection, self.sealer), lambda: self.now)
        self.sessions, self.audit = RedisSessions(self.connection, self.sealer), RedisAuditLog(self.connection)
        problems = library.content.delivery
        self.delivery = Delivery(self.storage, self.phones, problems, self.reports, threads=2)
        receipts = Receipts(self.storage.outbox, problems, self.reports)
        chores = self.storage.chores
        self.chores: dict[str, Callable[[], object]] = {
            "layout": lambda: bring_up_to_date(self.connection),
            "spool": lambda: chores.report_spool("here", self.now, [1]),
            "upkeep": Upkeep(self.runner, self.storage, lambda: self.now, lambda: None, self.reports, 5).step,
            "spending": Spending(self.storage, lambda: self.now, lambda: None, self.reports, 5).step,
            "tidy": chores.tidy,
            "reconcile": Reconcile(self.runner, self.storage, self.phones, lambda: self.now, self.reports).step,
            "asking": Asking(self.storage.outbox, self.phones, receipts, lambda: self.now, self.reports).step,
            "sending": lambda: self.delivery.step("w1", 0),
        }
        self.count = 0

    def says(self, contact: str, text: str, id: str = "") -> str:
        self.count += 1
        message = Inbound(id or f"SM{self.count}", contact, Channel.SMS, text=text, address="+31612345678")
        return self.runner.receive(replace(message, our_number="+3197010000000"))

    def begin(self) -> None:
        self.position = self.desk.events()[1]
        bring_up_to_date(self.connection)
        remember_keys(self.connection, self.sealer, ["mark"])
        ping(self.connection)
        self.desk.set_overrides(Overrides(announcement="busy", note="druk"))
        for contact in (BOT, WAITS, HELD, ERASED, NEXT_DOOR, FAR):
            for text in ("hoi", "ja"):
                self.says(contact, text, f"{contact} {text}")
        self.says(BOT, "code")
        for contact in (WAITS, HELD):
            self.says(contact, "medewerker")
        self.desk.reply(ADA, HELD, "een", "one", sure=True)
        self.chores["sending"]()
        for text in ("twee", "drie"):
            self.desk.reply(ADA, HELD, text, text, sure=True)
        self.desk.transfer(ADA, HELD, BEA.id, "offer")
        self.desk.heartbeat(ADA, [HELD], typing=HELD)
        self.desk.check_in(ADA, HELD, date(2026, 12, 1), "bel")
        for text in ("wis", "1"):
            self.says(ERASED, text)
        self.storage.blocks.add("a stranger", "ada")
        for words in ("geen een twee drie",):
            self.storage.case_codes.look_up(words, "ada")
        self.storage.outbox.report("unknown", DeliveryState.SENT, "", "SM1")
        self.storage.chores.set_last_reconciled(NOW)
        self.storage.chores.report_spool("here", NOW, [1])
        self.account, _password = self.accounts.add("Ada", Role.ADVISOR, ("nl",))
        self.audit.write("ada", "login")
        self.sessions.begin("token", Session(account="ada", epoch=0, stage=list(Stage)[-1], began=0, active=0), 600)
        self.sessions.tries("name", 600)
        self.sessions.put("challenge", b"x", 600)
        shard = f"helpline:{{{SHARD}}}:"
        self.client.zadd(f"{shard}later", {HELD: 2e12})
        self.client.sadd(f"{shard}stale-codes", "mark")
        self.client.set(f"{shard}confirm", "1")

    def serve(self) -> None:
        """Everybody does what they do. Nothing may be raised."""
        for contact in (BOT, WAITS, HELD, NEXT_DOOR, FAR):
            assert isinstance(self.says(contact, "hoi", f"{contact} hoi"), str)  # a copy
            self.says(contact, "waar is mijn paspoort")
        assert "112" in self.says(FAR, "hij slaat mij")
        assert not self.spool.kept, self.reports
        self.console()
        for _ in range(2):
            self.now += timedelta(minutes=3)
            for chore in self.chores.values():
                chore()
        assert self.accounts.everybody() is not None
        self.sessions.session("token")
        self.sessions.tries("name", 600)
        self.sessions.pop("challenge")
        self.audit.write("ada", "logout")
        self.audit.lines()
        lost_keys(self.connection, self.sealer, ["mark"])
        remember_keys(self.connection, self.sealer, ["mark"])
        ping(self.connection)
        self.copied = list(pieces(self.connection))

    def bring_back(self) -> None:
        """What a backup holds of it, into an empty Redis."""
        self.client.flushdb()
        restore(self.connection, self.sealer, self.copied, self.copied[0].made, Outlived())

    def console(self) -> None:
        desk = self.desk
        desk.board(ADA)
        desk.events(self.position)
        desk.check_ins()
        desk.blocks()
        desk.overrides()
        desk.on_duty()
        desk.counts(["2026-11-23"])
        desk.heartbeat(ADA, [HELD], typing=HELD)
        for contact in (WAITS, HELD):
            for act in (
                lambda contact: desk.card(contact),
                lambda contact: desk.open(ADA, contact),
                lambda contact: desk.reply(ADA, contact, "dag", f"dag {contact}", sure=True),
                lambda contact: desk.open(ADA, contact),
                lambda contact: desk.note(ADA, contact, "x", f"note {contact}"),
            ):
                with suppress(Refused):
                    act(contact)
        with suppress(TooManyTries):
            desk.code(ADA, "geen een twee drie")

    def close(self) -> None:
        self.delivery.close()
        self.connection.close()


@pytest.fixture
def world(engine: Engine, library: Library, redis_url: str, clean_redis: Any) -> Iterator[World]:
    made = World(engine, library, redis_url, clean_redis)
    made.begin()
    yield made
    made.close()


def names_of(client: Any, what: str) -> list[str]:
    found = sorted(name.decode() for name in client.scan_iter("helpline:*"))
    return [name for name in found if keys.kind_of(name)[0] == what]


KINDS = {**keys.OF_A_PERSON, **keys.OF_A_SHARD, **keys.ALONE}


def test_the_tables_name_every_key_that_is_described() -> None:
    """A key that is added comes into this test, and cannot be forgotten where damaged ones are taken away."""
    source = Path(keys.__file__).read_text("utf-8")
    of_a_shard = source.partition("ALL_SHARDS = ")[2].split('"""')[1]
    assert set(LISTED.findall(of_a_shard)) == set(keys.OF_A_SHARD)
    assert set(LISTED.findall(inspect.cleandoc(str(keys.person.__doc__)))) == set(keys.OF_A_PERSON)
    assert set(re.findall(r'"helpline:([a-z]+)', source)) == set(keys.ALONE)


def test_something_lies_under_every_kind_of_key(world: World) -> None:
    lying = {keys.kind_of(name.decode())[0] for name in world.client.scan_iter("helpline:*")}
    assert lying == set(KINDS)


def test_all_is_well_while_nothing_is_damaged(world: World) -> None:
    world.reports.clear()
    world.serve()
    assert not [each for each in world.reports if "damaged" in each[0] or "unreadable" in each[0]]
    assert len(world.phones.texts) >= 3


@pytest.mark.parametrize("what", KINDS)
def test_a_key_of_the_wrong_kind_is_taken_away_and_said(world: World, what: str) -> None:
    names = names_of(world.client, what) or [f"helpline:{what}"]
    for name in names:
        world.client.delete(name)
        if KINDS[what] == "hash":
            world.client.set(name, GARBAGE)
        else:
            world.client.hset(name, GARBAGE, GARBAGE)
    world.reports.clear()
    world.serve()
    damaged = [name for name in names if world.client.exists(damage.aside(name))]
    said = [fields["cause"] for kind, fields in world.reports if kind == "key_damaged"]
    assert set(said) <= {what}
    assert len(said) == len(damaged)


def test_it_is_taken_away_wherever_its_slot_lies(any_connection: Connection | None) -> None:
    if any_connection is None:
        return  # nothing can be damaged in memory
    storage = redis_storage(any_connection, Sealer([bytes(32)]))
    for name in (f"{keys.person(BOT)}turns", f"{keys.person(FAR)}conversation", keys.OVERRIDES, keys.DUTY):
        any_connection.ask("LPUSH", name, "x")
    for contact in (BOT, FAR):
        message = Inbound("SM1", contact, Channel.SMS)
        assert storage.conversations.open(message).revision == 0
        opened = storage.conversations.open(message)
        assert isinstance(storage.conversations.commit(message, opened, Decision(Conversation(), (), "dag")), Committed)
        assert storage.conversations.open(message).reply == "dag"
    assert storage.presence.on_duty() == {}
    assert any_connection.ask("EXISTS", damage.aside(keys.OVERRIDES)) == 1


@pytest.mark.parametrize("what", KINDS)
def test_garbage_under_a_key_ends_nothing(world: World, what: str) -> None:
    for name in names_of(world.client, what):
        spoil(world.client, name, KINDS[what])
    world.serve()
    world.bring_back()
    world.serve()


def test_who_cannot_be_read_any_more_gets_the_numbers_and_keeps_their_place(world: World) -> None:
    for contact in (BOT, WAITS, HELD):
        world.client.setrange(f"{keys.person(contact)}conversation", 30, GARBAGE)
    assert {each.contact for each in world.storage.queue.waiting()} == {WAITS}
    rows = {row.contact: row for row in world.desk.board(ADA).rows}
    assert (rows[WAITS].status, rows[WAITS].channel) == (Status.WAITING, "sms")
    assert (rows[HELD].status, rows[HELD].holder) == (Status.ADVISOR, ADA.id)
    for contact in (BOT, WAITS):
        assert "112" in world.says(contact, "hij slaat mij")
    world.says(HELD, "ben je er nog")
    assert "112" in world.says(HELD, "hij slaat mij")
    assert {each.contact for each in world.storage.queue.waiting()} >= {WAITS}
    assert [each.contact for each in world.storage.queue.held()] == [HELD]
    assert world.desk.open(ADA, HELD).conversation.handling.advisor == ADA.id
    world.desk.reply(ADA, WAITS, "Ik ben er", "there", sure=True)
    for _ in range(4):
        world.chores["sending"]()
    assert [text for text in world.phones.texts if text.endswith("Ik ben er")]
    assert [fields["cause"] for what, fields in world.reports if what == "record_unreadable"].count("conversation") == 3
    aside = damage.aside(f"{keys.person(BOT)}conversation")
    assert 0 < world.client.ttl(aside) <= keys.BOT_LIFE
    for text in ("wis", "1"):
        world.says(BOT, text)
    assert not world.client.exists(aside)


@pytest.mark.parametrize("field_of", ["", ":s"])
def test_a_message_that_cannot_be_read_is_shown_as_failed_and_the_next_one_goes(world: World, field_of: str) -> None:
    outgoing = f"{keys.person(HELD)}outgoing"
    first, second = [id.decode() for id in world.client.lrange(f"{keys.person(HELD)}queue", 0, -1)]
    world.client.hset(outgoing, f"{first}{field_of}", GARBAGE)
    world.client.zrem(f"{keys.shard(HELD)}later", HELD)
    world.client.xadd(f"{keys.shard(HELD)}outbox", {"c": HELD})
    for _ in range(4):
        world.chores["sending"]()
    assert [text.splitlines()[-1] for text in world.phones.texts] == ["een", "drie"]
    sent = world.desk.open(ADA, HELD).sent
    assert (sent[first].state, sent[first].code) == (DeliveryState.FAILED, UNKNOWN)
    assert sent[second].state == DeliveryState.ACCEPTED


def spoil(client: Any, name: str, kind: str) -> None:
    """Damage what lies there, and add to it."""
    if kind == "string":
        client.set(name, GARBAGE)
    elif kind == "hash":
        for field_name in client.hkeys(name):
            client.hset(name, field_name, GARBAGE)
        client.hset(name, GARBAGE, GARBAGE)
    elif kind == "list":
        client.lpush(name, GARBAGE)
    elif kind == "set":
        client.sadd(name, GARBAGE)
    elif kind == "zset":
        client.zadd(name, {GARBAGE: 1})
    else:
        client.xadd(name, {GARBAGE: GARBAGE})
