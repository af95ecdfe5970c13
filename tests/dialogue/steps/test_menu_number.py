"""Choosing by number."""

import pytest

from bot.dialogue.conversation import (
    Status,
)
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at, shared


@pytest.mark.parametrize("text", ["2", " 2 ", "2.", "(2)", "٢", "۲", "２", "२", "2️⃣", "②", "²", "፪", "⓶"])
def test_a_menu_number_may_be_written_in_any_digits(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state("trip.answer")


@pytest.mark.parametrize(
    "state", [StateName.OPENER, StateName.MENU, "cost.answer", "card.show", "leave.stopped", "erase.confirm"]
)
def test_nine_is_a_person_and_zero_the_menu(tester: DialogueTester, state: str) -> None:
    tester.begin(at(state)).say("9").in_state(StateName.HANDOFF).say("0").in_state(StateName.MENU)
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize("text", ["7", "77", "99", "00"])
def test_a_number_that_is_not_in_the_list_changes_nothing(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.OPENER)).say(text).in_state(StateName.OPENER).hears(
        shared(tester, "no_such_number"), EMERGENCY, BZ
    )


def test_a_number_of_the_last_menu_cannot_be_used_in_the_next(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("8").in_state(StateName.HANDOFF).say("8").in_state(StateName.HANDOFF)
