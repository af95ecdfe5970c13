"""The answer to "which country"."""

from bot.dialogue.conversation import (
    Place,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import UNKNOWN_TEXTS, at, shared


def test_a_country_nobody_knows_is_asked_for_once_more_and_no_more(tester: DialogueTester) -> None:
    tester.begin(at("place.country", place=Place.ABROAD, history=("left_behind.answer",)))
    tester.say(UNKNOWN_TEXTS[0]).in_state("place.country").hears(shared(tester, "country_unknown"))
    tester.say(UNKNOWN_TEXTS[1]).in_state(StateName.PERSON)


def test_nobody_has_to_name_the_country(tester: DialogueTester) -> None:
    tester.begin(at("place.country", place=Place.ABROAD, history=("left_behind.answer",))).say("1")
    tester.in_state("left_behind.answer")
    assert tester.conversation.told.country == ""


def test_the_netherlands_is_no_country_abroad(tester: DialogueTester) -> None:
    tester.begin(at("place.country", history=("left_behind.answer",))).say("Nederland").in_state("left_behind.answer")
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.NETHERLANDS, "")
