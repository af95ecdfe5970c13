"""Messages whose status callbacks were lost: the provider is asked what became of them."""

from collections.abc import Iterator

import pytest

from bot.handoff.delivery import DeliveryState
from bot.messaging import asking
from bot.messaging.asking import Asking
from bot.messaging.delivery import Delivery
from bot.messaging.receipts import Receipts
from bot.ports.outbox import Record
from bot.storage.redis import keys
from tests.harness.advisor_line import ADA, AdvisorLine
from tests.harness.fixed import TOKEN

ANNA = "+31612345601"


@pytest.fixture(autouse=True)
def callbacks_are_lost(line: AdvisorLine) -> None:
    line.twilio.lose_callbacks = 1.0


@pytest.fixture
def delivery(line: AdvisorLine) -> Iterator[Delivery]:
    made = line.delivery()
    yield made
    made.close()


def asks_twilio(line: AdvisorLine, token: str = TOKEN) -> Asking:
    sender = line.sender(5.0, token=token)
    receipts = Receipts(line.outbox, line.problems, line.reports)
    return Asking(line.outbox, sender, receipts, lambda: line.now, line.reports)


def is_sent(line: AdvisorLine, delivery: Delivery, number: str = ANNA) -> str:
    """An advisor writes, Twilio takes it and nothing comes back; returns the person's contact id."""
    line.writes(number, "kan ik met een medewerker praten")
    contact = line.contact(number)
    line.desk.reply(ADA, contact, "Dag", f"to {number}")
    delivery.step("w1", 0.05)
    assert line.twilio.settled(60)
    assert record(line, contact).state == DeliveryState.ACCEPTED
    return contact


def record(line: AdvisorLine, contact: str) -> Record:
    (found,) = line.outbox.records(contact).values()
    return found


def asked_about(line: AdvisorLine, contact: str) -> int:
    return int(line.client.zcard(f"{keys.shard(contact)}unreported"))


def test_a_message_that_arrived_is_known_to_have_arrived(line: AdvisorLine, delivery: Delivery) -> None:
    contact = is_sent(line, delivery)
    assert asks_twilio(line).step() == 1
    assert record(line, contact).state == DeliveryState.DELIVERED
    assert not asked_about(line, contact)


@pytest.mark.parametrize("how", ["outcomes", "failures"])
def test_one_that_failed_is_shown_with_its_code(line: AdvisorLine, delivery: Delivery, how: str) -> None:
    getattr(line.twilio, how)[ANNA] = 30005
    contact = is_sent(line, delivery)
    asks_twilio(line).step()
    assert (record(line, contact).state, record(line, contact).code) == (DeliveryState.FAILED, "30005")


def test_one_that_could_not_be_reached_is_tried_once_more(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.outcomes[ANNA] = 30003
    contact = is_sent(line, delivery)
    asks_twilio(line).step()
    assert record(line, contact).state == DeliveryState.QUEUED
    assert not asked_about(line, contact)


def test_one_the_provider_does_not_know_ends_as_unreported(line: AdvisorLine, delivery: Delivery) -> None:
    contact = is_sent(line, delivery)
    assert line.twilio._ledger.delete(record(line, contact).provider_id, min_age=0, min_tries=0)
    asks_twilio(line).step()
    assert (record(line, contact).state, record(line, contact).code) == (DeliveryState.FAILED, "unreported")
    assert not asked_about(line, contact)


def test_a_report_that_comes_after_all_corrects_that(line: AdvisorLine, delivery: Delivery) -> None:
    contact = is_sent(line, delivery)
    ((id, known),) = line.outbox.records(contact).items()
    receipts = Receipts(line.outbox, line.problems, line.reports)
    receipts.reported(id, DeliveryState.FAILED, "unreported", known.provider_id)
    receipts.reported(id, DeliveryState.DELIVERED, "", known.provider_id)
    assert record(line, contact).state == DeliveryState.DELIVERED


def test_while_twilio_cannot_be_asked_nothing_changes_and_it_is_asked_again(
    line: AdvisorLine, delivery: Delivery
) -> None:
    contact = is_sent(line, delivery)
    assert asks_twilio(line, token="wrong").step() == 0
    assert record(line, contact).state == DeliveryState.ACCEPTED
    assert asked_about(line, contact)
    assert asks_twilio(line).step() == 0  # not at once
    line.client.zadd(f"{keys.shard(contact)}unreported", dict.fromkeys(line.outbox.records(contact), 0))
    assert asks_twilio(line).step() == 1
    assert record(line, contact).state == DeliveryState.DELIVERED


def test_one_that_is_reported_is_not_asked_about(line: AdvisorLine, delivery: Delivery) -> None:
    line.twilio.lose_callbacks = 0.0
    line.writes(ANNA, "kan ik met een medewerker praten")
    contact = line.contact(ANNA)
    line.desk.reply(ADA, contact, "Dag", "a1")
    delivery.step("w1", 0.05)
    assert line.twilio.settled(60)
    requests = line.twilio.counts["requests"]
    assert asks_twilio(line).step() == 0
    assert line.twilio.counts["requests"] == requests


def test_who_erased_everything_is_not_asked_about(line: AdvisorLine, delivery: Delivery) -> None:
    contact = is_sent(line, delivery)
    line.writes(ANNA, "wis")
    line.writes(ANNA, "ja")
    requests = line.twilio.counts["requests"]
    assert asks_twilio(line).step() == 0
    assert line.twilio.counts["requests"] == requests
    assert not asked_about(line, contact)


def test_what_is_still_accepted_after_a_day_is_given_up(
    line: AdvisorLine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = is_sent(line, delivery)
    monkeypatch.setattr(asking, "GIVE_UP_SECONDS", -1)
    line.twilio._ledger._messages[record(line, contact).provider_id].status = "queued"
    asks_twilio(line).step()
    assert (record(line, contact).state, record(line, contact).code) == (DeliveryState.FAILED, "unreported")


def test_a_state_we_do_not_know_is_kept_and_asked_about_again(line: AdvisorLine, delivery: Delivery) -> None:
    contact = is_sent(line, delivery)
    line.twilio._ledger._messages[record(line, contact).provider_id].status = "partially_delivered"
    asks_twilio(line).step()
    found = record(line, contact)
    assert (found.state, found.unknown) == (DeliveryState.ACCEPTED, "partially_delivered")
    assert ("status_unknown", {"cause": "partially_delivered"}) in line.reports
    assert asked_about(line, contact)


def test_so_many_in_one_round_and_no_more(
    line: AdvisorLine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST", 3)
    people = [f"+3161234561{number}" for number in range(5)]
    contacts = [is_sent(line, delivery, number) for number in people]
    assert asks_twilio(line).step() == 3
    assert asks_twilio(line).step() == 2
    assert {record(line, contact).state for contact in contacts} == {DeliveryState.DELIVERED}
