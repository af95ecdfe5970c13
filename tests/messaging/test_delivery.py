"""From an advisor to a phone, over a Twilio that misbehaves."""

import os
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing

import pytest

from bot.channels.sending import TwilioSender
from bot.content.library import Library
from bot.devtools.twilio import Faults
from bot.dialogue.engine import Engine
from bot.handoff.delivery import DeliveryState
from bot.handoff.refusals import Reason, Refused
from bot.messages import Channel
from bot.messaging.delivery import Delivery, RetryTiming
from bot.messaging.receipts import Receipts
from bot.ports.outbox import Attempt
from bot.ports.unavailable import StorageUnavailable
from bot.storage.redis import keys
from bot.storage.sealing import Sealer, place
from bot.worker import Worker
from tests.harness.advisor_line import ADA, AdvisorLine
from tests.harness.in_redis import all_is_sent, held
from tests.harness.processes import until

ANNA = "+31612345601"
PEOPLE = int(os.environ.get("HELPLINE_PEOPLE", "60"))


@pytest.fixture
def delivery(line: AdvisorLine) -> Iterator[Delivery]:
    made = line.delivery()
    yield made
    made.close()


def asks(line: AdvisorLine, number: str = ANNA, channel: Channel = Channel.SMS) -> str:
    """Somebody asks for a person; returns their contact id."""
    line.writes(number, "kan ik met een medewerker praten", channel)
    return line.contact(number, channel)


def deliver(delivery: Delivery, line: AdvisorLine, seconds: float = 60) -> None:
    """Work until nothing is left to send."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        delivery.step("w1", 0.05)
        if all_is_sent(line.client) and line.twilio.settled(seconds):
            return
    raise AssertionError("not done in time")


def take_again(line: AdvisorLine) -> list[Attempt]:
    """What is to be looked at once more, when its time has come."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := line.outbox.take("w2", 8, 0.1):
            return found
    return []


def states(line: AdvisorLine, contact: str) -> list[str]:
    return sorted(record.state for record in line.outbox.records(contact).values())


def inbox(line: AdvisorLine, number: str = ANNA, channel: str = "sms") -> list[str]:
    return [item.text for item in line.twilio.inbox(number, channel)]


def test_an_advisors_words_reach_the_phone_and_their_state_comes_back(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag, ik ben er.", "a1")
    deliver(delivery, line)
    assert inbox(line) == ["Je praat nu met een medewerker.\nDag, ik ben er."]
    assert states(line, contact) == [DeliveryState.DELIVERED]
    assert all(60 <= int(message.validity_period or 0) <= 600 for message in line.twilio.accepted)


def test_an_act_that_is_sent_twice_is_done_once(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line)
    for _ in range(3):
        line.desk.reply(ADA, contact, "Dag", "the same form")
    deliver(delivery, line)
    assert len(inbox(line)) == 1


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP])
def test_sending_reads_no_conversation(line: AdvisorLine, delivery: Delivery, channel: Channel) -> None:
    contact = asks(line, channel=channel)
    line.desk.reply(ADA, contact, "Dag", "a1")
    line.client.delete(f"{keys.person(contact)}conversation")
    deliver(delivery, line)
    assert inbox(line, channel=str(channel)) == ["Je praat nu met een medewerker.\nDag"]


def test_an_address_kept_by_an_earlier_version_is_written_to_on_the_channel_of_the_conversation(
    line: AdvisorLine, delivery: Delivery
) -> None:
    contact = asks(line, channel=Channel.WHATSAPP)
    sealed = Sealer([bytes(32)]).seal(ANNA.encode(), place("address", contact))
    line.client.set(f"{keys.person(contact)}address", sealed)
    line.desk.reply(ADA, contact, "Dag", "a1")
    deliver(delivery, line)
    assert inbox(line, channel="whatsapp") == ["Je praat nu met een medewerker.\nDag"]


def test_whatsapp_goes_over_whatsapp(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line, channel=Channel.WHATSAPP)
    line.desk.reply(ADA, contact, "Dag", "a1")
    deliver(delivery, line)
    assert len(inbox(line, channel="whatsapp")) == 1
    assert inbox(line) == []


