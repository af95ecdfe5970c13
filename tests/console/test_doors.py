"""Every route, by the whole map of URLs: who may enter, and what its answer tells the browser."""

from collections.abc import Collection

import pytest
from werkzeug.routing import Rule

from bot.access.accounts import Role
from bot.console.headers import POLICY
from bot.console.signin.answers import EACH_REFUSAL
from tests.harness.console_app import ConsoleApp

ANYONE = set(Role) | {None}
EVERYBODY = set(Role)
LEADERS = {Role.SUPERVISOR, Role.ADMINISTRATOR}
ADMINISTRATORS = {Role.ADMINISTRATOR}
MAY_ENTER: dict[str, Collection[Role | None]] = {
    "login": ANYONE, "check_password": ANYONE, "code": ANYONE, "check_code": ANYONE, "ask_passkey": ANYONE,
    "check_passkey": ANYONE, "start": ANYONE, "begin": ANYONE, "logout": ANYONE, "change_language": ANYONE,
    "board": EVERYBODY, "beat": EVERYBODY, "beating_page": EVERYBODY, "events": EVERYBODY,
    "news_strip": EVERYBODY, "conversation": EVERYBODY, "act": EVERYBODY, "end_check_in": EVERYBODY,
    "case_code": EVERYBODY, "open_case_code": EVERYBODY, "after_account_act": EVERYBODY, "after_change": ADMINISTRATORS,
    "account": EVERYBODY, "account_languages": EVERYBODY, "account_password": EVERYBODY, "account_app": EVERYBODY,
    "account_app_code": EVERYBODY, "account_codes": EVERYBODY, "account_passkey": EVERYBODY,
    "account_no_passkeys": EVERYBODY, "account_everywhere": EVERYBODY, "account_seen": EVERYBODY,
    "account_organisation": EVERYBODY, "ask_proof": EVERYBODY, "take_proof": EVERYBODY, "ask_organisation": EVERYBODY,
    "audit": LEADERS, "supervision": LEADERS, "assign": LEADERS, "unblock": LEADERS,
    "settings": LEADERS, "change_settings": LEADERS,
    "statistics": LEADERS, "statistics_csv": LEADERS,
    "people": ADMINISTRATORS, "add_person": ADMINISTRATORS, "change_person": ADMINISTRATORS,
}  # fmt: skip
"""Written by hand: a new route is open to nobody until somebody has thought about it here as well."""

