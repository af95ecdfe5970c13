"""Words of the person's own: one hides everything, the other brings it back."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.advisors.board import Advisor
from bot.dialogue.conversation import Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import DecoyStarted, Heard, KnownAgain
from bot.dialogue.states import StateName
from tests.harness.dialogue import CONTACT, DialogueTester
from tests.harness.fixed import NOW
from tests.harness.talking import with_words

ADA = Advisor("ada")
DULL = "Sorry, ik denk dat je een verkeerd nummer hebt."
ABROAD = "+31 247 247 247"


def test_the_chosen_word_hides_everything_and_the_other_brings_it_back(tester: DialogueTester) -> None:
    with_words(tester)
    shown, state = tester.reply, tester.conversation.position.state
    tester.say("pannenkoek!")
    assert tester.reply == DULL
    assert DecoyStarted() in tester.events
    for text in ("menu", "help", "1", "9", "pannenkoek", "mijn paspoort is weg", "wis", "ja"):
        assert tester.say(text).reply == DULL, text
    tester.say("Tante Rita")
    assert KnownAgain() in tester.events
    assert (tester.reply, tester.conversation.position.state) == (shown, state)
    assert not tester.conversation.privacy.observed


def test_after_a_silence_only_the_word_brings_the_context_back(tester: DialogueTester) -> None:
    with_words(tester)
    shown = tester.reply
    tester.now += timedelta(minutes=31)
    tester.say("hoi")
    assert "Kun je nu veilig typen?" in tester.reply
    assert "paspoort" not in tester.reply.lower()
    tester.say("tante rita")
    assert tester.reply == shown
    tester.now += timedelta(minutes=31)
    assert tester.say("tante rita").reply == shown  # at once, without the opener


def test_two_silences_put_away_no_more_than_one(tester: DialogueTester) -> None:
    with_words(tester)
    shown = tester.reply
    for _silence in range(2):
        tester.now += timedelta(minutes=31)
        tester.say("hoi")
    assert tester.say("tante rita").reply == shown


def test_the_word_to_hide_does_not_open_again_and_the_other_does_not_hide(tester: DialogueTester) -> None:
    with_words(tester)
    state = tester.conversation.position.state
    tester.say("tante rita")
    assert KnownAgain() not in tester.events  # nothing was hidden
    assert tester.conversation.position.state != StateName.DECOY
    tester.say("pannenkoek", "pannenkoek")
    assert tester.conversation.position.state == StateName.DECOY
    assert state


@pytest.mark.parametrize("text", ["⛈️", "⛈", "🌩️🌧️", " ⚡ "])
def test_a_sign_of_bad_weather_hides_as_well(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", "ja", text)
    assert tester.reply == DULL


def test_nobody_reads_the_words_not_even_advisors(tester: DialogueTester) -> None:
    with_words(tester)
    tester.say("pannenkoek", "tante rita")
    heard = [event for event in tester.events if isinstance(event, Heard)]
    assert all("pannenkoek" not in each.text.lower() and "rita" not in each.text.lower() for each in heard)
    assert "pannenkoek" not in repr(tester.conversation)
    assert tester.conversation.position.fragment == ""


def test_taking_somebody_who_plays_a_stranger_leaves_them_one(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "medewerker", "onweer")
    assert tester.conversation.handling.status is Status.WAITING
    tester.desk.claim(ADA, CONTACT, "c")
    assert tester.say("hallo?").reply == DULL


def test_red_danger_in_the_decoy_brings_the_two_bare_numbers(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "onweer")
    tester.say("help hij slaat mij nu")
    assert ABROAD in tester.reply
    assert "veilig thuis" not in tester.reply.lower()


TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["menu", "9", "0", "1", "help", "medewerker", "english", "wis", "kaart", "terug", "ja", "tante"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(texts=st.lists(TEXTS, min_size=50, max_size=50))
def test_whatever_fifty_messages_follow_the_answer_is_dull_or_the_bare_numbers(
    engine: Engine, texts: list[str]
) -> None:
    tester = with_words(DialogueTester(engine, NOW))
    tester.say("pannenkoek")
    bare = engine.contents["nl"].shared["emergency_line"]
    for text in texts:
        assert tester.say(text).reply in (DULL, bare)


@settings(deadline=None, max_examples=20)
@given(words=st.lists(st.text("bcdfghjklmnpqrstvwxz", min_size=6, max_size=9), min_size=1, max_size=4))
def test_no_answer_holds_anything_the_person_wrote(engine: Engine, words: list[str]) -> None:
    tester = with_words(DialogueTester(engine, NOW))
    for text in words:
        tester.say(text)
    for text in ("pannenkoek", "tante rita", "hoi"):
        tester.say(text)
        told = tester.reply.lower()
        assert not any(word in told for word in words)
    assert tester.conversation.position.state in (StateName.MENU, StateName.OPENER, StateName.DECOY) or tester.reply
