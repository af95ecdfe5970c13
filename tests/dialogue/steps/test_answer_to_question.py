"""Choosing by the words of the list."""

import pytest

from bot.dialogue.conversation import (
    Conversation,
    Status,
)
from bot.dialogue.engine import Engine
from bot.dialogue.events import (
    AdvisorCancelled,
)
from bot.dialogue.states import StateName
from bot.messages import Kind
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW
from tests.harness.talking import at


@pytest.mark.parametrize("text", ["Ik moet op reis", "ik moet op reis!", "IK MOET OP REIS", "vakantie", "reis"])
def test_a_choice_may_be_made_by_its_label_or_another_word(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state("trip.answer")


def test_every_choice_is_the_same_by_number_and_by_label(engine: Engine) -> None:
    wrong = []
    for locale, content in engine.contents.items():
        for name, state in content.states.items():
            start = at(name, locale=locale, history=("cost.answer",))
            for number, choice in enumerate(state.visible(start), start=1):
                by_number, by_label = (reached(engine, start, text) for text in (str(number), choice.label))
                if by_number != by_label:
                    wrong.append((locale, name, choice.label, by_number, by_label))
    assert wrong == []


def test_every_other_word_of_a_choice_chooses_it_unless_it_is_danger_or_asks_for_a_language(engine: Engine) -> None:
    wrong = []
    for locale, content in engine.contents.items():
        for name, state in content.states.items():
            start = at(name, locale=locale, history=("cost.answer",))
            for number, choice in enumerate(state.visible(start), start=1):
                for word in filter(str.strip, choice.words.split("|")):
                    understood = engine.rules.understander.understand(word, locale)
                    if understood.danger == "red" or understood.switch_to:
                        continue
                    if reached(engine, start, word) != reached(engine, start, str(number)):
                        wrong.append((locale, name, choice.id, word))
    assert wrong == []


def reached(engine: Engine, start: Conversation, text: str) -> str:
    return DialogueTester(engine, NOW).begin(start).say(text).conversation.position.state


@pytest.mark.parametrize(("text", "role"), [("4", "other"), ("5", "work")])
def test_a_choice_sets_what_it_says(tester: DialogueTester, text: str, role: str) -> None:
    tester.begin(at(StateName.MENU)).say(text)
    assert tester.conversation.told.role == role


def test_the_button_of_a_menu_is_read_by_its_title(tester: DialogueTester) -> None:
    tester.say("hoi").say("ja", kind=Kind.BUTTON, payload="safe").in_state(StateName.MENU)


@pytest.mark.parametrize("text", ["1", "laat maar", "Toch geen medewerker"])
def test_a_request_can_be_cancelled(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say("9", text).in_state("handoff.cancelled").caused(AdvisorCancelled)
    assert tester.conversation.handling.status is Status.BOT
    assert tester.conversation.handling.waiting_minute == 0
    assert tester.storage.queue.waiting() == []


@pytest.mark.parametrize("first", ["9", "hij slaat me"])
@pytest.mark.parametrize("text", ["nog iets", "nog lang?", "nog even", "en nog een ding", "niets", "nog nooit"])
def test_what_only_sounds_like_a_no_takes_no_request_back(tester: DialogueTester, first: str, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(first)
    assert tester.conversation.handling.status is Status.WAITING
    tester.say(text)
    assert tester.conversation.handling.status is Status.WAITING


def test_no_advisor_and_a_question_gets_both(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9").say("laat maar, geen medewerker, wat doet het lkha")
    tester.in_state("lkha.what")
    assert tester.conversation.handling.status is Status.BOT