HEADERS = {
    "Content-Security-Policy": POLICY.format(frame="'none'"),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=(), display-capture=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
CHANGE_WITH_THE_ANSWER = {
    "Content-Type", "Content-Length", "Location", "Vary", "Set-Cookie", "Allow", "Clear-Site-Data",
    "Content-Disposition", "ETag", "Accept-Ranges", "Last-Modified", "Date", "X-Accel-Buffering", "Expires",
}  # fmt: skip


def rules(pages: ConsoleApp) -> list[Rule]:
    return [rule for rule in pages.console.url_map.iter_rules() if rule.rule.startswith("/console")]


def path(rule: Rule) -> str:
    filled = {"contact": "A" * 22, "id": "A" * 22, "account_id": "nobody", "filename": "console.css", "name": "waiting"}
    built = rule.build({name: filled[name] for name in rule.arguments})
    assert built
    return built[1]


def test_every_route_says_who_may_enter_and_the_table_agrees(pages: ConsoleApp) -> None:
    found = {rule.endpoint.removeprefix("console."): rule for rule in rules(pages) if rule.endpoint != "console.static"}
    assert found.keys() == MAY_ENTER.keys()
    for name, rule in found.items():
        roles = pages.console.view_functions[rule.endpoint].requires_role  # type: ignore[union-attr]
        assert (set(roles) or ANYONE) == MAY_ENTER[name], name


@pytest.mark.parametrize("role", [None, *Role])
def test_a_route_lets_in_whom_it_names_and_nobody_else(pages: ConsoleApp, role: Role | None) -> None:
    if role:
        pages.somebody("Ada", role)
    for rule in rules(pages):
        name = rule.endpoint.removeprefix("console.")
        for method in (rule.methods or set()) & {"GET", "POST"}:
            if name == "static" or role in MAY_ENTER[name]:
                continue
            visit = pages.logged_in("Ada") if role else pages.browser()
            if not role:
                visit.get("/console/login")
            answer = visit.get(path(rule)) if method == "GET" else visit.post(path(rule))
            if role:
                assert answer.status_code == 403, (name, method)
            elif method == "GET" and name != "events":
                assert answer.location == f"/console/login?next={path(rule)}", name
            else:
                assert answer.status_code == 401, (name, method)


def test_the_headers_of_every_route_by_every_method_are_these_and_no_others(pages: ConsoleApp) -> None:
    pages.somebody("Ada", Role.ADMINISTRATOR)
    visit = pages.logged_in("Ada")
    stranger = pages.browser()
    unending = {"console.events"}
    ending_the_session = {"console.logout", "console.account_everywhere"}
    places = {path(rule) for rule in rules(pages) if rule.endpoint not in unending | ending_the_session}
    for place in sorted(places | {"/console/nothing", "/console"}):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"):
            for each in (visit, stranger):
                answer = each.client.open(place, method=method, base_url="https://helpline.example")
                answer.close()
                told = {name: value for name, value in answer.headers.items() if name not in CHANGE_WITH_THE_ANSWER}
                assert told == expected(place, method, answer.status_code), (place, method)
    assert set(HEADERS) <= set(visit.post("/console/account/everywhere").headers.keys())
    assert set(HEADERS) <= set(stranger.get("/console/events").headers.keys())


def expected(place: str, method: str, status: int) -> dict[str, str]:
    if place.startswith("/console/static/") and status != 405:
        return HEADERS | {"Cache-Control": "private, no-cache"}
    if place == "/console/beat" and method in ("GET", "HEAD"):
        return HEADERS | {"Content-Security-Policy": POLICY.format(frame="'self'"), "X-Frame-Options": "SAMEORIGIN"}
    return HEADERS


def test_the_policy_lets_no_script_but_ours_run() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.format(frame="'none'").split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "http" not in POLICY
    assert "data:" not in POLICY


def test_other_routes_are_not_touched(pages: ConsoleApp) -> None:
    answer = pages.app.test_client().get("/healthz")
    assert "Content-Security-Policy" not in answer.headers


def test_opening_a_conversation_of_somebody_else_is_refused_and_written_down(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    pages.somebody("Bea")
    contact = pages.person_asks()
    ada, bea = pages.logged_in("Ada"), pages.logged_in("Bea")
    ada.get("/console/")
    assert ada.act(f"/console/c/{contact}", "claim").status_code == 303
    assert ada.get(f"/console/c/{contact}").status_code == 200
    answer = bea.get(f"/console/c/{contact}")
    assert answer.status_code == 403
    assert "medewerker" not in answer.text.split("<main")[1]
    assert bea.act(f"/console/c/{contact}", "reply", {"text": "hoi"}).status_code == 403
    lines = pages.audit_log.lines()
    assert [line.what for line in lines[:4]] == ["open_refused", "open_refused", "opened", "claim"]
    assert contact not in repr(lines)


def test_whoever_asks_for_what_is_not_for_their_role_is_written_down_and_does_not_fill_the_log(
    pages: ConsoleApp,
) -> None:
    ada = pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    for _try in range(EACH_REFUSAL + 5):
        assert visit.get("/console/people").status_code == 403
    lines = [line for line in pages.audit_log.lines() if line.what == "page_refused"]
    assert {line.who for line in lines} == {ada.id}
    assert len(lines) == EACH_REFUSAL


def test_every_cookie_is_for_this_host_alone(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visit = pages.browser()
    told = visit.log_in("Ada").headers.getlist("Set-Cookie")
    visit.get("/console/account")
    told += visit.post("/console/language", {"language": "en"}).headers.getlist("Set-Cookie")
    names = {cookie.partition("=")[0] for cookie in told}
    assert names == {"__Host-console", "__Host-browser", "__Host-console_language"}
    for cookie in told:
        parts = {part.strip().partition("=")[0]: part.strip().partition("=")[2] for part in cookie.split(";")[1:]}
        assert "Secure" in parts, cookie
        assert "HttpOnly" in parts, cookie
        assert "Domain" not in parts, cookie
        assert (parts["SameSite"], parts["Path"]) == ("Lax", "/"), cookie
        assert len(cookie) < 4096
