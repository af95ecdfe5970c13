"""What resembles nothing."""

import itertools

import pytest

from bot.dialogue.events import (
    Heard,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, UNKNOWN_TEXTS, at, shared


def test_an_unknown_text_is_offered_three_topics_then_a_person(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0]).in_state(StateName.CANDIDATES).hears(EMERGENCY, BZ)
    offered = tester.conversation.position.candidates
    assert len(set(offered)) == 3
    tester.hears(*(f"{number} {tester.engine.contents['nl'].titles[each]}" for number, each in enumerate(offered, 1)))
    tester.say(UNKNOWN_TEXTS[1]).in_state(StateName.PERSON).hears(EMERGENCY, BZ)


def test_an_offered_topic_can_be_chosen(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0])
    offered = tester.conversation.position.candidates
    tester.say("2").in_state(tester.engine.contents["nl"].topics[offered[1]])
    assert tester.conversation.position.candidates == ()


def test_none_of_the_offered_topics_leads_to_the_menu(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0], "4").in_state(StateName.MENU)


@pytest.mark.parametrize("start", ["ik ben achtergelaten", "hoi"])
def test_unknown_texts_never_get_the_same_answer_twice_in_a_row(tester: DialogueTester, start: str) -> None:
    replies = [tester.say(start).reply, *(tester.say(text).reply for text in UNKNOWN_TEXTS)]
    assert all(one != two for one, two in itertools.pairwise(replies))


def test_before_the_person_has_spoken_an_unknown_text_leads_to_no_topic(tester: DialogueTester) -> None:
    tester.say("hoi", UNKNOWN_TEXTS[0]).in_state(StateName.OPENER).hears(shared(tester, "not_understood"))


def test_an_understood_text_in_between_starts_the_count_anew(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0], "menu", UNKNOWN_TEXTS[1]).in_state(StateName.CANDIDATES)


def test_what_is_not_understood_while_waiting_is_kept_for_the_person(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9", *UNKNOWN_TEXTS[:3]).in_state(StateName.HANDOFF).hears(
        shared(tester, "kept_for_advisor")
    )
    assert [event.text for event in tester.events if isinstance(event, Heard)][1:] == list(UNKNOWN_TEXTS[:3])
