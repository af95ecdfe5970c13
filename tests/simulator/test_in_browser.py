"""The phone simulator in a real browser, on a real server and a real Redis."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.harness.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

PHONE_WIDTH = {"width": 360, "height": 700}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.on_own_machine()
    site.start_redis()
    site.start_web()
    yield site
    site.close()


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """The page, opened in Dutch. Fails on anything the page complains about."""
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://127.0.0.1:{site.port}/simulator")
    for phone in (0, 1):  # nobody the bot knows from an earlier test
        page.get_by_role("button", name="Nieuwe persoon").nth(phone).click()
    yield page
    context.close()
    assert complaints == []


def write(page: Page, phone: int, *texts: str) -> None:
    box = page.locator("textarea").nth(phone)
    for text in texts:
        before = log(page, phone).inner_text()
        box.fill(text)
        box.press("Enter")
        expect(log(page, phone)).not_to_have_text(before)
        expect(page.locator(".typing").nth(phone)).to_be_hidden()


def log(page: Page, phone: int) -> Locator:
    return page.get_by_role("log").nth(phone)


def test_two_people_text_side_by_side_and_do_not_mix(page: Page) -> None:
    write(page, 0, "hoi", "1")
    write(page, 1, "help he has a knife")
    expect(log(page, 0)).to_contain_text("Waar gaat het over?")
    expect(log(page, 1)).to_contain_text("It is awful that this is happening.")
    expect(log(page, 1)).to_contain_text("+31 247 247 247")
    expect(log(page, 0)).not_to_contain_text("knife")


def test_an_answer_tells_what_it_costs_and_shows_its_twiml(page: Page) -> None:
    write(page, 0, "hoi")
    expect(log(page, 0)).to_contain_text("GSM-7")
    page.get_by_text("TwiML").first.click()
    expect(log(page, 0)).to_contain_text("<Response><Message>")


def test_a_choice_can_be_tapped(page: Page) -> None:
    write(page, 0, "hoi")
    page.get_by_role("button", name="1 ja").click()
    expect(log(page, 0)).to_contain_text("Waar gaat het over?")


def test_hostile_text_is_only_text(page: Page) -> None:
    write(page, 0, "<img src=x onerror=document.title='hit'><script>document.title='hit'</script>")
    expect(log(page, 0)).to_contain_text("<script>")
    assert page.title() != "hit"


def test_it_fits_a_phone_and_works_by_keyboard_alone(page: Page) -> None:
    page.set_viewport_size(PHONE_WIDTH)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH["width"]
    for _step in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("hoi")
    page.keyboard.press("Enter")
    expect(log(page, 0)).to_contain_text("Kun je nu veilig typen?")


def test_the_page_speaks_the_browsers_language(site: Site, browser: Browser) -> None:
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{site.port}/simulator")
        expect(page.get_by_role("heading", level=1)).to_have_text("Phone simulator")
