"""Words that mean danger now."""

import pytest

from bot.dialogue.conversation import (
    Place,
    Status,
)
from bot.dialogue.events import (
    AdvisorRequested,
    DangerSeen,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, MINUTE, at, first_lines, shared


def test_a_first_cry_for_help_gets_the_numbers_first(tester: DialogueTester) -> None:
    tester.say("help me").in_state("danger.answer").caused(DangerSeen)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))


def test_danger_while_waiting_brings_the_numbers_and_keeps_the_place_in_line(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9").wait(2).say("hij slaat me").in_state("danger.answer").caused(DangerSeen)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))
    assert (tester.conversation.handling.status, tester.conversation.handling.waiting_minute) == (
        Status.WAITING,
        MINUTE,
    )


def test_danger_and_a_person_are_both_answered(tester: DialogueTester) -> None:
    tester.say("hij slaat me, ik wil een mens spreken").in_state("danger.answer")
    tester.hears(shared(tester, "crisis_asked")).caused(DangerSeen, AdvisorRequested)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize(
    "state", [StateName.OPENER, StateName.MENU, "erase.confirm", "language.choose", "place.country", "leave.stopped"]
)
@pytest.mark.parametrize(("place", "numbers"), [("unknown", {EMERGENCY, BZ}), ("nl", {EMERGENCY}), ("abroad", {BZ})])
def test_danger_words_bring_the_numbers_first_from_any_state(
    tester: DialogueTester, state: str, place: str, numbers: set[str]
) -> None:
    tester.begin(at(state, place=Place(place), locale="en")).say("ze gaan me vermoorden").in_state("danger.answer")
    assert numbers <= set(first_lines(tester.reply))


ORDINARY = "Het was een gewone dag en wij gingen naar de markt en toen weer naar huis. "


@pytest.mark.parametrize("before", [480, 700, 1100, 1500])
@pytest.mark.parametrize(
    "text", ["Mijn vader heeft gezegd dat hij mij gaat vermoorden.", "Hij slaat me nu.", "he is going to kill me"]
)
def test_danger_counts_wherever_it_stands_in_a_long_message(tester: DialogueTester, before: int, text: str) -> None:
    story = (ORDINARY * 30)[:before].rpartition(" ")[0]
    tester.begin(at(StateName.MENU)).say(f"{story}. {text}").caused(DangerSeen)
    assert BZ in first_lines(tester.reply)[1]


def test_a_long_message_without_danger_is_none(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say((ORDINARY * 30)[:1600])
    assert DangerSeen not in {type(event) for event in tester.events}
