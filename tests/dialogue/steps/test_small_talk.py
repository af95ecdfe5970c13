"""A greeting, thanks, yes and no, and what is none of our business."""

import pytest

from bot.dialogue.states import StateName
from bot.rendering.segments import measure
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at, shared


@pytest.mark.parametrize(
    "text", ["hoi", "Hallo!", "hello", "good morning", "salam", "1", "?", "ja", "dank je", "blorp vlim"]
)
def test_who_has_said_nothing_yet_gets_the_neutral_opener_with_both_numbers(tester: DialogueTester, text: str) -> None:
    tester.say(text).in_state(StateName.OPENER).hears(EMERGENCY, BZ)
    lower = tester.reply.lower()
    for word in ("achter", "veilig thuis", "geweld", "huwelijk", "ministerie", "abandon", "violence", "ministry"):
        assert word not in lower
    assert not tester.conversation.told.subject_disclosed


@pytest.mark.parametrize("text", ["hoi", "hello"])
def test_the_opener_is_one_sms_with_each_number_on_its_own_line(tester: DialogueTester, text: str) -> None:
    tester.say(text)
    assert measure(tester.reply).segments == 1
    assert {EMERGENCY, BZ} <= set(tester.reply.split("\n"))


def test_yes_where_nothing_was_asked_is_only_heard(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("ja").in_state("follow.ok").hears_not(shared(tester, "choose_number"))
