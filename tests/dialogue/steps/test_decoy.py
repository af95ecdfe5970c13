"""Behind a decoy."""

import pytest

from bot.dialogue.conversation import (
    SILENCE_MINUTES,
    Place,
    Status,
)
from bot.dialogue.events import (
    DangerSeen,
    DecoyStarted,
)
from bot.dialogue.states import StateName
from bot.messages import Kind
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import EMERGENCY, at, shared, with_words

DULL = [
    "menu", "0", "9", "1", "help", "medewerker", "kaart", "terug", "wis", "stop", "taal", "english please", "hoi", "ja",
    "nee", "bedankt", "ik ben achtergelaten", "mijn paspoort is afgepakt", "wie ben je", "wat is dit", "blorp", "?",
    "Marokko", "ik wil een mens spreken", "onweer", "safe", "unsafe", "2", "3", "8", "99", "112 hier", "info", "start",
    "who is this", "what is this number", "human please", "card", "back", "erase", "language", "thunderstorm", "hello",
    "yes", "no", "thanks", "ik ben in nederland", "ik ben in het buitenland", "hij slaat me niet", "veilig thuis",
]  # fmt: skip


def test_after_a_decoy_word_only_a_dull_stranger_answers(tester: DialogueTester) -> None:
    assert len(DULL) == 50
    tester.say("ik ben achtergelaten", "er dreigt onweer").in_state(StateName.DECOY).caused(DecoyStarted)
    dull = tester.reply
    assert "nummer" in dull
    for text in DULL:
        tester.say(text).in_state(StateName.DECOY)
        assert tester.reply == dull, text
    tester.wait(10)  # fifty in no time are nearly a flood
    for kind in Kind:
        tester.say("", kind=kind)
        assert tester.reply == dull, kind
    assert tester.conversation.privacy.observed
    assert (tester.conversation.told.place, tester.conversation.position.history) == (Place.UNKNOWN, ())


def test_behind_a_decoy_red_danger_gets_the_two_numbers_and_nothing_else(tester: DialogueTester) -> None:
    tester.say("hoi", "verkeerd nummer", "hij slaat me").in_state(StateName.DECOY).caused(DangerSeen)
    assert tester.reply == shared(tester, "emergency_line").format(**tester.engine.contents["nl"].numbers)
    tester.say("wat").in_state(StateName.DECOY).hears_not(EMERGENCY)


def test_a_decoy_lasts_until_half_an_hour_of_silence(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "onweer").wait(SILENCE_MINUTES).say("menu").in_state(StateName.DECOY)
    tester.wait(SILENCE_MINUTES + 1).say("menu").in_state(StateName.MENU)


def test_after_a_decoy_and_a_silence_comes_the_neutral_opener(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "onweer").wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    assert tester.conversation.privacy.observed
    assert not tester.conversation.told.subject_disclosed


@pytest.mark.parametrize("text", ["onweer", "wrong number", "yanlış numara", "رقم خطأ"])
def test_a_first_word_that_is_a_decoy_gets_the_dull_stranger_alone(tester: DialogueTester, text: str) -> None:
    tester.say(text).in_state(StateName.DECOY)
    assert tester.reply == tester.engine.content(tester.conversation.locale).states[StateName.DECOY].say


def test_who_waits_is_not_forgotten_behind_a_decoy(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9", "onweer").in_state(StateName.DECOY)
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize(
    "text", ["het is weer veilig", "ik ben het weer, is veilig nu", "hij is weg", "ik ben alleen", "its safe now"]
)
def test_who_says_that_it_is_safe_again_is_asked_the_neutral_question(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", "ja", "mijn paspoort is weg", "onweer", text).in_state(StateName.OPENER)
    assert tester.conversation.privacy.observed
    tester.say("ja")
    assert not tester.conversation.privacy.observed


@pytest.mark.parametrize(
    "text", ["hoi", "ik ben het weer", "0", "begin opnieuw", "1 ja", "ja", "wie is dit", "niet veilig"]
)
def test_nothing_else_leads_back(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", "ja", "mijn paspoort is weg", "onweer", text).in_state(StateName.DECOY)


def test_where_a_word_was_chosen_only_that_leads_back(tester: DialogueTester) -> None:
    with_words(tester).say("pannenkoek", "het is weer veilig").in_state(StateName.DECOY)
    tester.say("tante rita")
    assert tester.conversation.position.state != StateName.DECOY


@pytest.mark.parametrize(
    "text",
    [
        "ben weer alleen", "ok ze is weer weg", "ze slaapt nu", "hoi ben ik weer had me broer", "coast is clear",
        "im back she left", "c'est bon il est parti, je suis en sécurité", "annem gitti artık yalnızım",
        "أنا وحدي الآن", "بابام خوابید", "abbu so gaye", "mcha baba daba bohdi",
    ],
)  # fmt: skip
def test_whoever_is_back_is_asked_whether_it_is_safe(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", "ja", "er dreigt onweer", text).in_state(StateName.OPENER)
