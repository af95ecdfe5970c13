"""Commands, by their words."""

import pytest

from bot.dialogue.conversation import (
    Conversation,
    Status,
)
from bot.dialogue.events import (
    AdvisorCancelled,
    ErasureRequested,
    Stopped,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, UNKNOWN_TEXTS, at


@pytest.mark.parametrize(("text", "locale"), [("english please", "en"), ("in het engels", "en"), ("English", "en")])
def test_asking_for_a_language_shows_the_same_in_it(tester: DialogueTester, text: str, locale: str) -> None:
    tester.begin(at("questions.about", history=(StateName.MENU,))).say(text).in_state("questions.about")
    assert tester.conversation.locale == locale
    assert tester.conversation.position.history == (StateName.MENU,)


def test_asking_for_a_language_keeps_the_topics_that_were_offered(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0]).in_state(StateName.CANDIDATES)
    offered = tester.conversation.position.candidates
    tester.say("english please").in_state(StateName.CANDIDATES)
    assert tester.conversation.position.candidates == offered
    tester.hears(*(tester.engine.contents["en"].titles[topic] for topic in offered))


def test_erasing_is_confirmed_first_and_then_leaves_nothing(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "medewerker", "wis alles").in_state("erase.confirm")
    assert tester.conversation.handling.status is Status.WAITING
    tester.say("ja").hears("Gewist")
    assert tester.conversation == Conversation()
    assert tester.events == []
    assert tester.storage.queue.waiting() == []
    assert tester.reports[-2] == ("event", {"event": ErasureRequested.__name__})


def test_who_does_not_confirm_keeps_everything(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("wis", "nee").in_state("cost.answer")
    assert tester.events


def test_after_erasing_the_next_message_is_a_first_one(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("wis", "ja", "hoi").in_state(StateName.OPENER)


@pytest.mark.parametrize("text", ["stop", "STOP", "afmelden"])
def test_stop_ends_with_the_numbers_and_the_door_open(tester: DialogueTester, text: str) -> None:
    tester.say("ik ben achtergelaten", "9", text).in_state("leave.stopped").hears(EMERGENCY, BZ)
    tester.caused(Stopped, AdvisorCancelled)
    assert tester.conversation.handling.status is Status.BOT
    assert tester.conversation.position.history == ()
    tester.say("hoi").in_state(StateName.OPENER)
