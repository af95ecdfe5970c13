"""A question about a topic."""

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


def test_a_question_about_what_was_just_shown_gets_it_again(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("mijn paspoort is afgepakt door mijn vader")
    tester.say("zijn mijn papieren dan echt afgepakt?").in_state("documents_taken.answer")
