"""A text that has just been read is not said again: a line says what is new."""

import pytest

from bot.dialogue.conversation import Place, Status
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, at, shared


def test_a_place_told_after_an_answer_gets_its_numbers_and_no_block(tester: DialogueTester) -> None:
    block = tester.engine.content("nl").states["forced_marriage.answer"].say
    tester.begin(at("forced_marriage.answer")).say("ik ben gewoon in nederland")
    tester.hears(shared(tester, "numbers_nl"), shared(tester, "place_said_nl")).hears_not(block.split("\n")[0])
    tester.say("1").in_state("lkha.answer")


def test_a_place_with_a_text_of_its_own_gets_that(tester: DialogueTester) -> None:
    text = tester.engine.content("nl").states["documents_taken.answer"].say_abroad
    tester.begin(at("documents_taken.answer")).say("ik ben in marokko").hears(text)


def test_the_country_is_asked_for_where_only_abroad_is_known(tester: DialogueTester) -> None:
    tester.begin(at("forced_marriage.answer")).say("4")
    tester.hears(shared(tester, "place_which"))
    assert tester.conversation.told.place is Place.ABROAD


@pytest.mark.parametrize(
    ("state", "text"), [("erase.confirm", "nee"), ("leave.confirm", "2"), ("erase.confirm", "toch niet")]
)
def test_after_a_no_everything_is_as_it_was(tester: DialogueTester, state: str, text: str) -> None:
    tester.begin(at(state, history=("forced_marriage.answer",))).say(text).in_state("forced_marriage.answer")
    tester.hears(shared(tester, "go_on"), BZ)
    assert tester.conversation.handling.status is Status.BOT


def test_who_waits_and_greets_hears_that_an_advisor_was_asked(tester: DialogueTester) -> None:
    first = tester.begin(at(StateName.MENU)).say("ik wil een medewerker").reply
    lines = ("footer_waiting", "wait_unknown", "kept_for_advisor")
    for text, line in zip(("hallo?", "9", "kan ik een mens spreken"), lines, strict=True):
        tester.say(text).hears(shared(tester, line), BZ)
        assert len(tester.reply) < len(first)
    tester.say("1").in_state(StateName.CANCELLED)
