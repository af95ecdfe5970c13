"""A message that says only where somebody is."""

from bot.dialogue.conversation import (
    Place,
)
from bot.dialogue.events import (
    PlaceTold,
)
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
