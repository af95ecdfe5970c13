"""Copies at Twilio are gone within ten minutes of their final state, whatever Twilio says meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.sending import TwilioCopies, TwilioInbox
from bot.devtools.forms import ChannelName
from bot.messaging.provider_eraser import ProviderEraser
from bot.messaging.reconcile import Reconcile
from tests.harness.advisor_line import ADA, AdvisorLine
from tests.harness.events import events_of

ANNA = "+31612345601"


@pytest.fixture
def line(line: AdvisorLine) -> AdvisorLine:
    line.now = datetime.now(UTC)
    return line


def eraser(line: AdvisorLine) -> ProviderEraser:
    return ProviderEraser(line.storage, TwilioCopies(line.sender(5.0)), lambda: line.now, line.reports)


def reconcile(line: AdvisorLine) -> Reconcile:
    return Reconcile(
        line.runner, line.storage, TwilioInbox(line.sender(5.0), line.contacts), lambda: line.now, line.reports
    )


def left(line: AdvisorLine) -> int:
    return len(line.sender(5.0).everything(line.now + timedelta(days=1)))


def talk(line: AdvisorLine) -> None:
    """Both ways, by TwiML and by the API, by SMS and by WhatsApp."""
    channels: tuple[ChannelName, ...] = ("sms", "whatsapp")
    for channel in channels:
        line.twilio.text(ANNA, "hoi", channel)
        line.twilio.text(ANNA, "medewerker", channel)
        line.desk.reply(ADA, line.contacts(channel, ANNA)[0], "Dag", f"a {channel}")
    delivery = line.delivery()
    for _ in range(6):
        delivery.step("w1", 0.05)
    assert line.twilio.settled(60)
    delivery.close()


def test_everything_is_gone_within_ten_minutes(line: AdvisorLine) -> None:
    talk(line)
    assert left(line) == 10  # of each channel: two heard, two answered, one written
    shreds, looks = eraser(line), reconcile(line)
    looks.step()
    assert shreds.step() == 0  # too fresh: a lost webhook would be found here
    line.now += timedelta(minutes=10)
    looks.step()
    assert shreds.step() == 10
    assert left(line) == 0
    line.now += timedelta(minutes=10)
    assert looks.step() == 0  # and nothing comes back
    assert shreds.step() == 0


def test_what_nobody_has_looked_for_yet_stays(line: AdvisorLine) -> None:
    reconcile(line).step()
    line.twilio.lose(next=1)
    line.twilio.text(ANNA, "hoi")
    line.now += timedelta(minutes=12)
    assert eraser(line).step() == 0  # the worker was away; the search for lost messages comes first
    reconcile(line).step()
    assert events_of(line.storage, line.contacts("sms", ANNA)[0])
    assert eraser(line).step() == 1


def test_a_refusal_empties_the_body_and_is_tried_again_after_a_restart_too(line: AdvisorLine) -> None:
    talk(line)
    line.twilio.delete_refusals = 2
    reconcile(line).step()
    line.now += timedelta(minutes=10)
    reconcile(line).step()
    first = eraser(line)
    assert first.step() == 0
    assert left(line) == 10
    assert all(not message.body for message in line.sender(5.0).everything(line.now))
    line.now += timedelta(seconds=40)
    assert first.step() == 0  # it waits a minute, then two
    line.now += timedelta(seconds=40)
    assert first.step() == 0
    assert eraser(line).step() == 10  # a worker that has just started knows of no pause
    assert left(line) == 0


def test_while_twilio_is_away_nothing_is_forgotten(line: AdvisorLine) -> None:
    talk(line)
    reconcile(line).step()
    line.now += timedelta(minutes=10)
    reconcile(line).step()
    away = line.sender(5.0, url="http://127.0.0.1:9")
    assert ProviderEraser(line.storage, TwilioCopies(away), lambda: line.now, line.reports).step() == 0
    assert "not_shredded" in line.reports.names()
    assert eraser(line).step() == 10
