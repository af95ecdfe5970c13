"""The case code: made by chance, said once, told again to nobody but an advisor."""

import math
from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bot.advisors.board import Advisor
from bot.content.building import build_reader
from bot.content.library import Library
from bot.dialogue import case_code
from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import Answers, CodeBrought, CodeMade
from bot.dialogue.turn import Circumstances
from bot.messages import Channel, Inbound
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW


def made(tester: DialogueTester) -> CodeMade:
    return next(event for event in reversed(tester.events) if isinstance(event, CodeMade))


def other(tester: DialogueTester) -> DialogueTester:
    """Another phone on the same storage."""
    second = DialogueTester(tester.engine, tester.now)
    second.storage = tester.storage
    second.runner._storage = tester.storage
    second.contact = "d" * 22
    return second


# -- making --------------------------------------------------------------------------------------------------------


def test_a_code_stands_in_the_answer_on_a_line_of_its_own(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "ik ben in marokko", "code")
    code = made(tester)
    assert code.words in tester.reply.splitlines()
    assert code.answers == Answers(language="nl", place="abroad", country="MA", safe=True)


def test_each_time_it_is_another_one(tester: DialogueTester) -> None:
    found = [tester.say("code").conversation.case_code for _time in range(20)]
    assert len(set(found)) == 20


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_it_has_33_bits_and_its_words_are_not_taken_for_one_another(library: Library, locale: str) -> None:
    words = library.content.code_words[locale]
    assert case_code.WORDS * math.log2(len(words)) >= 33
    near = [(one, two) for one in words for two in words if one < two and Levenshtein.distance(one, two) < 2]
    assert near == []


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_no_word_of_it_means_danger_a_country_or_a_command(library: Library, locale: str) -> None:
    reader = build_reader(library, None)
    for word in library.content.code_words[locale]:
        found = reader.understand(word, locale)
        assert (found.danger, found.country, found.command) == ("none", None, None), word


@for_all(random_bits=st.integers(0, 2**case_code.RANDOM_BITS - 1))
@settings(deadline=None)
def test_what_is_drawn_is_read_back(random_bits: int) -> None:
    words = [f"{first}{second}woord" for first in "abcdefghijklmnopqrst" for second in "abcdefghijklmnopqrst"]
    code = case_code.drawn(words, random_bits)
    typed = code.upper().replace(" ", ", ", 1).replace(" ", "-")
    assert case_code.read(typed, frozenset(words)) == code
    assert case_code.read(code + " en", frozenset(words)) == ""


def test_chance_alone_decides_it(engine: Engine) -> None:
    """Whoever asks, and whenever: the same random bits is the same code, so nothing of a number is in it."""
    codes = set()
    for contact, channel, wait in (("a" * 22, Channel.SMS, 0), ("b" * 22, Channel.WHATSAPP, 9)):
        inbound = Inbound(message_id=contact, contact=contact, channel=channel, text="code", address="+31612345678")
        turn = engine.advance(Conversation(), engine.read(inbound), Circumstances(NOW + timedelta(days=wait), 7**20))
        codes.add(turn.conversation.case_code)
    assert len(codes) == 1


def test_its_text_says_neither_subject_nor_organisation(engine: Engine, library: Library) -> None:
    for locale, content in engine.contents.items():
        for state in ("code.given", "code.brought"):
            assert content.states[state].neutral
            assert not any(word in content.states[state].say.lower() for word in library.content.neutral[locale])


def test_a_silence_takes_the_words_from_the_screen(tester: DialogueTester) -> None:
    tester.say("code").wait(31).say("hoi")
    assert tester.conversation.case_code == ""
    assert made(tester).words not in tester.reply


# -- bringing ------------------------------------------------------------------------------------------------------


def test_from_another_number_the_answers_go_to_the_advisor_and_to_nobody_else(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "ik ben in marokko", "1", "code")
    code = made(tester)
    second = other(tester)
    second.say(code.words)
    assert "Ik bewaar dit voor de medewerker" in second.reply
    assert "Marokko" not in second.reply
    assert second.conversation.told.country == ""
    assert second.conversation.told.place is Place.UNKNOWN
    second.say("9")
    page = second.desk.claim(Advisor("ada"), second.contact, "c")
    assert page.handling.status is Status.ADVISOR
    brought = [event for event in second.events if isinstance(event, CodeBrought)]
    assert [event.answers for event in brought] == [code.answers]


def test_it_serves_once(tester: DialogueTester) -> None:
    tester.say("hoi", "code")
    code = made(tester)
    second = other(tester)
    assert "Dank je" in second.say(code.words).reply
    assert "kan ik nu niets" in second.say(code.words).reply
    assert sum(isinstance(event, CodeBrought) for event in second.events) == 1


def test_one_that_was_never_given_changes_nothing(tester: DialogueTester) -> None:
    tester.say("hoi", "ja")
    before = tester.conversation.position.state
    assert "kan ik nu niets" in tester.say("appel peer banaan kers", "appel druif banaan kers").reply
    assert tester.conversation.position.state == before


def test_a_guesser_is_told_the_same_whether_it_is_right_or_wrong(tester: DialogueTester) -> None:
    tester.say("hoi", "code")
    code = made(tester)
    second = other(tester)
    for word in ("appel", "banaan", "citroen", "peer", "druif"):
        second.say(f"{word} lamp fiets boter")
    assert "kan ik nu niets" in second.say(code.words).reply
    assert "codes_guessed" in second.reports.names()
    assert tester.storage.case_codes.look_up(code.words, "ada") == code.answers


def test_with_an_advisor_it_comes_in_silently(tester: DialogueTester) -> None:
    tester.say("hoi", "code")
    code = made(tester)
    second = other(tester)
    second.say("hoi", "ja", "medewerker")
    second.desk.claim(Advisor("ada"), second.contact, "c")
    assert second.say(code.words).reply == ""
    assert any(isinstance(event, CodeBrought) for event in second.events)


def test_behind_a_decoy_a_code_is_dull_text(tester: DialogueTester) -> None:
    tester.say("hoi", "code")
    code = made(tester)
    second = other(tester)
    dull = second.say("hoi", "onweer", "wie is dit").reply
    assert second.say(code.words).reply == dull
    assert tester.storage.case_codes.look_up(code.words, "ada") == code.answers


def test_words_that_were_never_given_still_bring_the_numbers(tester: DialogueTester) -> None:
    assert "+31 247 247 247" in tester.say("appel peer banaan kers").reply
