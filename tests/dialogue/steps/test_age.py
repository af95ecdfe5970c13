"""How old somebody is: the children's line is for whoever is younger than 18 and writes themselves."""

import pytest

from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, at

CHILDREN = "0800 0432"


@pytest.mark.parametrize("text", ["ik ben 15", "ben 16", "ik ben nu 17 jaar", "im 15", "i am only 14", "pas 13"])
def test_a_child_is_given_the_childrens_line(tester: DialogueTester, text: str) -> None:
    tester.begin(at("left_behind.answer", subject_disclosed=True)).say(text).in_state("under_18.answer").hears(CHILDREN)


@pytest.mark.parametrize(
    "text",
    [
        "ik ben 18",
        "ben 21",
        "ik ben nu 34 jaar",
        "sorry ik bedoel 19",
        "i am 22",
        "im just 20",
        "i turned 18 last week",
    ],
)
def test_who_is_of_age_is_given_the_other_numbers(tester: DialogueTester, text: str) -> None:
    tester.begin(at("left_behind.answer", subject_disclosed=True)).say(text)
    tester.in_state(StateName.OF_AGE).hears_not(CHILDREN)


@pytest.mark.parametrize(
    "text",
    [
        "ze is 15",
        "hij is 4",
        "mijn dochter is pas 12",
        "shes 24",
        "she is only 16",
    ],
)
def test_the_age_of_somebody_else_keeps_the_topic(tester: DialogueTester, text: str) -> None:
    tester.begin(at("left_behind.answer", subject_disclosed=True)).say(text)
    assert tester.conversation.position.state in (StateName.LISTENING, StateName.WORRIED)
    tester.hears_not(CHILDREN)


@pytest.mark.parametrize("text", ["ik ben 10 weken zwanger", "ze is 8 maanden weg", "i am 3 hours away"])
def test_what_counts_something_else_is_no_age(tester: DialogueTester, text: str) -> None:
    tester.begin(at("left_behind.answer", subject_disclosed=True)).say(text).hears_not(CHILDREN)
    assert tester.conversation.position.state != StateName.OF_AGE


def test_more_of_a_story_that_may_be_danger_brings_the_numbers_first(tester: DialogueTester) -> None:
    tester.say("does 112 work in turkey", "someone is bleeding here").hears(BZ)
    assert tester.reply.index(BZ) < len(tester.reply) // 2
