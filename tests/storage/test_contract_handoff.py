"""One contract, every storage: what advisors and workers need."""

from datetime import UTC, datetime

import pytest

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import ErasureRequested, Heard, Stopped
from bot.handoff.check_in import CheckIn
from bot.handoff.delivery import DeliveryState
from bot.handoff.moves import Lease
from bot.messages import Channel, Inbound, Outgoing
from bot.ports.conversations import Act, Committed, Decision, LeaseAlive
from bot.ports.feed import Change
from bot.ports.outbox import new_outgoing_id
from bot.ports.queue import Held
from bot.ports.storage import Storage
from bot.storage.memory.storage import MemoryStorage
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.conversations import a_conversation

HELD = a_conversation(status=Status.ADVISOR, advisor="ada", channel="sms")


@pytest.fixture
def storage(any_connection: Connection | None) -> Storage:
    return redis_storage(any_connection, Sealer([bytes(32)]), order_ms=5000) if any_connection else MemoryStorage()


def act(
    storage: Storage, id: str, conversation: Conversation, *events: object, contact: str = "anna", **more: object
) -> None:
    """Commit one act of an advisor; the first one of a contact brings the address, as their message would."""
    cause = Act(id, contact) if storage.conversations.read([contact]) else _message(id, contact)
    decision = Decision(conversation, events, **more)  # type: ignore[arg-type]
    assert isinstance(storage.conversations.commit(cause, storage.conversations.open(cause), decision), Committed)


def _message(id: str, contact: str) -> Inbound:
    return Inbound(
        message_id=id, contact=contact, channel=Channel.SMS, address="+15550001111", our_number="+15559990000"
    )


def write(storage: Storage, text: str, contact: str = "anna") -> str:
    """An advisor writes; returns our id of the message."""
    sent = new_outgoing_id(contact)
    act(storage, f"act {sent}", HELD, contact=contact, outgoing=[Outgoing(sent, text)], lease=Lease.TAKE)
    return sent


# -- queue and leases --------------------------------------------------------------------------------------------------


def test_a_lease_is_taken_renewed_by_its_owner_and_gone_with_the_conversation(storage: Storage) -> None:
    act(storage, "1", HELD, lease=Lease.TAKE)
    assert storage.queue.held() == [Held("anna", leased=True, offered=False)]
    assert storage.queue.renew_lease("anna", "ada")
    assert not storage.queue.renew_lease("anna", "bea")
    act(storage, "2", Conversation())
    assert storage.queue.held() == []
    assert not storage.queue.renew_lease("anna", "ada")


def test_an_offer_stands_beside_the_lease(storage: Storage) -> None:
    act(storage, "1", HELD, lease=Lease.TAKE)
    act(storage, "2", HELD.with_handling(offered="bea"), lease=Lease.OFFER)
    assert storage.queue.held() == [Held("anna", leased=True, offered=True)]


@pytest.mark.parametrize("lease", [Lease.LOST, Lease.LAPSED])
def test_what_is_said_to_be_lost_but_stands_changes_nothing(storage: Storage, lease: Lease) -> None:
    act(storage, "1", HELD, lease=Lease.OFFER)
    with pytest.raises(LeaseAlive):
        act(storage, "2", a_conversation(status=Status.WAITING), lease=lease)
    assert storage.conversations.read(["anna"])["anna"].handling.status is Status.ADVISOR


def test_people_of_all_shards_stand_in_one_line(storage: Storage) -> None:
    for number in range(100):
        contact = f"person {number:02}"
        act(storage, "1", a_conversation(status=Status.WAITING, waiting_minute=1000 - number), contact=contact)
    assert [entry.contact for entry in storage.queue.waiting()] == [
        f"person {number:02}" for number in range(99, -1, -1)
    ]


# -- presence, check-ins, chores ---------------------------------------------------------------------------------------


def test_who_is_there_with_their_languages(storage: Storage) -> None:
    assert storage.presence.on_duty() == {}
    storage.presence.mark_present("ada", ("nl", "ar"))
    storage.presence.mark_present("bea", ())
    assert storage.presence.on_duty() == {"ada": ("nl", "ar"), "bea": ()}


def test_one_check_in_a_person_the_earliest_first(storage: Storage) -> None:
    first = CheckIn("anna", 300, "bel", "ada", 1, 2)
    storage.check_ins.put(first)
    storage.check_ins.put(CheckIn("bob", 100, "mail", "ada", 1, 2))
    storage.check_ins.put(CheckIn("anna", 200, "bel vaker", "ada", 1, 2))
    assert [(each.contact, each.action) for each in storage.check_ins.agreed()] == [
        ("bob", "mail"),
        ("anna", "bel vaker"),
    ]
    assert storage.check_ins.end("bob")
    assert not storage.check_ins.end("bob")
    act(storage, "1", Conversation(), ErasureRequested())
    assert storage.check_ins.agreed() == []


def test_when_the_list_was_last_looked_through(storage: Storage) -> None:
    assert storage.chores.last_reconciled() is None
    at = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)
    storage.chores.set_last_reconciled(at)
    assert storage.chores.last_reconciled() == at


