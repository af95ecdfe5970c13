"""What supervisors see and set, and what no number gives away."""

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.access.accounts import Role
from bot.console.codenames import codename
from bot.console.statistics import SMALL, suppressed
from tests.harness.console_app import ConsoleApp, ConsoleVisit


def leader(pages: ConsoleApp) -> ConsoleVisit:
    pages.somebody("Sue", Role.SUPERVISOR)
    return pages.logged_in("Sue")


def test_a_conversation_is_given_to_somebody_who_is_there(pages: ConsoleApp) -> None:
    ada, bea = pages.somebody("Ada"), pages.somebody("Bea")
    contact = pages.person_asks()
    sue, first, second = leader(pages), pages.logged_in("Ada"), pages.logged_in("Bea")
    first.get("/console/")
    first.act(f"/console/c/{contact}", "claim")
    page = sue.get("/console/supervision")
    assert "Ada: 1" in page.text
    assert "Bea: 0" in page.text
    assert sue.post("/console/supervision", {"contact": contact, "to": "nobody", "act": "1"}).status_code == 409
    assert sue.post("/console/supervision", {"contact": contact, "to": ada.id, "act": "2"}).status_code == 409
    assert sue.post("/console/supervision", {"contact": contact, "to": bea.id, "act": "3"}).status_code == 303
    assert second.get(f"/console/c/{contact}").status_code == 200
    assert "gaf het gesprek aan Bea" in second.get(f"/console/c/{contact}").text
    assert first.get(f"/console/c/{contact}").status_code == 403
    assert sue.get(f"/console/c/{contact}").status_code == 403  # a supervisor sees who has it, not what is said
    assert "reassign" in pages.audit()


def test_somebody_who_waits_can_be_given_as_well(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    contact = pages.person_asks()
    sue, visit = leader(pages), pages.logged_in("Ada")
    sue.get("/console/supervision")
    assert sue.post("/console/supervision", {"contact": contact, "to": ada.id}).status_code == 303
    assert visit.get(f"/console/c/{contact}").status_code == 200


def test_what_is_switched_is_kept_and_seen_by_everybody(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    sue = leader(pages)
    sue.get("/console/settings")
    form = {
        "down": "on", "announcement": "busy", "hours": "own", "note": "<b>druk</b>",
        **{f"day{number}": "09:00-17:00" if number < 5 else "" for number in range(7)},
    }  # fmt: skip
    assert sue.post("/console/settings", form).status_code == 303
    page = sue.get("/console/settings?done=").text
    assert 'value="09:00-17:00"' in page
    assert 'value="busy" selected' in page
    board = pages.logged_in("Ada").get("/console/").text
    assert "&lt;b&gt;druk&lt;/b&gt;" in board
    assert "er is een storing aangezet" in board
    assert "steering" in pages.audit()


def test_hours_that_cannot_be_read_change_nothing_and_stay_in_the_form(pages: ConsoleApp) -> None:
    sue = leader(pages)
    sue.get("/console/settings")
    answer = sue.post("/console/settings", {"hours": "own", "day0": "negen tot vijf", "down": "on"})
    assert answer.status_code == 409
    assert "negen tot vijf" in answer.text
    assert "er is een storing aangezet" not in sue.get("/console/").text


def test_an_announcement_that_does_not_exist_is_none(pages: ConsoleApp) -> None:
    sue = leader(pages)
    sue.get("/console/settings")
    sue.post("/console/settings", {"announcement": "<script>"})
    assert 'value="busy" selected' not in sue.get("/console/settings").text


def test_figures_show_no_small_number_on_the_page_or_in_the_file(pages: ConsoleApp) -> None:
    sue = leader(pages)
    for number in range(12):
        pages.person_asks(number)
    page = sue.get("/console/statistics")
    assert '<td class="numeric">12</td>' in page.text
    rows = list(csv.DictReader(io.StringIO(sue.get("/console/statistics.csv").text)))
    assert {row["name"]: row["count"] for row in rows if row["kind"] == "all"} == {
        "conversations": "12",
        "asked": "12",
        "sent": "24",
    }
    assert all(row["from"] == row["to"] == "2026-11-23" for row in rows)
    pages.logged_in("Sue").get("/console/")
    week = sue.get("/console/statistics.csv?days=7&last=2026-11-20").text
    assert week.splitlines() == ["from,to,kind,name,count"]
    for nonsense in (
        "days=-1",
        "days=99999",
        "last=x",
        "last=9999-99-99",
        "last=2999-01-01",
        "last=0001-01-01&days=28",
    ):
        assert sue.get(f"/console/statistics?{nonsense}").status_code == 200
    assert pages.audit().count("exported") == 2


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 60), max_size=8))
def test_no_hidden_number_can_be_worked_out_from_the_total(numbers: dict[str, int]) -> None:
    shown = suppressed(numbers, adds_up=True)
    assert all(each.shown is None or each.shown < 0 or each.shown >= SMALL for each in shown)
    assert {each.name for each in shown} == {name for name, number in numbers.items() if number}
    hidden = [each for each in shown if each.shown is None or each.shown < 0]
    assert len(hidden) != 1 or len(shown) == 1


def test_a_blocked_sender_is_seen_and_freed_by_who_leads(pages: ConsoleApp) -> None:
    sue = leader(pages)
    pages.somebody("Ada")
    contact = pages.person_asks()
    ada = pages.logged_in("Ada")
    ada.act(f"/console/c/{contact}", "claim")
    assert ada.act(f"/console/c/{contact}", "block").status_code == 303
    page = sue.get("/console/supervision").text
    assert codename(contact) in page
    found = re.search(r"/console/blocked/([\w-]+)", page)
    assert found
    assert sue.post(found[0]).status_code == 303
    assert "Er is niemand geblokkeerd" in sue.get("/console/supervision").text
    assert pages.audit()[-1] == "unblock"
    assert "block" in pages.audit()
