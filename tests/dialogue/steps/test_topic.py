"""A question about a topic."""

from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY


def test_a_first_message_that_names_the_subject_is_answered_at_once(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten").in_state("left_behind.answer").hears(BZ, EMERGENCY)
    assert tester.conversation.told.subject_disclosed
