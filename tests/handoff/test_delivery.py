"""States of a message that is sent, and what is done when it does not arrive."""

import pytest

from bot.handoff.delivery import OURS, RANK, UNKNOWN, Action, DeliveryState, Problem, problem

TABLE = {code: Problem(code, Action.GIVE_UP, f"Woorden over {code}.") for code in (*OURS, "30003")} | {
    UNKNOWN: Problem(UNKNOWN, Action.GIVE_UP, "Niet aangekomen (foutcode {code}).")
}


def test_every_state_has_a_rank_and_the_ranks_follow_the_way_of_a_message() -> None:
    assert set(RANK) == set(DeliveryState)
    assert [RANK[state] for state in DeliveryState] == [0, 1, 2, 3, 4, 5, 5, 6, 7]
    assert RANK["undelivered"] == RANK["failed"]


def test_a_code_of_the_table_gives_its_problem() -> None:
    assert problem("30003", TABLE) == TABLE["30003"]


@pytest.mark.parametrize(("code", "named"), [("99999", "99999"), ("", "-"), ("{code}", "{code}"), ("{0}", "{0}")])
def test_any_other_code_is_an_unknown_problem_that_names_it(code: str, named: str) -> None:
    assert problem(code, TABLE) == Problem(code, Action.GIVE_UP, f"Niet aangekomen (foutcode {named}).")
