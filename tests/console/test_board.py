"""The board when very many people wait."""

import re

import pytest

from bot.access.accounts import Role
from bot.advisors import board
from tests.harness.console_app import ConsoleApp


def test_who_has_no_row_is_counted_and_can_be_opened(pages: ConsoleApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "SHOWN", 2)
    pages.somebody("Sue", Role.SUPERVISOR)
    sue = pages.logged_in("Sue")
    people = [pages.person_asks(1), pages.person_asks(2)]
    assert "Verder in de wachtrij" not in sue.get("/console/").text
    people += [pages.person_asks(number, ("hij slaat me met een mes", "medewerker")) for number in (3, 4, 5)]
    page = sue.get("/console/").text
    shown = re.findall(r'id="w-([^"]+)"', page)
    assert len(shown) == 2
    assert set(shown) < set(people[2:])  # danger first
    assert 'data-waiting="5"' in page
    assert "Verder in de wachtrij: 3." in page
    assert "Daarvan in gevaar: 1." in page
    overview = sue.get("/console/supervision").text
    assert "(5 in de wachtrij)" in overview
    assert "Verder in de wachtrij: 3." in overview
    assert "Er wachten: 5" in sue.get("/console/beat").text
    assert sue.get(f"/console/c/{people[0]}").status_code == 200
    assert sue.act(f"/console/c/{people[0]}", "claim").status_code == 303