def test_until_when_each_spool_is_clear(storage: Storage) -> None:
    at = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)
    storage.chores.report_spool("here", at)
    storage.chores.report_spool("there", at)
    assert storage.chores.spools() == {"here": at, "there": at}
    storage.chores.forget_spool("here")
    assert storage.chores.spools() == {"there": at}


def test_what_lies_unreadable_in_a_spool_is_known_by_its_minutes(storage: Storage) -> None:
    at = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)
    storage.chores.report_spool("here", at, [7, 5])
    storage.chores.report_spool("there", at, [9])
    assert storage.chores.unreadable_minutes() == {5, 7, 9}
    storage.chores.report_spool("here", at)
    assert storage.chores.unreadable_minutes() == {9}
    storage.chores.forget_spool("there")
    assert storage.chores.unreadable_minutes() == set()


def test_tidying_takes_nothing_that_is_in_use(storage: Storage) -> None:
    act(storage, "1", HELD, lease=Lease.TAKE)
    act(storage, "1", a_conversation(status=Status.WAITING), contact="bob")
    storage.presence.mark_present("ada", ("nl",))
    storage.blocks.add("cem", "ada")
    storage.chores.tidy()
    assert [each.contact for each in storage.queue.held()] == ["anna"]
    assert [each.contact for each in storage.queue.waiting()] == ["bob"]
    assert list(storage.presence.on_duty()) == ["ada"]
    assert [each.contact for each in storage.blocks.current()] == ["cem"]


# -- feed --------------------------------------------------------------------------------------------------------------


def test_the_feed_tells_once_what_happened_since_a_position(storage: Storage) -> None:
    act(storage, "0", HELD, Heard("text", "before"))
    start = storage.feed.position()
    act(storage, "1", HELD, Heard("text", "x"))
    act(storage, "1", a_conversation(status=Status.WAITING), Heard("text", "y"), Stopped(), contact="bob")
    first = storage.feed.since(start)
    # Of two people in one millisecond nobody knows who was first.
    assert set(first.changes) == {Change("anna", ("Heard",)), Change("bob", ("Heard", "Stopped"))}
    assert first.is_whole
    again = storage.feed.since(first.position)
    assert (again.changes, again.position, again.is_whole) == ((), first.position, True)
    act(storage, "2", HELD, Heard("text", "z"))
    assert storage.feed.since(first.position).changes == (Change("anna", ("Heard",)),)


def test_nothing_is_missed_and_nothing_told_twice_while_many_write(storage: Storage) -> None:
    position, told = storage.feed.position(), 0
    for number in range(60):
        act(storage, "1", HELD, Heard("text", "x"), contact=f"person {number}")
        if number % 7 == 0:
            found = storage.feed.since(position)
            told, position = told + len(found.changes), found.position
    assert told + len(storage.feed.since(position).changes) == 60


def test_a_position_nobody_knows_any_more_means_look_at_everything(storage: Storage) -> None:
    assert not storage.feed.since("1796061297001-0").is_whole


def test_who_is_erased_is_in_no_line_of_the_feed(storage: Storage) -> None:
    start = storage.feed.position()
    act(storage, "1", HELD, Heard("text", "x"))
    act(storage, "2", Conversation(), ErasureRequested())
    assert {change.contact for change in storage.feed.since(start).changes} == {""}


# -- outbox ------------------------------------------------------------------------------------------------------------


