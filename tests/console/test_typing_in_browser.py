"""What is typed and chosen: it reaches the one it was meant for, once, and is gone with what it was about."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.console_windows import Helpline, Open, Phones, Window, sign_in, take_first

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.usefixtures("empty_board")]


@pytest.fixture
def talks(opened: Open, phones: Phones) -> tuple[Window, str, str]:
    """Ada with the conversations of both phones, and their addresses; the second is open."""
    ada, where = opened("Ada"), []
    for phone in (0, 1):
        phones.writes(phone, "hoi", "medewerker")
        ada.page.goto(f"{ada.page.url.split('/console/')[0]}/console/")
        take_first(ada)
        where.append(ada.page.url)
    return ada, where[0], where[1]


def to(page: Page, address: str) -> None:
    page.locator(f"#own-list a[href$='{address.rsplit('/', 1)[1]}']").click()
    page.wait_for_url(address)


def meets(page: Page, do: str, meet: Callable[[Route], None]) -> None:
    """The next form that does this meets `meet` on its way."""
    met: list[Route] = []

    def handle(route: Route) -> None:
        asked_for = (route.request.post_data or "").split('name="do"\r\n\r\n')[1:]
        if asked_for and asked_for[-1].startswith(do) and not met:
            met.append(route)
            meet(route)
        else:
            route.continue_()

    page.route("**/console/c/*", handle)


def arrives(page: Page, late: list[Route]) -> None:
    with page.expect_response(lambda response: response.request.method == "POST" and "/console/c/" in response.url):
        late.pop().continue_()
    expect(page.locator("form[aria-busy=true]")).to_have_count(0)


def save_note(page: Page, text: str) -> None:
    page.locator("#note-box:not([open]) summary").or_(page.locator("#note")).first.click()
    page.fill("#note", text)
    page.get_by_role("button", name="Bewaar de notitie").click()


def times(phones: Phones, text: str) -> int:
    """How often the second phone has it."""
    return phones.log(1).inner_text().count(text)


def test_a_page_that_comes_while_somebody_types_takes_no_letter_and_no_field(
    talks: tuple[Window, str, str], phones: Phones
) -> None:
    ada, first, second = talks
    page, late = ada.page, list[Route]()
    page.locator("#check-in summary").click()
    page.fill("#by", "2027-01-05")
    page.fill("#deed", "Het ministerie bellen")
    meets(page, "note", late.append)
    save_note(page, "een notitie")
    page.locator("#text").focus()
    page.keyboard.type("Bel ")
    arrives(page, late)
    expect(ada.lines()).to_contain_text("een notitie")
    page.keyboard.type("112 aan de balie")  # "1", "n", "a", "b" and "s" lead elsewhere where nothing is typed
    expect(page.locator("#text")).to_have_value("Bel 112 aan de balie")
    assert page.url == second
    for _check_in in ("the answer to another form", "another page"):
        expect(page.locator("#deed")).to_have_value("Het ministerie bellen")
        expect(page.locator("#by")).to_have_value("2027-01-05")
        to(page, first)
        expect(page.locator("#deed")).to_have_value("")
        to(page, second)
    page.locator("#text").focus()
    page.keyboard.type("b")
    page.evaluate("document.getElementById('text').remove()")  # as a page does that comes by itself
    page.keyboard.type("ban1")
    expect(page.locator("#transcript")).to_be_visible()
    assert page.url == second
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator("#waiting")).to_be_visible()


def test_a_reply_without_an_answer_is_sent_once(talks: tuple[Window, str, str], phones: Phones) -> None:
    ada, first, second = talks
    page, late = ada.page, list[Route]()
    send = page.locator("form[data-compose=reply] button.main")

    # On its way, while the page is replaced by the answer to another form, and left and opened again.
    meets(page, "reply", late.append)
    page.fill("#text", "Een antwoord.")
    send.click()
    save_note(page, "een notitie")
    expect(ada.lines()).to_contain_text("een notitie")
    send.click()
    to(page, first)
    to(page, second)
    send.click()
    arrives(page, late)
    expect(page.locator("#text")).to_have_value("")
    ada.says("Een antwoord.")  # the same words once more, and meant
    expect(phones.log(1)).to_contain_text("Je praat nu met een medewerker.\nEen antwoord.")
    expect(page.locator("#transcript .advisor")).to_have_count(2)

    # It was done, and the answer is lost.
    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    meets(page, "reply", lose)
    page.fill("#text", "Nog iets.")
    send.click()
    expect(ada.lines()).to_contain_text("Nog iets.")
    expect(page.locator("#trouble")).to_contain_text("We weten niet of het gelukt is")
    to(page, first)
    to(page, second)
    expect(page.locator("#text")).to_have_value("Nog iets.")
    send.click()
    expect(page.locator("#text")).to_have_value("")
    ada.says("Tot slot.")
    expect(phones.log(1)).to_contain_text("Tot slot.")
    assert [times(phones, text) for text in ("Een antwoord.", "Nog iets.")] == [2, 1]


def test_who_may_not_read_a_conversation_any_more_sees_only_what_they_type(
    talks: tuple[Window, str, str], phones: Phones, helpline: Helpline
) -> None:
    ada, first, second = talks
    page = ada.page
    phones.writes(1, "mijn oom heeft mijn paspoort")
    expect(ada.lines()).to_contain_text("paspoort")
    page.fill("#text", "Je oom dus")

    other = Window(ada.context.new_page(), ada.context)
    other.page.goto(second)
    other.page.get_by_role("button", name="Uitloggen").click()
    other.page.locator("input[name=password]").wait_for()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#trouble")).to_contain_text("Je bent uitgelogd")
    expect(page.locator("body")).not_to_contain_text("paspoort")
    expect(page.locator("#text")).to_have_value("Je oom dus")
    sign_in(other.page, helpline, "Ada")
    helpline.logged_in["Ada", "nl-NL"] = ada.context.storage_state()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ada.lines()).to_contain_text("paspoort")

    # Everything is erased, and the next conversation has begun, before this page hears of it.
    ada.context.set_offline(True)
    phones.writes(1, "wis", "ja", "dag", "medewerker")
    ada.context.set_offline(False)
    expect(page.locator("#trouble")).to_contain_text("niet meer van jou")
    expect(page.locator("body")).not_to_contain_text("paspoort")
    expect(page.locator("#text")).to_have_value("Je oom dus")
    to(page, first)
    page.keyboard.press("b")
    take_first(ada)
    assert page.url == second
    expect(page.locator("#text")).to_have_value("")


def test_a_colleague_that_was_chosen_stays_chosen_when_news_comes(opened: Open, phones: Phones) -> None:
    opened("Ada")
    opened("Bea")
    page = opened("Sue").page
    for phone in (0, 1):
        phones.writes(phone, "hoi", "medewerker")
    page.get_by_role("link", name="Leiding").click()
    row = page.locator("#everything tbody tr")
    expect(row).to_have_count(2)
    box = row.nth(1).get_by_role("combobox")
    where = f"#{box.get_attribute('id')}"
    last = box.locator("option").last.get_attribute("value") or ""
    act = row.nth(1).locator("input[name=act]")
    shown = act.input_value()
    box.focus()
    box.select_option(last)
    phones.writes(0, "ben je er?")
    expect(act).not_to_have_value(shown)
    expect(page.locator(where)).to_have_value(last)
    expect(page.locator(where)).to_be_focused()
