"""What is written after an advisor has closed the conversation."""

import pytest

from bot.dialogue.conversation import GRACE_MINUTES, Status
from bot.dialogue.events import AdvisorRequested
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester


@pytest.fixture
def closed(tester: DialogueTester) -> DialogueTester:
    tester.say("hoi", "ja", "medewerker")
    for act in ("claims", "writes Hoi", "closes"):
        tester.advisor("ada", act)
    return tester


@pytest.mark.parametrize("text", ["bedankt", "dank je wel"])
def test_thanks_asks_for_nobody(closed: DialogueTester, text: str) -> None:
    closed.say(text).in_state(StateName.THANKS)
    assert closed.conversation.handling.status is Status.CLOSED


@pytest.mark.parametrize("text", ["mijn paspoort is weg", "ik heb nog een vraag"])
def test_anything_else_goes_back_to_the_advisors(closed: DialogueTester, text: str) -> None:
    closed.say(text).in_state(StateName.HANDOFF).caused(AdvisorRequested)
    handling = closed.conversation.handling
    assert (handling.status, handling.requeued) == (Status.WAITING, True)


def test_danger_and_commands_come_first(closed: DialogueTester) -> None:
    closed.say("menu").in_state(StateName.MENU)
    assert closed.conversation.handling.status is Status.BOT


def test_danger_goes_back_to_them_with_the_numbers(closed: DialogueTester) -> None:
    closed.say("hij slaat me").in_state("danger.answer")
    assert closed.conversation.handling.status is Status.WAITING


def test_after_half_an_hour_it_is_the_bots_again(closed: DialogueTester) -> None:
    closed.wait(GRACE_MINUTES + 1).say("mijn paspoort is weg")
    assert closed.conversation.handling.status is Status.BOT
