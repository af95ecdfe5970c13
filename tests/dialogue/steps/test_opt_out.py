"""What the network answers itself."""

import pytest

from bot.dialogue.conversation import (
    Status,
)
from bot.dialogue.events import (
    Heard,
    Stopped,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import at


@pytest.mark.parametrize("state", ["", StateName.MENU, StateName.DECOY, StateName.HANDOFF])
def test_a_stop_of_the_network_is_answered_by_the_network_alone(tester: DialogueTester, state: str) -> None:
    status = Status.WAITING if state == StateName.HANDOFF else Status.BOT
    tester.begin(at(state, status=status, history=("cost.answer",))).say("STOP", opt_out=True)
    assert tester.reply == ""
    hidden = state == StateName.DECOY  # nothing but the person brings back what is hidden
    assert tester.conversation.position.state == (StateName.DECOY if hidden else "")
    assert tester.conversation.handling.status is Status.BOT
    tester.caused(Heard, Stopped)
    tester.say("hoi").in_state(StateName.DECOY if hidden else StateName.OPENER)


@pytest.mark.parametrize("text", ["START", "HELP", "HULP", "AIDE", "ik wil toch weer praten"])
@pytest.mark.parametrize("status", [Status.BOT, Status.WAITING])
def test_other_words_of_the_network_end_nothing(tester: DialogueTester, text: str, status: Status) -> None:
    tester.begin(at(StateName.MENU, status=status)).say(text, opt_out=True, stays=True)
    assert tester.reply == ""
    assert tester.conversation.position.state == StateName.MENU
    assert tester.conversation.handling.status is status
