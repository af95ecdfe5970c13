"""What strangers post at the login shuts nobody out, and teaches them nothing."""

from collections.abc import Callable

import pytest

from bot.access.attempts import ATTEMPTS
from bot.access.sessions import IDLE_LIFE
from bot.content.library import Library
from tests.harness.console_app import PASSWORD, ConsoleApp, ConsoleVisit


@pytest.fixture
def behind_a_proxy(
    library: Library, redis_url: str, pages: ConsoleApp, tmp_path_factory: pytest.TempPathFactory
) -> ConsoleApp:
    """The same console behind one proxy of ours."""
    made = ConsoleApp(library, redis_url, tmp_path_factory.mktemp("proxy"), TRUSTED_PROXIES="1")
    made.clock.now = pages.clock.now
    return made


def from_source(pages: ConsoleApp, address: str) -> ConsoleVisit:
    visit = pages.browser()
    visit.headers = {"X-Forwarded-For": address}
    return visit


def hammer(pages: ConsoleApp, name: str, sources: int, each: int = ATTEMPTS) -> list[int]:
    statuses = []
    for number in range(sources):
        visit = from_source(pages, f"198.51.100.{number}")
        visit.get("/console/login")
        statuses += [
            visit.post("/console/login", {"name": name, "password": "wrong"}).status_code for _try in range(each)
        ]
    return statuses


def test_made_up_passkeys_shut_nobody_out(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    inside, stranger = pages.logged_in("Ada"), pages.browser()
    stranger.get("/console/login")
    for number in range(320):
        stranger.post("/console/login/passkey", {"name": f"made up {number}", "answer": "{}"})
    assert inside.is_in()
    assert pages.browser().log_in("Ada").status_code == 303
    name = stranger.get("/console/login/passkey").get_json()["name"]
    assert stranger.post("/console/login/passkey", {"name": name, "answer": "{}"}).status_code == 403  # not 429


def test_a_stranger_who_hammers_a_name_shuts_out_only_their_own_source(behind_a_proxy: ConsoleApp) -> None:
    pages = behind_a_proxy
    pages.somebody("Ada")
    assert hammer(pages, "Ada", 1, ATTEMPTS + 2)[-1] == 429
    assert from_source(pages, "203.0.113.9").log_in("Ada").status_code == 303


def test_what_a_browser_says_of_its_source_counts_for_nothing(behind_a_proxy: ConsoleApp, pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    tried = [
        from_source(behind_a_proxy, f"203.0.113.{number}, 198.51.100.1").log_in("Ada", "wrong").status_code
        for number in range(ATTEMPTS + 1)
    ]
    assert tried[-1] == 429
    tried = [from_source(pages, f"203.0.113.{number}").log_in("Ada", "wrong").status_code for number in range(9)]
    assert tried[-1] == 429  # no proxy is trusted


def test_addresses_of_one_network_count_together(behind_a_proxy: ConsoleApp) -> None:
    behind_a_proxy.somebody("Ada")
    tried = [
        from_source(behind_a_proxy, f"2001:db8:1:2::{number:x}").log_in("Ada", "wrong").status_code
        for number in range(ATTEMPTS + 1)
    ]
    assert tried[-1] == 429


def test_however_many_sources_a_known_browser_gets_in(
    behind_a_proxy: ConsoleApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.access.attempts.ATTEMPTS_OF_NAME", 10)
    pages = behind_a_proxy
    pages.somebody("Ada")
    known = from_source(pages, "198.51.100.0")
    assert known.log_in("Ada").status_code == 303
    known.post("/console/logout")
    assert hammer(pages, "Ada", 2)[-1] == 429
    assert from_source(pages, "203.0.113.9").log_in("Ada").status_code == 429
    assert known.log_in("Ada").status_code == 303
    known.post("/console/logout")
    tried = [known.log_in("Ada", "wrong").status_code for _try in range(ATTEMPTS + 1)]
    assert tried[-1] == 429  # and has no more guesses than others


def test_a_list_of_names_does_not_help_and_shuts_no_known_browser(
    pages: ConsoleApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.access.attempts.ATTEMPTS_OF_SOURCE", 9)
    pages.somebody("Ada")
    known = pages.browser()
    known.log_in("Ada")
    known.post("/console/logout")
    stranger = pages.browser()
    tried = [stranger.log_in(f"name {number}", "wrong").status_code for number in range(10)]
    assert tried[-1] == 429
    assert known.log_in("Ada").status_code == 303


def test_a_locked_session_is_unlocked_while_a_stranger_hammers_its_name(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    pages.clock.later(seconds=IDLE_LIFE + 1)
    hammer(pages, "Ada", 1, ATTEMPTS + 1)
    visit.get("/console/login")
    assert visit.post("/console/login", {"password": PASSWORD}).status_code == 303
    assert visit.is_in()


@pytest.mark.parametrize("name", ["Ada", "Nobody"])
@pytest.mark.parametrize(
    "spelling",
    [
        lambda name: name.upper(),
        lambda name: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
        lambda name: f"\u3000 {name}\u00a0",
        lambda name: f"{name[0]}{name[1:].swapcase()}",
    ],
)
def test_names_that_exist_and_names_that_do_not_look_the_same_in_every_spelling(
    pages: ConsoleApp, name: str, spelling: Callable[[str], str]
) -> None:
    pages.somebody("Ada")
    for _try in range(ATTEMPTS):
        assert pages.browser().log_in(name, "wrong").status_code == 403
    assert pages.browser().log_in(spelling(name), "wrong").status_code == 429


def test_the_second_cookie_is_signed_and_forged_ones_are_worth_nothing(pages: ConsoleApp) -> None:
    ada = pages.somebody("Ada")
    visit = pages.browser()
    visit.log_in("Ada")
    cookie = visit.client.get_cookie("__Host-browser", domain="helpline.example", path="/")
    assert cookie
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", True)
    hammer(pages, "Ada", 1, ATTEMPTS + 1)
    for forged in (cookie.value[:-2], f'["x",["{ada.id}"]]', "x", cookie.value.replace(".", "..")):
        other = pages.browser()
        other.client.set_cookie("__Host-browser", forged, domain="helpline.example", path="/")
        assert other.log_in("Ada").status_code == 429


def test_refusals_do_not_fill_the_audit_log(pages: ConsoleApp) -> None:
    stranger = pages.browser()
    stranger.get("/console/login")
    for number in range(12):
        stranger.post("/console/login", {"name": f"made up {number}", "password": "wrong"})
    lines = [(line.what, line.on) for line in reversed(pages.audit_log.lines())]
    assert lines == [("login_refused", "")] * 9 + [("login_refused", "10×")]
