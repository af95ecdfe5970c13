"""An open screen is not enough to change how somebody logs in, and whoever it concerns is told."""

import re

import pytest

from bot.access.accounts import Role
from bot.access.attempts import ATTEMPTS
from tests.harness.console_app import PASSWORD, SECRET, ConsoleApp, ConsoleVisit


def shown_secrets(page: str) -> list[str]:
    return re.findall(r"<code>([A-Z2-7]{32})</code>", page)


def at_account(pages: ConsoleApp, name: str) -> ConsoleVisit:
    visit = pages.logged_in(name)
    visit.get("/console/account")
    return visit


def test_a_wrong_code_shows_no_secret_to_whoever_sits_at_an_open_screen(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    visit = at_account(pages, "Ada")
    for _twice in range(2):
        answer = visit.post("/console/account/app/code", {"code": "000000"})
        assert answer.status_code == 403
        assert shown_secrets(answer.text) == []
    assert pages.accounts.get(ada.id).totp == SECRET  # type: ignore[union-attr]


def test_the_secret_serves_only_the_screen_that_gave_the_password_for_five_minutes_and_once(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    visit, other = at_account(pages, "Ada"), at_account(pages, "Ada")
    (secret,) = shown_secrets(visit.post("/console/account/app", {"current": PASSWORD}).text)
    answer = other.post("/console/account/app/code", {"code": other.digits(secret)})
    assert (answer.status_code, shown_secrets(answer.text)) == (403, [])
    pages.clock.later(minutes=6)
    answer = visit.post("/console/account/app/code", {"code": visit.digits(secret)})
    assert (answer.status_code, shown_secrets(answer.text)) == (403, [])
    assert "Laat opnieuw zien dat jij het bent" in answer.text
    assert pages.accounts.get(ada.id).totp == SECRET  # type: ignore[union-attr]
    (secret,) = shown_secrets(visit.post("/console/account/app", {"current": PASSWORD}).text)
    assert visit.post("/console/account/app/code", {"code": visit.digits(secret)}).status_code == 200
    answer = visit.post("/console/account/app/code", {"code": visit.digits(secret)})
    assert answer.status_code == 403
    assert not re.findall(r"<code>[0-9a-f-]{31}</code>", answer.text)


@pytest.mark.parametrize("form", [{"do": "reset"}, {"do": "disable"}, {"do": "role", "role": "administrator"}])
def test_the_open_screen_of_an_administrator_changes_no_account(pages: ConsoleApp, form: dict[str, str]) -> None:
    bea = pages.somebody("Bea")
    pages.somebody("Adam", Role.ADMINISTRATOR)
    visit = pages.logged_in("Adam")
    visit.get("/console/people")
    kept = pages.accounts.everybody()
    assert visit.post(f"/console/people/{bea.id}", form).status_code == 403
    assert visit.post(f"/console/people/{bea.id}", form | {"current": "wrong"}).status_code == 403
    assert visit.post("/console/people", {"name": "Eve", "role": "administrator"}).status_code == 403
    assert pages.accounts.everybody() == kept
    assert visit.post(f"/console/people/{bea.id}", form | {"current": PASSWORD}).status_code == 200
    pages.clock.later(minutes=4)
    assert visit.post("/console/people", {"name": "Cor", "role": "advisor"}).status_code == 200
    pages.clock.later(minutes=2)
    assert visit.post("/console/people", {"name": "Dee", "role": "advisor"}).status_code == 403


def test_the_owner_and_the_administrators_are_told_until_they_have_seen_it(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    pages.somebody("Bea")
    pages.somebody("Adam", Role.ADMINISTRATOR)
    visit = at_account(pages, "Ada")
    visit.post("/console/account/codes", {"current": PASSWORD})
    owner, colleague, administrator = (pages.logged_in(name) for name in ("Ada", "Bea", "Adam"))
    for _twice in range(2):
        for told in (owner, administrator):
            page = told.get("/console/").text
            assert "Er is iets veranderd aan hoe iemand inlogt" in page
            assert re.search(r"Ada, .*: nieuwe reservecodes", page)
    assert "iets veranderd aan hoe" not in colleague.get("/console/").text
    second = re.search(r'name="second" value="([0-9]+)"', owner.get("/console/").text)
    assert second
    pages.clock.later(seconds=5)
    visit.post("/console/account/password", {"current": PASSWORD, "password": "heel andere woorden"})
    visit.get("/console/account")
    assert visit.post("/console/account/seen", {"second": second[1]}).status_code == 303
    page = visit.get("/console/").text
    assert "nieuw wachtwoord" in page  # it came after the page they had read
    assert "nieuwe reservecodes" not in page
    assert "nieuwe reservecodes" in administrator.get("/console/").text
    for nonsense in ("", "x", "9" * 30, "٣"):
        assert visit.post("/console/account/seen", {"second": nonsense}).status_code == 303
    assert "nieuw wachtwoord" in visit.get("/console/").text


def test_a_reset_is_told_to_whoever_it_happens_to(pages: ConsoleApp) -> None:
    bea = pages.somebody("Bea")
    _changed, one_time = pages.accounts.reset(bea.id)
    visit = pages.browser()
    visit.log_in("Bea", one_time)
    (secret,) = shown_secrets(visit.get("/console/start").text)
    visit.post("/console/start", {"password": PASSWORD, "code": visit.digits(secret)})
    assert re.search(r"Bea, .*: nieuw eenmalig wachtwoord", visit.get("/console/").text)


def test_passwords_are_guessed_no_oftener_on_an_open_screen(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visit = at_account(pages, "Ada")
    tried = [visit.post("/console/account/codes", {"current": "wrong"}).status_code for _try in range(ATTEMPTS + 1)]
    assert tried == [403] * ATTEMPTS + [429]
