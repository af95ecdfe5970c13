"""Pages that stay open: after a refusal, on another page of the console, locked, and when the person erases all."""

import pytest
from playwright.sync_api import Request, Route, expect

from tests.harness.console_windows import Helpline, Open, Phones, Window, take_first

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.usefixtures("empty_board")]

BY_STREAM_MS = 8000
"""Sooner than a page without a stream would ask by itself (POLL_MS in live.js)."""

TOO_LONG = "Ik ben er. " * 200
OTHER_PAGES = ("account", "words", "statistics", "settings", "people", "audit", "supervision")


def refuse(win: Window, form: str) -> None:
    """Send something that is refused: a reply, a note or a check-in."""
    page = win.page
    if form == "check-in":
        page.locator("#check-in summary").click()
        page.evaluate("document.getElementById('by').type = 'text'")
        page.fill("#by", "2020-01-01")
        page.fill("#deed", "Het ministerie bellen.")
        page.locator("#check-in button").click()
        return
    if form == "note":
        page.locator("#note-box summary").click()
    page.fill("#text" if form == "reply" else "#note", TOO_LONG)
    page.locator(f"form[data-compose={form}] button:visible").first.click()


@pytest.mark.parametrize("form", ["reply", "note", "check-in"])
def test_a_refusal_keeps_the_address_the_news_and_what_was_typed(opened: Open, phones: Phones, form: str) -> None:
    ada = opened("Ada")
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)
    take_first(ada)
    where = ada.page.url
    refuse(ada, form)
    expect(ada.page.locator("#refused")).to_be_visible()
    assert ada.page.url == where
    if form != "check-in":
        expect(ada.page.locator("#text" if form == "reply" else "#note")).to_have_value(TOO_LONG)
    else:
        expect(ada.page.locator("#deed")).to_have_value("Het ministerie bellen.")
    phones.writes(0, "help, hij heeft mij opgesloten")
    expect(ada.lines()).to_contain_text("hij heeft mij opgesloten", timeout=BY_STREAM_MS)
    for box in ("#text", "#note"):
        ada.page.locator(box).evaluate(
            "box => { box.value = ''; box.dispatchEvent(new Event('input', {bubbles: true})) }"
        )
    answer = ada.page.reload()
    assert answer
    assert answer.status == 200
    expect(ada.lines()).to_contain_text("hij heeft mij opgesloten")


def test_a_refusal_without_scripts_keeps_the_address_too(opened: Open, phones: Phones) -> None:
    phones.writes(0, "hoi", "medewerker")
    ada = opened("Ada", java_script_enabled=False)
    page = ada.page
    page.get_by_role("button", name="Neem dit gesprek").click()
    where = page.url
    page.fill("#text", TOO_LONG)
    page.get_by_role("button", name="Stuur").click()
    expect(page.locator("#refused")).to_be_visible()
    assert page.url == where
    expect(page.locator("#text")).to_have_value(TOO_LONG)
    answer = page.goto(page.url)
    assert answer
    assert answer.status == 200


def test_a_lost_claim_leads_to_an_address_that_opens(opened: Open, phones: Phones) -> None:
    phones.writes(0, "hoi", "medewerker")
    ada, bea = opened("Ada"), opened("Bea")
    expect(ada.waiting()).to_have_count(1)
    ada.page.route("**/console/events*", lambda route: route.abort())
    form = ada.page.locator("#waiting form").element_handle()
    take_first(bea)
    ada.page.evaluate("form => { document.body.append(form); form.requestSubmit(); }", form)
    expect(ada.page.locator("main [role=alert]")).to_contain_text("Bea")
    answer = ada.page.reload()
    assert answer
    assert answer.status == 403
    expect(ada.page.locator("main")).to_contain_text("Bea")