@pytest.mark.parametrize("code", [30005, 30007, 21610, 12345])
def test_a_message_that_does_not_arrive_is_shown_with_its_code(
    line: AdvisorLine, delivery: Delivery, code: int
) -> None:
    line.twilio.outcomes[ANNA] = code
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    deliver(delivery, line)
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.code) == (DeliveryState.FAILED, str(code))


def test_a_refusal_of_twilio_is_shown_and_the_next_message_still_goes(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.refusals[ANNA] = 21408
    contact = asks(line)
    line.desk.reply(ADA, contact, "een", "a1")
    deliver(delivery, line)
    del line.twilio.refusals[ANNA]
    line.desk.reply(ADA, contact, "twee", "a2")
    deliver(delivery, line)
    assert sorted(record.code for record in line.outbox.records(contact).values()) == ["", "21408"]
    assert inbox(line) == ["twee"]
    assert "send_alarm" in line.reports.names()


def test_callbacks_in_any_order_and_twice_never_go_back(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.shuffle = line.twilio.double = True
    contact = asks(line, channel=Channel.WHATSAPP)
    for number in range(5):
        line.desk.reply(ADA, contact, f"bericht {number}", f"a{number}")
    deliver(delivery, line)
    assert states(line, contact) == [DeliveryState.READ] * 5


@pytest.mark.parametrize("fault", ["too_many", "server_error", "accept_then_error", "drop", "hang"])
def test_nothing_is_lost_whatever_the_first_answer_is(line: AdvisorLine, delivery: Delivery, fault: str) -> None:
    impatient = line.delivery(seconds=0.3)
    line.twilio.faults = Faults(**{fault: 1.0}, hang_seconds=0.6)
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    impatient.step("w1", 0.05)
    impatient.close()
    line.twilio.faults = Faults()
    deliver(delivery, line)
    assert len(inbox(line)) == 1
    assert states(line, contact) == [DeliveryState.DELIVERED]


def test_a_lost_answer_is_found_although_the_provider_changed_the_text(line: AdvisorLine) -> None:
    line.twilio.smart_encoding = True
    line.twilio.lose_callbacks = 1.0
    line.twilio.faults = Faults(drop=1.0)
    delivery = line.delivery()
    contact = asks(line)
    line.desk.reply(ADA, contact, "Ik snap het… Pa’s “nee” – dat telt", "a1")
    delivery.step("w1", 0.05)
    line.twilio.faults = Faults()
    deliver(delivery, line)
    delivery.close()
    assert len(inbox(line)) == 1
    (record,) = line.outbox.records(contact).values()
    assert not record.maybe_duplicate


def test_a_status_that_met_a_storage_that_was_away_comes_again(
    line: AdvisorLine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, refusals = line.outbox.report, Counter({"left": 3})

    def away_at_first(id: str, state: DeliveryState, code: str, provider_id: str) -> str:
        if state is DeliveryState.DELIVERED and refusals["left"]:
            refusals["left"] -= 1
            raise StorageUnavailable("ConnectionError")
        return report(id, state, code, provider_id)

    monkeypatch.setattr(line.outbox, "report", away_at_first)
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    deliver(delivery, line)
    assert refusals["left"] == 0
    assert states(line, contact) == [DeliveryState.DELIVERED]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DeliveryState.FAILED, DeliveryState.DELIVERED),
        (DeliveryState.DELIVERED, DeliveryState.FAILED),
        (DeliveryState.READ, DeliveryState.FAILED),
    ],
)
def test_a_final_state_stays_and_what_contradicts_it_is_counted(
    line: AdvisorLine, delivery: Delivery, first: DeliveryState, second: DeliveryState
) -> None:
    line.twilio.lose_callbacks = 1.0
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    deliver(delivery, line)
    ((id, record),) = line.outbox.records(contact).items()
    receipts = Receipts(line.outbox, line.problems, line.reports)
    receipts.reported(id, first, "30005" if first is DeliveryState.FAILED else "", record.provider_id)
    receipts.reported(id, second, "30005" if second is DeliveryState.FAILED else "", record.provider_id)
    assert states(line, contact) == [first]
    assert line.reports.names().count("status_contradicted") == 1
    receipts.reported(id, first, "30005" if first is DeliveryState.FAILED else "", record.provider_id)
    assert line.reports.names().count("status_contradicted") == 1


