"""Somebody an advisor has blocked gets the numbers and nobody's time; leaving and erasing go on working."""

import pytest

from bot.advisors.board import Advisor
from bot.dialogue.conversation import Status
from bot.dialogue.events import Blocked, DangerSeen
from bot.dialogue.pace import REMIND_EVERY
from bot.handoff.refusals import Refused
from tests.harness.dialogue import CONTACT, DialogueTester

ABROAD = "+31 247 247 247"
ADA, BEA = Advisor("ada"), Advisor("bea")


@pytest.fixture
def blocked(tester: DialogueTester) -> DialogueTester:
    tester.say("hoi", "ja", "medewerker")
    tester.desk.claim(ADA, CONTACT, "c")
    before = len(tester.storage.state.messages)
    after = tester.desk.block(ADA, CONTACT, "b")
    assert after.handling.status is Status.BOT
    assert len(tester.storage.state.messages) == before  # not a word of it to them
    return tester


def test_the_numbers_come_with_the_first_message_and_now_and_then(blocked: DialogueTester) -> None:
    replies = [blocked.say(f"zeg iets {number}", seconds=5).reply for number in range(2 * REMIND_EVERY)]
    told = [reply for reply in replies if reply]
    assert 1 <= len(told) <= 3
    assert all(ABROAD in reply for reply in told)


def test_danger_always_brings_them(blocked: DialogueTester) -> None:
    for _time in range(3):
        assert ABROAD in blocked.say("hij heeft een mes en hij komt nu").reply
    assert sum(isinstance(event, DangerSeen) for event in blocked.events) == 3


@pytest.mark.parametrize(
    "texts", [["medewerker"], ["9"], ["hoi", "ja", "medewerker"], ["wis", "medewerker"], ["wis", "9"]]
)
def test_no_way_leads_to_an_advisor(blocked: DialogueTester, texts: list[str]) -> None:
    blocked.say(*texts)
    assert blocked.conversation.handling.status is Status.BOT


def test_they_can_leave_hide_and_erase(blocked: DialogueTester) -> None:
    assert "verkeerd nummer" in blocked.say("onweer").reply
    blocked.wait(31).say("kaart")
    assert ABROAD in blocked.reply
    assert "Gewist" in blocked.say("wis", "ja").reply
    assert "stuur niets meer" in blocked.say("stop").reply


def test_erasing_does_not_end_it_and_it_is_ended_by_who_leads(blocked: DialogueTester) -> None:
    blocked.say("wis", "ja", "medewerker")
    assert blocked.conversation.handling.status is Status.BOT
    (block,) = blocked.desk.blocks()
    assert (block.contact, block.advisor) == (CONTACT, "ada")
    assert blocked.desk.unblock(block.id)
    assert not blocked.desk.unblock(block.id)
    assert blocked.say("medewerker").conversation.handling.status is Status.WAITING


def test_only_who_has_the_conversation_blocks(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "medewerker")
    tester.desk.claim(ADA, CONTACT, "c")
    with pytest.raises(Refused):
        tester.desk.block(BEA, CONTACT, "b")
    assert tester.desk.blocks() == []
    assert not any(isinstance(event, Blocked) for event in tester.events)