def test_messages_of_one_person_go_in_order_and_of_many_at_once(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    first, second = write(storage, "een"), write(storage, "twee")
    act(storage, "0", HELD, contact="bob", lease=Lease.TAKE)
    other = write(storage, "drie", "bob")
    attempts = {each.id: each for each in storage.outbox.take("w1", 8, 0.05)}
    assert set(attempts) == {first, other}
    assert (attempts[first].text, attempts[first].number, attempts[first].unconfirmed) == ("een", 1, False)
    assert (attempts[first].address, attempts[first].our_number) == ("+15550001111", "+15559990000")
    assert storage.outbox.take("w2", 8, 0.05) == []  # what one worker has, no other gets
    storage.outbox.settle(attempts[first], DeliveryState.ACCEPTED, provider_id="SM1")
    assert storage.outbox.take("w1", 8, 0.05) == []  # a short text could overtake a long one
    assert storage.outbox.report(first, DeliveryState.SENT, "", "SM1") == "done"
    assert [each.id for each in storage.outbox.take("w1", 8, 0.05)] == [second]


def test_how_a_message_stands_only_moves_forward(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.05)
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM1")
    assert storage.outbox.contact_of(sent) == "anna"
    assert storage.outbox.report(sent, DeliveryState.DELIVERED, "", "SM1") == "done"
    assert storage.outbox.report(sent, DeliveryState.SENT, "", "SM1") == "old"
    record = storage.outbox.records("anna")[sent]
    assert (record.state, record.attempts, record.provider_id) == (DeliveryState.DELIVERED, 1, "SM1")


def test_a_callback_that_comes_first_is_parked_and_applied(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.05)
    assert storage.outbox.report("", DeliveryState.FAILED, "30005", "SM1") == "unknown"
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM1")
    record = storage.outbox.records("anna")[sent]
    assert (record.state, record.code) == (DeliveryState.FAILED, "30005")


def test_a_later_attempt_is_counted_and_marked(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.05)
    storage.outbox.settle(attempt, DeliveryState.QUEUED, "429", after=0)
    (attempt,) = storage.outbox.take("w1", 8, 0.5)
    assert (attempt.number, attempt.unconfirmed) == (2, False)
    storage.outbox.settle(attempt, DeliveryState.UNSURE, after=0)
    (attempt,) = storage.outbox.take("w1", 8, 0.5)
    assert attempt.unconfirmed
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM2", maybe_duplicate=True)
    assert storage.outbox.records("anna")[sent].maybe_duplicate


def test_who_was_reported_is_not_asked_about_and_what_is_put_off_comes_later(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.05)
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM1")
    assert storage.outbox.unreported(9) == []  # its time has not come
    storage.outbox.ask_later(sent, 0)
    (found,) = storage.outbox.unreported(9)
    assert (found.id, found.state, found.provider_id) == (sent, DeliveryState.ACCEPTED, "SM1")
    storage.outbox.ask_later(sent, 60)
    assert storage.outbox.unreported(9) == []
    storage.outbox.report(sent, DeliveryState.DELIVERED, "", "SM1")
    storage.outbox.ask_later(sent, 0)
    assert storage.outbox.unreported(9) == []


def test_a_state_nobody_knows_is_kept_beside_the_one_it_has(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    storage.outbox.keep_unknown(sent, "partially_delivered")
    storage.outbox.keep_unknown("nobody's", "partially_delivered")
    record = storage.outbox.records("anna")[sent]
    assert (record.state, record.unknown) == (DeliveryState.QUEUED, "partially_delivered")


def test_one_can_cease_to_ask(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.05)
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM1")
    storage.outbox.ask_no_more(sent)
    storage.outbox.ask_later(sent, 0)
    assert storage.outbox.unreported(9) == []


def test_stopping_takes_back_what_is_not_sent(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    write(storage, "een")
    act(storage, "stop", Conversation(), Stopped())
    assert storage.outbox.take("w1", 8, 0.05) == []


@pytest.mark.parametrize("status", [Status.ADVISOR, Status.BOT])
def test_hiding_takes_back_what_is_not_sent_and_what_comes_later_is_sent(storage: Storage, status: Status) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    first = write(storage, "een")
    advisor = "ada" if status is Status.ADVISOR else ""
    free = a_conversation(status=status, advisor=advisor, channel="sms")
    if status is Status.BOT:
        act(storage, "back", free, outgoing=[Outgoing(new_outgoing_id("anna"), "de medewerker is weg")])
    act(storage, "hides", free.with_privacy(observed=True))
    assert storage.outbox.take("w1", 8, 0.05) == []
    assert (storage.outbox.records("anna")[first].state, storage.outbox.records("anna")[first].code) == (
        DeliveryState.FAILED, "cancelled",
    )  # fmt: skip
    act(storage, "again", HELD, lease=Lease.TAKE)
    write(storage, "twee")
    assert [attempt.text for attempt in storage.outbox.take("w1", 8, 0.5)] == ["twee"]


@pytest.mark.parametrize(
    ("becomes", "code"), [(DeliveryState.QUEUED, "cancelled"), (DeliveryState.UNSURE, "lost_answer")]
)
def test_what_is_being_sent_while_somebody_hides_and_does_not_go_is_not_on_its_way_for_ever(
    storage: Storage, becomes: DeliveryState, code: str
) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.5)
    act(storage, "hides", HELD.with_privacy(observed=True))
    storage.outbox.settle(attempt, becomes, after=0)
    record = storage.outbox.records("anna")[sent]
    assert (record.state, record.code) == (DeliveryState.FAILED, code)
    assert storage.outbox.take("w1", 8, 0.05) == []
    write(storage, "twee")
    assert [attempt.text for attempt in storage.outbox.take("w1", 8, 0.5)] == ["twee"]


def test_what_was_sent_before_hiding_and_does_not_arrive_is_not_sent_again(storage: Storage) -> None:
    act(storage, "0", HELD, lease=Lease.TAKE)
    sent = write(storage, "een")
    (attempt,) = storage.outbox.take("w1", 8, 0.5)
    storage.outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id="SM1")
    act(storage, "hides", HELD.with_privacy(observed=True))
    storage.outbox.send_again(sent, "30003", 0)
    assert [attempt.text for attempt in storage.outbox.take("w1", 8, 0.5)] in ([], [""])


def test_the_shard_in_an_id_is_that_of_the_person() -> None:
    for number in range(200):
        assert keys.sent(new_outgoing_id(f"person {number}")).startswith(keys.shard(f"person {number}"))
