"""An advisor has the conversation."""

import pytest

from bot.dialogue.conversation import (
    SILENCE_MINUTES,
    Status,
)
from bot.dialogue.events import (
    DangerSeen,
    Heard,
)
from bot.dialogue.states import StateName
from bot.messages import Kind
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at, first_lines


@pytest.mark.parametrize("text", ["hoi", "1", "9", "0", "blorp vlim", "menu", "hij slaat me niet"])
def test_while_an_advisor_has_the_conversation_the_bot_is_silent(tester: DialogueTester, text: str) -> None:
    before = at(StateName.HANDOFF, status=Status.ADVISOR, advisor="ada", channel="sms")
    tester.begin(before).say(text)
    assert tester.reply == ""
    assert tester.conversation.with_position(fragment="").with_handling(pending_minute=0) == before
    assert tester.conversation.handling.pending_minute == tester.conversation.heard_minute
    assert [type(event) for event in tester.events] == [Heard]


@pytest.mark.parametrize("text", ["hij slaat me", "help", "he has a knife"])
def test_danger_words_bring_the_numbers_even_then(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).say(text).caused(DangerSeen)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))
    assert tester.conversation.handling.status is Status.ADVISOR
    assert tester.conversation.handling.danger


def test_an_advisor_keeps_the_conversation_through_a_silence(tester: DialogueTester) -> None:
    tester.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).wait(SILENCE_MINUTES + 1).say("hoi")
    assert tester.reply == ""
    assert tester.conversation.handling.status is Status.ADVISOR


def test_while_an_advisor_has_the_conversation_a_photo_is_only_kept(tester: DialogueTester) -> None:
    tester.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).say("", kind=Kind.PHOTO)
    assert tester.reply == ""
    assert tester.events == [Heard("photo", "")]