def test_what_we_gave_up_ourselves_is_corrected_by_the_provider(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.lose_callbacks = 1.0
    line.twilio.faults = Faults(drop=1.0)
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    delivery.step("w1", 0.05)
    ((id, _record),) = line.outbox.records(contact).items()
    (attempt,) = take_again(line)
    line.outbox.settle(attempt, DeliveryState.FAILED, "lost_answer")
    Receipts(line.outbox, line.problems, line.reports).reported(
        id, DeliveryState.DELIVERED, "", line.twilio.accepted[0].sid
    )
    assert states(line, contact) == [DeliveryState.DELIVERED]
    assert "status_contradicted" not in line.reports.names()


def test_a_callback_proves_a_message_whose_answer_was_lost(line: AdvisorLine) -> None:
    line.timing = RetryTiming(unconfirmed=120)
    delivery = line.delivery()
    line.twilio.faults = Faults(drop=1.0)
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    delivery.step("w1", 0.05)
    requests = line.twilio.counts["requests"]
    deliver(delivery, line)
    delivery.close()
    assert line.twilio.counts["requests"] == requests  # nothing was asked or sent again
    assert states(line, contact) == [DeliveryState.DELIVERED]


def test_a_text_nobody_could_send_in_time_is_not_sent(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    key = f"{keys.person(contact)}outgoing"
    stored: dict[bytes, bytes] = line.client.hgetall(key)  # type: ignore[assignment]  # typed as if decoded
    (field,) = [name for name in stored if name.endswith(b":s")]
    state, code, attempts, written, changed, by = stored[field].decode().split()
    line.client.hset(key, field, " ".join([state, code, attempts, str(int(written) - 590_000), changed, by]))
    deliver(delivery, line)
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.code) == (DeliveryState.FAILED, "too_late")
    assert inbox(line) == []


def test_a_phone_that_could_not_be_reached_is_tried_once_more(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.outcomes[ANNA] = 30003
    line.twilio.double = True
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    for _ in range(2):
        for _ in range(6):
            delivery.step("w1", 0.05)
            assert line.twilio.settled(60)
        later = f"{keys.shard(contact)}later"
        waits = line.client.zscore(later, contact)
        if waits is not None:  # in five minutes; a test does not wait for that
            line.client.zadd(later, {contact: 0})
    assert len(line.twilio.accepted) == 2
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.code, record.attempts) == (DeliveryState.FAILED, "30003", 2)


def test_but_not_once_something_newer_was_written(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.lose_callbacks = 1.0
    contact = asks(line)
    line.desk.reply(ADA, contact, "een", "a1")
    delivery.step("w1", 0.05)
    ((id, record),) = line.outbox.records(contact).items()
    line.desk.reply(ADA, contact, "twee", "a2")
    receipts = Receipts(line.outbox, line.problems, line.reports)
    receipts.reported(id, DeliveryState.FAILED, "30003", record.provider_id)
    found = {(record.state, record.code, record.attempts) for record in line.outbox.records(contact).values()}
    assert (DeliveryState.FAILED, "30003", 1) in found


@pytest.mark.parametrize("text", ["onweer", "hij kijkt mee"])
def test_what_an_advisor_wrote_does_not_arrive_after_the_person_has_hidden(
    line: AdvisorLine, delivery: Delivery, text: str
) -> None:
    contact = asks(line)
    line.desk.reply(ADA, contact, "Ik lees dat je bent achtergelaten.", "a1")
    line.writes(ANNA, text)
    deliver(delivery, line)
    assert inbox(line) == []
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.code) == (DeliveryState.FAILED, "cancelled")


def test_after_stop_nothing_more_goes_out(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line)
    line.desk.reply(ADA, contact, "een", "a1")
    line.writes(ANNA, "stop")
    deliver(delivery, line)
    assert inbox(line) == []
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.code) == (DeliveryState.FAILED, "cancelled")
    with pytest.raises(Refused) as refused:
        line.desk.reply(ADA, contact, "twee", "a2")
    assert refused.value.reason is Reason.NOT_ASKED
    assert line.client.get(f"{keys.person(contact)}address") is None


