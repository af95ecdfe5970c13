"""Several numbers of ours: whoever texts one is answered from it, also by an advisor, and by the worker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.sending import TwilioCopies, TwilioInbox
from bot.content.library import Library
from bot.devtools.forms import ChannelName
from bot.dialogue.engine import Engine
from bot.handoff.delivery import DeliveryState
from bot.messaging.provider_eraser import ProviderEraser
from bot.messaging.reconcile import Reconcile
from bot.storage.redis import keys
from tests.harness.advisor_line import ADA, AdvisorLine
from tests.harness.fixed import OURS, OURS_ON_WHATSAPP
from tests.messaging.test_delivery import deliver

ANNA = "+31612345601"
SECOND, THIRD = "+3197010000009", "+3197010000010"
SECOND_ON_WHATSAPP = "whatsapp:+3197010000011"
ASKS = "kan ik met een medewerker praten"


@pytest.fixture
def line(engine: Engine, library: Library, redis_url: str, clean_redis: object) -> Iterator[AdvisorLine]:
    made = AdvisorLine(engine, library, redis_url, more_numbers=(SECOND, THIRD, SECOND_ON_WHATSAPP))
    made.now = datetime.now(UTC)  # Twilio's list has real dates
    yield made
    made.close()


def says(line: AdvisorLine, to: str, text: str = ASKS) -> str:
    """Anna texts this number of ours; returns her contact id."""
    channel: ChannelName = "whatsapp" if to.startswith("whatsapp:") else "sms"
    assert not line.twilio.text(ANNA, text, channel, To=to).error
    return line.contacts(channel, ANNA)[0]


def advised(line: AdvisorLine, contact: str, text: str = "Dag", *, service: str = "") -> list[str]:
    """An advisor writes; returns what each message so far was sent from."""
    delivery = line.delivery(service=service)
    line.desk.reply(ADA, contact, text, text)
    deliver(delivery, line)
    delivery.close()
    return [message.sender for message in line.twilio.accepted]


@pytest.mark.parametrize("to", [OURS, SECOND, THIRD, f"whatsapp:{OURS_ON_WHATSAPP}", SECOND_ON_WHATSAPP])
def test_an_advisor_answers_from_the_number_that_was_texted(line: AdvisorLine, to: str) -> None:
    assert advised(line, says(line, to)) == [to]


def test_after_texting_another_one_answers_come_from_that(line: AdvisorLine) -> None:
    advised(line, says(line, SECOND))
    assert advised(line, says(line, THIRD, "ben je er nog"), "Ja") == [SECOND, THIRD]


def test_a_messaging_service_does_not_choose_another_one(line: AdvisorLine) -> None:
    assert advised(line, says(line, SECOND), service=f"MG{'0' * 32}") == [SECOND]


def test_what_an_earlier_version_kept_is_answered_from_the_first(line: AdvisorLine) -> None:
    contact = says(line, SECOND)
    assert line.client.delete(f"{keys.person(contact)}our-number") == 1
    assert advised(line, contact) == [OURS]


def test_a_number_the_settings_do_not_name_any_more_is_not_sent_from(line: AdvisorLine) -> None:
    contact = says(line, SECOND)
    line.more_numbers = (THIRD,)
    assert advised(line, contact) == [OURS]


def test_a_number_twilio_says_is_not_ours_is_said_to_the_operator_and_the_first_one_sends(line: AdvisorLine) -> None:
    contact = says(line, SECOND)
    line.twilio.more_numbers = (THIRD,)
    assert advised(line, contact) == [OURS]
    assert ("send_alarm", {"cause": "21606"}) in line.reports
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.maybe_duplicate) == (DeliveryState.DELIVERED, False)


def test_where_the_first_one_is_not_ours_either_it_fails_once(line: AdvisorLine) -> None:
    contact = says(line, SECOND)
    line.twilio.more_numbers, line.twilio.sms_number = (), THIRD
    assert advised(line, contact) == []
    (record,) = line.outbox.records(contact).values()
    assert (record.state, record.code, record.attempts) == (DeliveryState.FAILED, "21606", 1)


def test_the_number_is_kept_sealed_and_goes_with_the_address(line: AdvisorLine) -> None:
    contact = says(line, SECOND)
    key = f"{keys.person(contact)}our-number"
    stored = line.client.get(key)
    assert isinstance(stored, bytes)
    assert SECOND.encode() not in stored
    assert 0 < line.client.ttl(key) <= keys.ADVISOR_LIFE
    says(line, SECOND, "stop")
    assert not line.client.exists(key)


@pytest.mark.parametrize("to", [SECOND, SECOND_ON_WHATSAPP])
def test_a_message_to_any_number_whose_webhook_was_lost_is_answered_from_it(line: AdvisorLine, to: str) -> None:
    looks = Reconcile(
        line.runner, line.storage, TwilioInbox(line.sender(), line.contacts), lambda: line.now, line.reports
    )
    looks.step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "hoi", "whatsapp" if to.startswith("whatsapp:") else "sms", To=to)
    line.now += timedelta(minutes=2)
    assert looks.step() == 1
    delivery = line.delivery()
    deliver(delivery, line)
    delivery.close()
    assert [message.sender for message in line.twilio.accepted] == [to]


def test_copies_of_messages_to_and_from_all_of_them_are_deleted(line: AdvisorLine) -> None:
    for to, text in ((OURS, "hoi"), (SECOND, "ja"), (SECOND_ON_WHATSAPP, "hoi")):
        says(line, to, text)
    copies = TwilioCopies(line.sender())
    assert len(copies.copies(line.now + timedelta(minutes=1))) == 6
    assert len(copies.copies(line.now + timedelta(minutes=1), "sms", ANNA)) == 4
    line.storage.chores.set_last_reconciled(line.now + timedelta(minutes=30))
    line.now += timedelta(minutes=20)
    assert ProviderEraser(line.storage, copies, lambda: line.now, line.reports).step() == 6
    assert copies.copies(line.now) == []
