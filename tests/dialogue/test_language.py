"""Which language the answer is in."""

import pytest

from bot.content.library import Library
from bot.dialogue.conversation import Place
from bot.dialogue.events import (
    LanguageChosen,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import at


@pytest.mark.parametrize(
    ("text", "locale"),
    [("hoi", "nl"), ("hello", "en"), ("ik ben bang", "nl"), ("I am scared of my father", "en"), ("1", "nl")],
)
def test_the_first_message_decides_the_language(tester: DialogueTester, text: str, locale: str) -> None:
    tester.say(text).caused(LanguageChosen)
    assert tester.conversation.locale == locale


@pytest.mark.parametrize("text", ["لا أعرف ماذا أفعل", "je ne sais pas quoi faire", "nie wiem co robić"])
def test_a_language_without_texts_is_answered_in_the_closest_live_one(
    tester: DialogueTester, library: Library, text: str
) -> None:
    language = tester.engine.rules.understander.understand(text, None).language
    assert language not in tester.engine.contents
    tester.say(text)
    assert tester.conversation.locale == library.languages.closest[language]


def test_a_language_without_texts_is_said_to_have_none(tester: DialogueTester) -> None:
    tester.say("hoi", "deutsch").in_state("language.other")
    tester.say("0").in_state(StateName.MENU)


def test_a_clear_change_of_language_is_followed_and_one_word_is_not(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("ok")
    assert tester.conversation.locale == "nl"
    tester.say("I don't know what they want, they think I should go back home with them")
    assert tester.conversation.locale == "en"


def test_the_language_menu_leads_back_to_where_the_person_was(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("taal").in_state("language.choose").say("2").in_state("cost.answer")
    assert tester.conversation.locale == "en"


@pytest.mark.parametrize(("locale", "other"), [("nl", "en"), ("en", "nl")])
def test_the_third_choice_of_the_opener_is_the_other_language(tester: DialogueTester, locale: str, other: str) -> None:
    tester.begin(at(StateName.OPENER, locale=locale, subject_disclosed=False)).say("3").in_state(StateName.OPENER)
    assert tester.conversation.locale == other


DUTCH, ENGLISH = "+31612345678", "+447700900123"


@pytest.mark.parametrize(
    ("greeting", "number", "locale"),
    [("hey", DUTCH, "nl"), ("Hey!", DUTCH, "nl"), ("yo", DUTCH, "nl"), ("hey", ENGLISH, "en"), ("hello", DUTCH, "en")],
)
def test_a_greeting_of_both_languages_is_answered_in_that_of_the_number(
    tester: DialogueTester, greeting: str, number: str, locale: str
) -> None:
    tester.say(greeting, address=number)
    assert tester.conversation.locale == locale
    assert tester.conversation.told.place is Place.UNKNOWN


@pytest.mark.parametrize(
    ("locale", "answer", "then"),
    [
        ("en", "ja", "nl"), ("en", "nee", "nl"), ("en", "jaa", "nl"), ("en", "tuurlijk", "nl"), ("en", "jup", "nl"),
        ("nl", "yes", "en"), ("nl", "yeah", "en"), ("en", "ok", "en"), ("nl", "ok", "nl"), ("nl", "ja", "nl"),
    ],
)  # fmt: skip
def test_a_yes_or_no_to_the_first_question_tells_the_language(
    tester: DialogueTester, locale: str, answer: str, then: str
) -> None:
    tester.begin(at(StateName.OPENER, locale=locale, subject_disclosed=False)).say(answer)
    assert tester.conversation.locale == then


def test_later_one_word_changes_nothing(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer", locale="en")).say("ja")
    assert tester.conversation.locale == "en"