def test_erasing_takes_what_is_under_way_and_the_address(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line)
    line.desk.reply(ADA, contact, "een", "a1")
    line.writes(ANNA, "wis")
    line.writes(ANNA, "ja")
    deliver(delivery, line)
    assert inbox(line) == []
    left = {key.decode() for key in line.client.scan_iter("*") if contact in key.decode()}
    assert left == {f"{keys.person(contact)}turns"}
    assert not list(line.client.scan_iter("helpline:*sent:*"))
    assert not held(line.client)


def test_a_dead_workers_message_is_taken_over_and_not_sent_twice(line: AdvisorLine, delivery: Delivery) -> None:
    contact = asks(line)
    line.desk.reply(ADA, contact, "Dag", "a1")
    (attempt,) = line.outbox.take("dead", 8, 0.05)  # and then it dies, before it sends
    assert line.outbox.take("w1", 8, 0.05) == []
    deliver(delivery, line)
    assert inbox(line) == ["Je praat nu met een medewerker.\nDag"]
    (record,) = line.outbox.records(contact).values()
    assert record.maybe_duplicate  # nobody knew whether it had been sent
    line.outbox.settle(attempt, DeliveryState.FAILED, "30008")  # the dead one comes back: too late
    assert states(line, contact) == [DeliveryState.DELIVERED]


def test_a_callback_of_a_message_nobody_knows_is_parked_for_ten_minutes(line: AdvisorLine) -> None:
    assert line.outbox.report("never seen", DeliveryState.DELIVERED, "", f"SM{'9' * 32}") == "unknown"
    (key,) = line.client.scan_iter("helpline:parked:*")
    assert 0 < line.client.ttl(key) <= 600
    assert b"SM9" not in key


def test_many_people_over_a_bad_line(engine: Engine, library: Library, redis_url: str, clean_redis: object) -> None:
    """Ten messages each (2,000 for the figure in docs/handoff.md), two workers, a third of Twilio's answers bad: none
    lost, none out of order, and twice only what is marked as perhaps sent twice, because Twilio did not list it."""
    with closing(AdvisorLine(engine, library, redis_url, reclaim_ms=20_000)) as line:
        people = [f"+316200{number:05}" for number in range(PEOPLE)]
        contacts = [asks(line, number) for number in people]
        line.twilio.shuffle = line.twilio.double = True
        line.twilio.faults = Faults(
            too_many=0.1, server_error=0.05, accept_then_error=0.08, drop=0.095, hang=0.005, hang_seconds=2.5
        )
        for turn in range(10):
            for contact in contacts:
                line.desk.reply(ADA, contact, f"bericht {turn}", f"{contact} {turn}")
        searches_in_vain: list[list[str]] = []

        class Searching(TwilioSender):
            """Keeps what Twilio had when a search began that found nothing."""

            def find(self, channel: str, address: str, text: str, known: Collection[str], minutes: int) -> str | None:
                had = [each.sid for each in line.twilio.accepted if (each.to, each.body) == (address, text)]
                found = super().find(channel, address, text, known, minutes)
                if found is None:
                    searches_in_vain.append([sid for sid in had if sid not in known])
                return found

        stop = threading.Event()
        workers = [Worker(line.delivery(2, kind=Searching), [], [], line.reports) for _each in range(2)]
        threads = [threading.Thread(target=worker.run, args=[stop]) for worker in workers]
        for thread in threads:
            thread.start()
        try:
            until(lambda: all_is_sent(line.client), 300, "all to be sent")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert "worker_failed" not in line.reports.names()
        assert not any(searches_in_vain)
        doubled = 0
        for number, contact in zip(people, contacts, strict=True):
            texts = [text.splitlines()[-1] for text in inbox(line, number)]
            firsts = list(dict.fromkeys(texts))
            assert firsts == [f"bericht {turn}" for turn in range(10)], number
            marked = sum(record.maybe_duplicate for record in line.outbox.records(contact).values())
            doubled += len(texts) - len(firsts)
            assert sum(count - 1 for count in Counter(texts).values()) <= marked
        assert doubled <= len(searches_in_vain)
