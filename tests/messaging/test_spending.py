"""Too many messages in a day are an alarm, once, and stop nothing."""

from datetime import timedelta

import pytest

from bot.dialogue.engine import Engine
from bot.messaging.spending import Spending
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW


@pytest.fixture
def tester(engine: Engine) -> DialogueTester:
    return DialogueTester(engine, NOW)


def test_it_alarms_once_a_day_and_the_answers_go_on(tester: DialogueTester) -> None:
    alarms: list[None] = []
    spending = Spending(tester.storage, lambda: tester.now, lambda: alarms.append(None), tester.reports, limit=3)
    for number in range(6):
        assert tester.say("menu").reply
        tester.now += timedelta(minutes=2)
        spending.step()
        assert len(alarms) == (number >= 3)
    assert [fields["count"] for what, fields in tester.reports if what == "spend_alarm"] == [4]
    tester.now += timedelta(days=1)
    spending.step()
    assert len(alarms) == 1
    tester.say("menu", "menu", "menu", "menu")
    tester.now += timedelta(minutes=2)
    spending.step()
    assert len(alarms) == 2


def test_what_advisors_write_counts_as_well(tester: DialogueTester) -> None:
    tester.say("hoi", "medewerker")
    tester.advisor("ada", "writes dag")
    (day,) = tester.storage.state.counts
    assert tester.storage.counts.of([day])[day]["all:sent"] == 3
