"""Why the bot asks something."""

import pytest

from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at, shared


@pytest.mark.parametrize(
    "text",
    ["waarom vragen jullie dat", "hoezo wil je dat weten", "waarom moet je dat weten", "why do you need to know"],
)
def test_the_reason_is_said_with_the_numbers_and_the_question_stays(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", text).in_state(StateName.OPENER).hears(shared(tester, "why_asked"), EMERGENCY, BZ)
    tester.say("ja").in_state(StateName.MENU)


def test_nothing_else_is_taken_for_it(tester: DialogueTester) -> None:
    tester.begin(at("left_behind.answer")).say("waarom doen families dat")
    tester.hears_not(shared(tester, "why_asked"))
