"""Messages whose webhook never came are found in Twilio's list, and answered or shown to an advisor."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import sending
from bot.channels.sending import TwilioInbox, TwilioSender
from bot.dialogue.conversation import Status
from bot.dialogue.events import CameLate, Heard, Said
from bot.messaging.reconcile import Reconcile
from tests.harness.advisor_line import AdvisorLine
from tests.harness.events import events_of
from tests.harness.fixed import ACCOUNT, OURS, OURS_ON_WHATSAPP, PUBLIC_URL, TOKEN

ANNA, BOB = "+31612345601", "+31612345602"


@pytest.fixture
def line(line: AdvisorLine) -> AdvisorLine:
    line.now = datetime.now(UTC)  # Twilio's list has real dates
    return line


def reconcile(line: AdvisorLine) -> Reconcile:
    sender = TwilioSender(
        ACCOUNT, TOKEN, line.twilio.url, sms_number=OURS, whatsapp_number=OURS_ON_WHATSAPP,
        messaging_service_sid="", public_url=PUBLIC_URL,
    )  # fmt: skip
    return Reconcile(line.runner, line.storage, TwilioInbox(sender, line.contacts), lambda: line.now, line.reports)


def heard(line: AdvisorLine, number: str) -> list[str]:
    events = events_of(line.storage, line.contact(number))
    return [event.text for event in events if isinstance(event, Heard)]


def test_a_lost_message_is_answered_once(line: AdvisorLine) -> None:
    looks = reconcile(line)
    assert looks.step() == 0
    line.twilio.text(ANNA, "hoi")  # this one arrives
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "ja")  # this one does not
    assert heard(line, ANNA) == ["hoi"]
    line.now += timedelta(minutes=2)
    assert looks.step() == 1
    assert heard(line, ANNA) == ["hoi", "ja"]
    delivery = line.delivery()
    delivery.step("w1", 0.05)
    delivery.close()
    (item,) = [item for item in line.twilio.inbox(ANNA, "sms") if item.source == "api"]
    assert "Waar gaat het over" in item.text
    line.now += timedelta(minutes=2)
    assert looks.step() == 0


def test_more_than_the_provider_lists_on_a_page_are_found(line: AdvisorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAGE_SIZE", 5)
    monkeypatch.setattr(sending, "MAX_LISTED", 10)
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=27)
    people = [f"+316410{number:05}" for number in range(27)]
    for number in people:
        line.twilio.text(number, "hoi")
    line.now += timedelta(minutes=2)
    assert looks.step() == 27
    assert all(heard(line, number) == ["hoi"] for number in people)


def test_five_in_a_hundred_lost_are_all_found(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(share=0.05)
    people = [f"+316400{number:05}" for number in range(100)]
    for number in people:
        line.twilio.text(number, "hoi")
    lost = line.twilio.counts["lost_inbound"]
    assert lost
    line.now += timedelta(minutes=2)
    assert looks.step() == lost
    assert all(heard(line, number) == ["hoi"] for number in people)


def test_one_that_is_found_too_late_is_not_answered_but_shown_to_an_advisor(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "ik ben achtergelaten in Marokko")
    line.now += timedelta(minutes=40)
    assert looks.step() == 1
    contact = line.contact(ANNA)
    assert [entry.contact for entry in line.storage.queue.waiting()] == [contact]
    events = events_of(line.storage, contact)
    assert any(isinstance(event, CameLate) for event in events)
    assert not any(isinstance(event, Said) for event in events)
    assert line.client.xlen("helpline:outbox") == 0
    assert line.storage.conversations.read([contact])[contact].handling.status is Status.WAITING


def test_what_was_erased_does_not_come_back(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    for text in ("hoi", "wis", "ja"):
        line.twilio.text(BOB, text)
    line.now += timedelta(minutes=2)
    assert looks.step() == 0
    assert heard(line, BOB) == []


def test_while_twilio_cannot_be_asked_nothing_is_skipped(line: AdvisorLine) -> None:
    looks = reconcile(line)
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "hoi")
    line.now += timedelta(minutes=2)
    line.twilio.account_sid, kept = "AC" + "0" * 32, line.twilio.account_sid
    assert looks.step() == 0
    line.twilio.account_sid = kept
    line.now += timedelta(minutes=10)
    assert looks.step() == 1
