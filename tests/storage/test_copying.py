"""What a backup holds comes back, from one Redis, with Sentinels and from a Cluster; what was erased does not."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from redis.crc import key_slot

from bot.dialogue.conversation import Status
from bot.dialogue.events import ErasureRequested, Heard
from bot.dialogue.overrides import Overrides
from bot.handoff.check_in import CheckIn
from bot.handoff.delivery import DeliveryState
from bot.handoff.moves import Lease
from bot.messages import Channel, Inbound, Outgoing
from bot.ports.conversations import Committed, Decision
from bot.ports.outbox import new_outgoing_id, shard_of
from bot.ports.storage import Storage
from bot.storage.backup import Piece
from bot.storage.journal import Outlived
from bot.storage.redis import keys
from bot.storage.redis.audit import RedisAuditLog
from bot.storage.redis.connection import Connection
from bot.storage.redis.copying import PEOPLE_AT_ONCE, Moving, pieces, restore
from bot.storage.redis.node import Command
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.conftest import STORAGES
from tests.harness.conversations import a_conversation
from tests.harness.events import events_of
from tests.harness.redis_servers import Spread

SEALER = Sealer([bytes(32)])
WAITS, HELD, ERASED = (letter * 22 for letter in "abc")
MOMENT = 1_800_000_000_000

on_every_redis = pytest.mark.parametrize("any_connection", STORAGES[1:], indirect=True)
on_a_cluster = pytest.mark.parametrize("any_connection", STORAGES[3:], indirect=True)
_ids = itertools.count()


def commit(storage: Storage, contact: str, decision: Decision) -> Inbound:
    inbound = Inbound(f"SM{next(_ids)}", contact, Channel.SMS, address="+15550001111")
    opened = storage.conversations.open(inbound)
    assert isinstance(storage.conversations.commit(inbound, opened, decision), Committed)
    return inbound


def waits(storage: Storage, contact: str = WAITS) -> None:
    commit(storage, contact, Decision(a_conversation(status=Status.WAITING, waiting_minute=7), (Heard("text", "hoi"),)))


def back(connection: Connection, found: Sequence[Piece], outlived: Outlived = Outlived()) -> int:  # noqa: B008 - frozen
    connection.everywhere([("FLUSHDB",)])
    return restore(connection, SEALER, found, found[0].made, outlived)


@on_every_redis
def test_all_that_a_backup_holds_comes_back(any_connection: Connection) -> None:
    connection, storage = any_connection, redis_storage(any_connection, SEALER, ask_ms=0)
    waits(storage)
    held = a_conversation(status=Status.ADVISOR, advisor="ada", channel="sms", heard_minute=7)
    sent = new_outgoing_id(HELD)
    commit(storage, HELD, Decision(held, (), "", (Outgoing(sent, "Ik ben er."),), Lease.TAKE))
    (attempt,) = storage.outbox.take("w", 9, 0)
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM1")
    erased = commit(storage, ERASED, Decision(a_conversation(), (ErasureRequested(),), "Gewist", at=MOMENT))
    storage.overrides.write(Overrides(note="druk"))
    storage.blocks.add("d" * 22, "ada")
    RedisAuditLog(connection).write("ada", "opened", "blauwe vis")
    assert back(connection, list(pieces(connection))) == 0
    assert [entry.contact for entry in storage.queue.waiting()] == [WAITS]
    assert events_of(storage, WAITS) == [Heard("text", "hoi")]
    assert [entry.contact for entry in storage.queue.held()] == [HELD]
    assert storage.conversations.read([HELD]) == {HELD: held}
    assert storage.outbox.records(HELD)[sent].state == DeliveryState.ACCEPTED
    assert [each.id for each in storage.outbox.unreported(9)] == [sent]  # it is still asked what became of it
    assert storage.conversations.open(erased).reply == "Gewist"
    assert storage.conversations.was_erased(erased, MOMENT + 1)
    assert storage.conversations.was_erased(Inbound("SMother", ERASED, Channel.SMS), MOMENT - 1)
    assert storage.overrides.read() == Overrides(note="druk")
    assert [each.contact for each in storage.blocks.current()] == ["d" * 22]
    assert [line.on for line in RedisAuditLog(connection).lines()] == ["blauwe vis"]


@pytest.mark.parametrize("any_connection", ["redis"], indirect=True)
def test_redis_is_never_held_up_by_more_than_some_people_at_once(
    any_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = redis_storage(any_connection, SEALER)
    names = (f"person-{number:015}" for number in itertools.count())
    neighbours = list(itertools.islice((name for name in names if shard_of(name) == "07"), 3 * PEOPLE_AT_ONCE + 1))
    for place, name in enumerate(neighbours):
        held = place % 3 == 1
        status = (Status.WAITING, Status.ADVISOR, Status.BOT)[place % 3]
        commit(storage, name, Decision(a_conversation(status=status, advisor="ada" * held, waiting_minute=place)))
    outlives = CheckIn("e" * 22, 8, "bel", "ada", 7, 7)
    storage.check_ins.put(outlives)
    waiting, held_before = storage.queue.waiting(), storage.queue.held()
    most, real = 0, any_connection.together

    def counting(commands: Sequence[Command], **how: Any) -> list[Any]:
        nonlocal most
        most = max(most, *(int(command[2]) for command in commands if command[0] == "EVALSHA"), 0)
        return list(real(commands, **how))

    monkeypatch.setattr(any_connection, "together", counting)
    found = list(pieces(any_connection))
    assert most <= 2 + 4 * PEOPLE_AT_ONCE  # two lists of the shard, and four keys of each
    back(any_connection, found)
    assert (storage.queue.waiting(), storage.queue.held()) == (waiting, held_before)
    assert len(waiting) == PEOPLE_AT_ONCE + 1
    assert len(storage.conversations.read(neighbours)) == len(neighbours)
    assert storage.check_ins.agreed() == [outlives]  # its conversation has expired


@pytest.mark.parametrize(
    ("seconds", "stays_away"),
    [pytest.param(2, True, id="after"), pytest.param(-2, True, id="in doubt"), pytest.param(-20, False, id="before")],
)
@pytest.mark.parametrize("any_connection", ["redis"], indirect=True)
def test_who_was_erased_after_it_stays_away_and_who_began_again_before_it_does_not(
    any_connection: Connection, seconds: int, stays_away: bool
) -> None:
    storage = redis_storage(any_connection, SEALER)
    waits(storage)
    found = list(pieces(any_connection))
    erased = {SEALER.named("erased", WAITS)[0]: found[0].made + seconds * 1000}
    assert back(any_connection, found, Outlived(erased)) == int(stays_away)
    assert [entry.contact for entry in storage.queue.waiting()] == ([] if stays_away else [WAITS])


@pytest.fixture
def slot(spread: Spread) -> Iterator[int]:
    """One that leads somewhere else for a while; afterwards everything is where it was."""
    found = key_slot(keys.shard(WAITS).encode())
    home = spread.master_of(found)
    yield found
    spread.ask(home, "CLUSTER", "SETSLOT", found, "STABLE")
    if spread.master_of(found) != home:
        spread.move(found, home)


@on_a_cluster
def test_while_a_slot_moves_no_backup_is_made(any_connection: Connection, spread: Spread, slot: int) -> None:
    waits(redis_storage(any_connection, SEALER))
    home = spread.master_of(slot)
    other = next(port for port in spread.masters() if port != home)
    spread.ask(home, "CLUSTER", "SETSLOT", slot, "MIGRATING", spread.ask(other, "CLUSTER", "MYID"))
    with pytest.raises(Moving):
        list(pieces(any_connection))


@on_a_cluster
def test_a_slot_that_moved_while_names_were_read_is_noticed(
    any_connection: Connection, spread: Spread, slot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage, scan = redis_storage(any_connection, SEALER), any_connection.scan
    waits(storage)

    def scan_and_move(pattern: str, count: int) -> Iterator[list[str]]:
        yield from scan(pattern, count)
        spread.move(slot, next(port for port in spread.masters() if port != spread.master_of(slot)))

    monkeypatch.setattr(any_connection, "scan", scan_and_move)
    with pytest.raises(Moving):
        list(pieces(any_connection))
    monkeypatch.undo()
    assert back(any_connection, list(pieces(any_connection))) == 0
    assert [entry.contact for entry in storage.queue.waiting()] == [WAITS]
