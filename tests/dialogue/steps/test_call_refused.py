"""Who must not be called."""

from bot.dialogue.conversation import (
    SILENCE_MINUTES,
)
from bot.dialogue.events import (
    CallRefused,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import at, shared


def test_who_must_not_be_called_is_heard_once_and_remembered(tester: DialogueTester) -> None:
    tester.say("hoi", "bel me niet").caused(CallRefused).hears(shared(tester, "no_call"))
    assert tester.conversation.told.no_call
    tester.say("bel me niet").hears_not(shared(tester, "no_call"))


def test_it_still_counts_after_a_silence_and_in_the_waiting_list(tester: DialogueTester) -> None:
    tester.say("hoi", "bel me niet").wait(SILENCE_MINUTES + 1).say("ik wil een mens spreken").in_state(
        StateName.HANDOFF
    )
    assert tester.conversation.told.no_call


def test_what_somebody_else_does_not_dare_is_not_said_of_oneself(tester: DialogueTester) -> None:
    tester.begin(at("forced_marriage.answer", role="other")).say("hij durft zelf niet te bellen")
    assert not tester.conversation.told.no_call
