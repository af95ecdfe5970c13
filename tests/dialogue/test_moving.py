"""The way back."""

from bot.dialogue.conversation import (
    HISTORY_LENGTH,
    Status,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import at


def test_back_retraces_the_steps(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("6", "1", "1").in_state("what_is.answer")
    tester.say("terug").in_state("questions.about").say("terug").in_state("questions.answer")
    tester.say("terug").in_state(StateName.MENU).say("terug").in_state(StateName.MENU)


def test_back_without_a_trail_is_the_neutral_opener_until_the_person_has_spoken(tester: DialogueTester) -> None:
    tester.begin(at("leave.thanks", subject_disclosed=False)).say("terug").in_state(StateName.OPENER)


def test_back_skips_what_was_only_passed(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("6", "kaart").in_state("card.show").say("terug").in_state("questions.answer")


def test_the_trail_has_an_end(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU))
    for _ in range(10):
        tester.say("6", "0")
    assert len(tester.conversation.position.history) == HISTORY_LENGTH


def test_back_after_cancelling_does_not_ask_for_a_person_again(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("6", "medewerker", "laat maar").in_state("handoff.cancelled").say("terug")
    assert tester.conversation.handling.status is Status.BOT