@pytest.mark.parametrize("path", OTHER_PAGES)
def test_every_page_keeps_conversations_and_shows_what_is_new_in_them(
    opened: Open, phones: Phones, helpline: Helpline, path: str
) -> None:
    adam = opened("Adam")
    phones.writes(0, "hoi", "medewerker")
    expect(adam.waiting()).to_have_count(1)
    take_first(adam)
    adam.says("Ik ben er.")
    with adam.page.expect_request(lambda request: request.url.endswith("/console/beat")) as beat:
        adam.page.goto(f"{helpline.url}{path}")
    assert "held" in (beat.value.post_data or "")
    phones.writes(0, "hij heeft een mes")
    news = adam.page.locator("#news")
    expect(news).to_contain_text("Nieuw bericht", timeout=BY_STREAM_MS)
    expect(news).to_contain_text("Gevaar")
    news.get_by_role("link").first.click()
    expect(adam.lines()).to_contain_text("hij heeft een mes")
    expect(news).not_to_contain_text("Nieuw bericht")  # it is open: no need to say so above it


def test_switching_pages_starts_no_frame_that_counts_as_an_act(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    requests: list[Request] = []
    ada.page.on("request", lambda request: requests.append(request))
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)
    take_first(ada)
    ada.says("Ik ben er.")
    ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("b")
    expect(ada.page.locator("#waiting")).to_be_visible()
    expect(ada.page.locator("iframe")).to_have_count(0)
    assert [request.url for request in requests if request.method == "GET" and request.url.endswith("/beat")] == []
    assert ada.page.locator("noscript").count() <= 2  # those the page came with


def test_what_the_person_erases_is_gone_from_every_open_screen(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)
    take_first(ada)
    ada.says("Ik ben er. Wat is er gebeurd?")
    phones.writes(0, "mijn oom heeft mijn paspoort")
    expect(ada.lines()).to_contain_text("mijn oom heeft mijn paspoort")
    other = Window(ada.context.new_page(), ada.context)
    other.page.goto(ada.page.url)
    expect(other.lines()).to_contain_text("mijn oom heeft mijn paspoort")
    other.page.fill("#text", "Je oom dus")
    phones.writes(0, "wis")
    phones.writes(0, "ja")
    for each in (ada, other):
        expect(each.page.locator("#transcript")).to_have_count(0, timeout=BY_STREAM_MS)
        expect(each.page.locator("#text")).to_have_count(0)
        expect(each.page.locator("body")).not_to_contain_text("paspoort")
    assert other.complaints == []


def test_what_comes_late_does_not_take_the_place_of_the_page_asked_for_after_it(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    page, where = ada.page, []
    for phone in (0, 1):
        phones.writes(phone, "hoi", "medewerker")
        page.goto(f"{page.url.split('/console/')[0]}/console/")
        take_first(ada)
        where.append(page.url)
    first, second = where
    late: list[Route] = []

    def hold(route: Route) -> None:
        asked_for = "x-background" not in route.request.headers and "check" not in (route.request.post_data or "")
        if asked_for and not late:
            late.append(route)
        else:
            route.continue_()

    def to(address: str) -> None:
        page.locator(f"#own-list a[href$='{address.rsplit('/', 1)[1]}']").click()

    page.route(first, hold)
    to(first)
    to(second)
    page.wait_for_url(second)
    with page.expect_response(lambda response: response.url == first):
        late[0].continue_()
    assert page.url == second

    to(first)
    page.wait_for_url(first)
    for text in ("Aan de eerste.", "Ook aan de eerste. " * 120):  # arrives; is refused
        late.clear()
        page.fill("#text", text)
        page.locator("form[data-compose=reply] button.main").click()
        expect(page.locator("form[aria-busy=true]")).to_have_count(1)
        to(second)
        page.wait_for_url(second)
        page.fill("#text", "Aan de tweede")
        with page.expect_response(lambda response: response.request.method == "POST" and response.url == first):
            late[0].continue_()
        expect(page.locator("#trouble")).to_be_visible(visible="Ook" in text)
        assert page.url == second
        expect(page.locator("#text")).to_have_value("Aan de tweede")
        to(first)
        page.wait_for_url(first)
        expect(page.locator("#text")).to_have_value(text if "Ook" in text else "")
    expect(phones.log(0)).to_contain_text("Aan de eerste.")
    expect(phones.log(1)).not_to_contain_text("de eerste")
    assert ada.complaints == []
