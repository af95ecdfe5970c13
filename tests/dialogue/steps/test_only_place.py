"""A message that says only where somebody is."""

import pytest

from bot.dialogue.conversation import (
    Place,
)
from bot.dialogue.events import (
    PlaceTold,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import EMERGENCY, at


def test_a_country_in_a_question_becomes_a_choice(tester: DialogueTester) -> None:
    tester.say("ik mag niet terug uit Turkije").hears("Ik ben in Turkije")
    assert tester.conversation.told.country == ""
    state = tester.conversation.position.state
    tester.say("Ik ben in Turkije").in_state(state).caused(PlaceTold)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "TR")
    tester.hears_not(EMERGENCY + "\nAnders")


def test_who_names_the_netherlands_is_not_asked_twice_whether_they_are_there(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten en wil terug naar nederland").in_state("left_behind.answer")
    assert tester.reply.count("Ik ben in Nederland") == 1


def test_a_stated_country_in_a_few_more_words_is_only_a_place(tester: DialogueTester) -> None:
    tester.begin(at("unclear.candidates")).say("nee hoor ik ben gewoon in nederland")
    assert tester.conversation.told.place is Place.NETHERLANDS
    assert not tester.conversation.position.state.startswith("left_behind.")


@pytest.mark.parametrize("text", ["nee ik ben gewoon in nl", "ik ben thuis in nederland hoor"])
def test_to_be_at_home_is_not_to_be_left_behind(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.OTHER)).say(text).hears(EMERGENCY)
    assert tester.conversation.told.place is Place.NETHERLANDS
    assert not tester.conversation.position.state.startswith("left_behind.")


@pytest.mark.parametrize(
    "text", ["ik kom uit marokko maar woon al jaren in zeist", "i was born in iraq but grew up here"]
)
def test_where_somebody_is_from_is_listened_to(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text)
    assert tester.conversation.told.place is Place.UNKNOWN
    assert not tester.conversation.told.mentioned_country
    assert not tester.conversation.position.state.startswith(("left_behind.", "someone_abroad."))
