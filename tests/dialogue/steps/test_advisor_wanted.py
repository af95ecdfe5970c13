"""Asking for a person."""

import pytest

from bot.dialogue.conversation import (
    Status,
)
from bot.dialogue.events import (
    AdvisorRequested,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, MINUTE, at


def test_a_first_word_that_asks_for_a_person_gets_one(tester: DialogueTester) -> None:
    tester.say("medewerker").in_state(StateName.HANDOFF).caused(AdvisorRequested)


@pytest.mark.parametrize("text", ["9", "medewerker", "ik wil met een mens spreken", "human please", "8"])
def test_asking_for_a_person_joins_the_waiting_list_with_the_numbers_meanwhile(
    tester: DialogueTester, text: str
) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state(StateName.HANDOFF).hears(EMERGENCY, BZ).caused(AdvisorRequested)
    assert tester.conversation.handling.status is Status.WAITING
    assert [entry.minute for entry in tester.storage.queue.waiting()] == [MINUTE]


def test_asking_twice_keeps_the_place_in_line(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9").wait(5).say("9").in_state(StateName.HANDOFF)
    assert tester.conversation.handling.waiting_minute == MINUTE
    assert sum(isinstance(event, AdvisorRequested) for event in tester.events) == 1


def test_who_waits_can_go_on_reading(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9", "0", "6", "1").in_state("questions.about")
    assert tester.conversation.handling.status is Status.WAITING


def test_a_person_is_given_rather_than_the_text_about_the_bot(tester: DialogueTester) -> None:
    tester.say("hoi", "ik wil met een echt mens praten, niet met een robot").in_state(StateName.HANDOFF)
    assert tester.conversation.handling.status is Status.WAITING
