"""A check-in: overdue at midnight where they are, outlives the conversation, sends nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
import redis

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.content.zones import zones_by_country
from bot.dialogue.engine import Engine
from bot.handoff.check_in import KEPT_DAYS, MAX_ACTION, MOST_DAYS, end_of
from bot.handoff.refusals import Reason, Refused
from bot.messages import Channel, Inbound
from bot.messaging.runner import Runner
from bot.ports.storage import Storage
from bot.storage.redis import keys
from bot.storage.redis.check_ins import RedisCheckIns
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.fakes import ListSpool, Reports
from tests.harness.in_redis import outbox_length

ADA, BEA = Advisor("ada"), Advisor("bea")
CONTACT = "c" * 22
ACTION = "kanariegeel: bel het ministerie"
TODAY = date(2099, 8, 1)


@dataclass
class Kept:
    """One person in Morocco, whom Ada has."""

    desk: Desk
    runner: Runner
    storage: Storage
    redis: "redis.Redis"
    now: datetime = field(default=datetime(2099, 8, 1, 12, tzinfo=UTC))
    number: int = 0

    def says(self, text: str) -> str:
        self.number += 1
        self.now += timedelta(seconds=20)
        inbound = Inbound(
            message_id=f"SM{self.number}", contact=CONTACT, channel=Channel.SMS, text=text, address="+31612345678"
        )
        return self.runner.receive(inbound)

    def overdue(self) -> bool:
        minute = int(self.now.timestamp()) // 60
        return any(each.is_overdue(minute) for each in self.desk.check_ins())


@pytest.fixture
def kept(engine: Engine, redis_url: str, clean_redis: redis.Redis) -> Iterator[Kept]:
    client, sealer = connect(redis_url), Sealer([bytes(32)])
    storage = redis_storage(client, sealer)
    clock: Callable[[], datetime] = lambda: made.now  # noqa: E731
    runner = Runner(engine, storage, ListSpool(), clock, Reports())
    desk = Desk(runner, storage, zones_by_country(), clock)
    made = Kept(desk, runner, storage, clean_redis)
    for text in ("hoi", "ja", "ik ben in marokko", "1", "medewerker"):
        made.says(text)
    desk.claim(ADA, CONTACT, "c")
    yield made
    client.close()


def test_it_is_overdue_when_the_day_is_over_where_they_are_and_nothing_is_sent(kept: Kept) -> None:
    kept.desk.check_in(ADA, CONTACT, date(2099, 8, 12), ACTION)
    before = outbox_length(kept.redis)
    midnight = datetime(2099, 8, 13, tzinfo=ZoneInfo("Africa/Casablanca"))
    kept.now = midnight - timedelta(minutes=1)
    assert not kept.overdue()
    kept.now = midnight
    assert kept.overdue()
    kept.storage.chores.tidy()
    assert outbox_length(kept.redis) == before
    assert [each.action for each in kept.desk.check_ins()] == [ACTION]


@pytest.mark.parametrize("country", ["US", "MA", "NL", "ID"])
def test_a_day_is_over_when_it_is_over_in_the_whole_country(country: str) -> None:
    zones = zones_by_country()[country]
    over = datetime.fromtimestamp(end_of(TODAY, zones) * 60, UTC)
    assert all(over.astimezone(zone).date() > TODAY for zone in zones)
    assert any((over - timedelta(minutes=1)).astimezone(zone).date() == TODAY for zone in zones)


def test_it_outlives_the_conversation_and_knows_when_they_last_wrote(kept: Kept) -> None:
    kept.desk.check_in(ADA, CONTACT, date(2099, 8, 12), ACTION)
    kept.now += timedelta(days=2)
    kept.says("het gaat goed")
    heard = int(kept.now.timestamp()) // 60
    kept.storage.chores.tidy()
    kept.redis.delete(f"{keys.person(CONTACT)}conversation", f"{keys.person(CONTACT)}turns")  # as when its time is over
    (check_in,) = kept.desk.check_ins()
    assert check_in.heard_minute == heard


@pytest.mark.parametrize("who", ["the person", "the advisor"])
def test_it_goes_when_the_person_is_erased(kept: Kept, who: str) -> None:
    kept.desk.check_in(ADA, CONTACT, date(2099, 8, 12), ACTION)
    if who == "the person":
        kept.says("wis")
        kept.says("ja")
    else:
        kept.desk.erase(ADA, CONTACT, "e")
    assert kept.desk.check_ins() == []
    assert not kept.redis.exists(f"{keys.shard(CONTACT)}check-ins")


def test_a_word_to_erase_takes_it_also_when_the_conversation_is_long_gone(kept: Kept) -> None:
    kept.desk.check_in(ADA, CONTACT, date(2099, 8, 12), ACTION)
    kept.redis.delete(f"{keys.person(CONTACT)}conversation", f"{keys.person(CONTACT)}turns")
    kept.says("wis alles")
    kept.says("1")
    assert kept.desk.check_ins() == []


def test_noting_when_they_wrote_brings_nothing_back(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """An advisor ends it between the worker's look and its note."""
    kept.desk.check_in(ADA, CONTACT, date(2099, 8, 12), ACTION)
    kept.now += timedelta(hours=1)
    kept.says("hoi")
    found = kept.storage.conversations.read

    def ended(contacts: list[str]) -> object:
        kept.storage.check_ins.end(CONTACT)
        return found(contacts)

    monkeypatch.setattr(kept.storage.conversations, "read", ended)
    kept.storage.chores.tidy()
    assert not kept.redis.exists(f"{keys.shard(CONTACT)}check-ins")


def test_redis_reads_neither_action_nor_advisor(kept: Kept) -> None:
    kept.desk.check_in(ADA, CONTACT, date(2099, 8, 12), ACTION)
    (value,) = kept.redis.hvals(f"{keys.shard(CONTACT)}check-ins")
    assert b"kanariegeel" not in value
    assert b"ada" not in value


def test_only_who_has_the_conversation_makes_one(kept: Kept) -> None:
    with pytest.raises(Refused) as refused:
        kept.desk.check_in(BEA, CONTACT, date(2099, 8, 12), ACTION)
    assert refused.value.reason is Reason.NOT_YOURS
    assert kept.desk.check_ins() == []


@pytest.mark.parametrize(
    ("day", "action"),
    [
        (None, ACTION),
        (TODAY - timedelta(days=1), ACTION),
        (TODAY + timedelta(days=MOST_DAYS + 1), ACTION),
        (TODAY, "  "),
        (TODAY, "x" * (MAX_ACTION + 1)),
    ],
)
def test_what_cannot_be_is_refused(kept: Kept, day: date | None, action: str) -> None:
    with pytest.raises(Refused) as refused:
        kept.desk.check_in(ADA, CONTACT, day, action)
    assert refused.value.reason is Reason.CHECK_IN


def test_a_month_after_its_day_it_is_dropped(kept: Kept) -> None:
    kept.desk.check_in(ADA, CONTACT, TODAY, ACTION)
    (check_in,) = kept.desk.check_ins()
    assert not check_in.is_over(check_in.due_minute + KEPT_DAYS * 1440 - 1)
    assert check_in.is_over(check_in.due_minute + KEPT_DAYS * 1440)
    cast(RedisCheckIns, kept.storage.check_ins).tidy(check_in.due_minute + KEPT_DAYS * 1440)
    assert kept.desk.check_ins() == []
