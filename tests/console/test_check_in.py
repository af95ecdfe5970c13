"""Check-ins on the pages."""

from datetime import timedelta

from bot.access.accounts import Role
from tests.harness.console_app import ConsoleApp

ACTION = 'bel <b>het</b> ministerie "7"'


def agreed(pages: ConsoleApp) -> str:
    pages.somebody("Ada", Role.ADVISOR)
    contact = pages.person_asks()
    visit = pages.logged_in("Ada")
    visit.act(f"/console/c/{contact}", "claim")
    day = (pages.clock.now + timedelta(days=2)).date().isoformat()
    assert visit.act(f"/console/c/{contact}", "check-in", {"by": day, "deed": ACTION}).status_code == 303
    page = visit.get(f"/console/c/{contact}").get_data(as_text=True)
    assert "Afgesproken: een bericht tot en met" in page
    assert "bel &lt;b&gt;het&lt;/b&gt; ministerie" in page
    return contact


def test_from_agreeing_to_dealing_with_it(pages: ConsoleApp) -> None:
    contact = agreed(pages)
    pages.somebody("Bea", Role.ADVISOR)
    board = pages.logged_in("Bea").get("/console/").get_data(as_text=True)
    assert "Afgesproken tekens van leven" in board
    assert "Geen teken van leven" not in board
    pages.clock.later(days=4)
    bea = pages.logged_in("Bea")
    board = bea.get("/console/").get_data(as_text=True)
    assert "Geen teken van leven" in board
    assert "bel &lt;b&gt;het&lt;/b&gt; ministerie" in board
    assert "Ada" in board
    assert bea.post(f"/console/check-ins/{contact}").status_code == 303
    assert "&lt;b&gt;" not in bea.get("/console/").get_data(as_text=True)
    assert pages.audit().count("check_in_ended") == 1
    assert bea.post(f"/console/check-ins/{contact}").status_code == 303  # a colleague was faster
    assert pages.audit().count("check_in_ended") == 1


def test_what_cannot_be_is_refused_and_what_was_typed_stays(pages: ConsoleApp) -> None:
    contact = agreed(pages)
    visit = pages.logged_in("Ada")
    visit.get(f"/console/c/{contact}")
    answer = visit.act(f"/console/c/{contact}", "check-in", {"by": "gisteren", "deed": "nog iets"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Die afspraak kan niet" in page
    assert "nog iets</textarea>" in page
