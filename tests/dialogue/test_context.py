"""Half sentences: what two messages say together."""

from bot.dialogue.conversation import (
    FRAGMENT_MINUTES,
)
from bot.dialogue.events import (
    DangerSeen,
)
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY


def test_two_halves_of_a_danger_are_read_together(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft")
    assert DangerSeen() not in tester.events
    tester.say("een mes").in_state("danger.answer").caused(DangerSeen).hears(EMERGENCY, BZ)


def test_after_two_minutes_they_are_two_messages(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft").wait(FRAGMENT_MINUTES + 1).say("een mes")
    assert DangerSeen() not in tester.events


def test_a_number_in_between_parts_them(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft", "1", "een mes")
    assert DangerSeen() not in tester.events


def test_what_was_answered_as_danger_is_not_read_again(tester: DialogueTester) -> None:
    tester.say("hij slaat me").in_state("danger.answer")
    assert tester.conversation.position.fragment == ""


def test_what_was_understood_is_no_half_sentence(tester: DialogueTester) -> None:
    tester.say("papa heeft me paspoort").in_state("documents_taken.answer")
    assert tester.conversation.position.fragment == ""
    tester.say("bizi burada bırakıp gittiler").in_state("left_behind.answer")


def test_a_sentence_is_never_kept(tester: DialogueTester) -> None:
    tester.say("hoi", "ik wil graag weten wat het kost om te bellen")
    assert tester.conversation.position.fragment == ""
