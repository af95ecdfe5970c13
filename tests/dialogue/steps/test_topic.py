"""A question about a topic."""

import pytest

from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at


def test_a_first_message_that_names_the_subject_is_answered_at_once(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten").in_state("left_behind.answer").hears(BZ, EMERGENCY)
    assert tester.conversation.told.subject_disclosed


def test_who_goes_on_telling_does_not_get_the_same_block_again(tester: DialogueTester) -> None:
    first = tester.begin(at(StateName.MENU)).say("mijn paspoort is afgepakt door mijn vader").reply
    tester.say("hij heeft mijn paspoort in een kluis gelegd")
    assert tester.reply
    assert tester.reply != first


def test_a_question_about_what_was_just_shown_gets_more_of_it_or_that_there_is_no_more(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("mijn paspoort is afgepakt door mijn vader")
    tester.say("zijn mijn papieren dan echt afgepakt?").in_state(StateName.NO_MORE)
    tester.begin(at("signs.answer")).say("waaraan kan ik nou merken dat het gaat gebeuren?").in_state("signs.travel")


@pytest.mark.parametrize("text", ["wat zijn de signalen van achterlating", "signalen?"])
def test_the_same_words_or_very_few_get_it_again(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text, text).in_state("signs.answer")
