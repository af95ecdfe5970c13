"""More than a person types: silence, but never without the numbers; commands work always."""

from datetime import timedelta

import pytest

from bot.advisors.board import Advisor
from bot.dialogue.conversation import Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import Heard
from bot.dialogue.pace import MOST, MOST_A_DAY, MOST_SAME, REMIND_EVERY, WINDOW_MINUTES
from bot.nlu.understanding import Understanding
from tests.harness.dialogue import CONTACT, DialogueTester, with_understander
from tests.harness.fixed import NOW

ABROAD = "+31 247 247 247"


def flooded(tester: DialogueTester) -> DialogueTester:
    """Somebody who has just passed the limit."""
    tester.say("hoi", "ja")
    for number in range(MOST - 1):
        tester.say(f"bla {number}", seconds=1)
    return tester


def test_the_numbers_come_when_the_limit_is_passed_and_now_and_then_after_it(tester: DialogueTester) -> None:
    flooded(tester)
    assert tester.reply == tester.engine.contents["nl"].shared["emergency_line"]
    replies = [tester.say(f"bla bla {number}", seconds=1).reply for number in range(2 * REMIND_EVERY)]
    told = [reply for reply in replies if reply]
    assert len(told) == 2
    assert all(ABROAD in reply for reply in told)


def test_nothing_holds_the_numbers_back_from_danger(tester: DialogueTester) -> None:
    flooded(tester).say("iets anders")
    for _time in range(3):
        assert ABROAD in tester.say("hij heeft een mes en hij komt nu").reply
    assert tester.conversation.handling.danger


@pytest.mark.parametrize(("text", "status"), [("medewerker", Status.WAITING), ("stop", Status.BOT)])
def test_commands_work_in_a_flood_too(tester: DialogueTester, text: str, status: Status) -> None:
    flooded(tester).say("iets anders", text)
    assert tester.reply
    assert tester.conversation.handling.status is status


def test_a_machine_that_repeats_itself_is_answered_no_more(tester: DialogueTester) -> None:
    text = "Thank you for your message. We are out of office."
    replies = [tester.say(text).reply for _time in range(MOST_SAME + 10)]
    assert all(replies[:MOST_SAME])
    assert ABROAD in replies[MOST_SAME]
    assert not any(replies[MOST_SAME + 1 :])


def test_a_decoy_answers_no_machine_for_ever(tester: DialogueTester) -> None:
    tester.say("hoi", "onweer")
    replies = [tester.say("wie is dit").reply for _time in range(MOST_SAME + 10)]
    assert not any(replies[MOST_SAME:])
    assert ABROAD in tester.say("help hij slaat mij nu").reply


def test_in_a_flood_too_erasing_is_asked_and_done(tester: DialogueTester) -> None:
    flooded(tester).say("iets anders", "wis", seconds=1)
    assert "wissen" in tester.reply
    assert "Gewist" in tester.say("ja", seconds=1).reply


def test_in_a_day_there_is_a_limit_as_well_and_it_holds_no_numbers_back(tester: DialogueTester) -> None:
    tester.say("hoi", "ja")
    for number in range(MOST_A_DAY):
        tester.say(f"bla {number}", seconds=60)
    told = [tester.say(f"meer {number}", seconds=60).reply for number in range(REMIND_EVERY)]
    assert [bool(reply) for reply in told].count(True) == 1
    assert ABROAD in "".join(told)
    assert ABROAD in tester.say("hij heeft een mes en hij komt nu", seconds=60).reply
    tester.wait(24 * 60)
    assert tester.say("wat kost bellen").reply


def test_a_word_of_ones_own_hides_in_a_flood_too(tester: DialogueTester) -> None:
    flooded(tester).say("iets anders", "⛈️")
    assert "verkeerd nummer" in tester.reply


def test_after_a_while_everything_is_as_before(tester: DialogueTester) -> None:
    flooded(tester).say("iets anders")
    assert tester.reply == ""
    tester.now += timedelta(minutes=WINDOW_MINUTES)
    assert tester.say("wat kost bellen").reply


def test_to_an_advisor_everything_goes_through(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "medewerker")
    tester.desk.claim(Advisor("ada"), CONTACT, "c")
    for number in range(MOST + 5):
        tester.say(f"bericht {number}")
    heard = [entry.event for entry in tester.storage.conversations.transcript(CONTACT)]
    assert sum(isinstance(event, Heard) and event.text.startswith("bericht") for event in heard) == MOST + 5


def test_a_flood_is_not_read_by_meaning(engine: Engine) -> None:
    """Ten thousand messages of one sender must not take time from others."""

    class Slow:
        asked = False

        def understand(self, text: str, locale: str | None, spelled: str | None = None) -> Understanding:
            assert not self.asked, "the slow reader was asked"
            return engine.rules.understander.understand(text, locale, spelled)

    slow = Slow()
    tester = flooded(DialogueTester(with_understander(engine, slow), NOW))
    slow.asked = True
    for number in range(50):
        tester.say(f"meer {number}", seconds=1)
    assert "engine_failed" not in tester.reports.names()
