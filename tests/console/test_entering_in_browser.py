"""Logging in, passkeys, and a session that is over, in a real browser."""

import time
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.console_app import PASSWORD, SECRET
from tests.harness.console_windows import Helpline, Phones, Window, sign_in, window

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.usefixtures("empty_board")]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="nl-NL")
    yield context.new_page()
    context.close()


def next_digits() -> str:
    """Digits that have not been used yet."""
    code = pyotp.TOTP(SECRET).now()
    while code in _used:
        time.sleep(0.5)
        code = pyotp.TOTP(SECRET).now()
    _used.add(code)
    return code


_used: set[str] = set()


def test_a_passkey_takes_the_place_of_password_and_code(page: Page, helpline: Helpline) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    here = f"http://localhost:{helpline.site.port}/console/"  # passkeys want a name, not an address
    page.goto(f"{here}account")
    page.get_by_label("Naam").fill("Pia")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("zes cijfers").fill(next_digits())
    page.get_by_role("button", name="Ga verder").click()
    expect(page.get_by_role("heading", name="Mijn account")).to_be_visible()  # where they were going

    page.locator("#for-passkey").fill("wrong")
    page.get_by_role("button", name="Voeg een passkey toe").click()
    expect(page.get_by_text("De passkey is niet toegevoegd")).to_be_visible()
    page.locator("#for-passkey").fill(PASSWORD)
    page.get_by_role("button", name="Voeg een passkey toe").click()
    expect(page.get_by_text("Aantal passkeys: 1")).to_be_visible()

    page.get_by_role("button", name="Uitloggen").click()
    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page.locator("#waiting")).to_be_visible()
    page.goto(f"{here}account")
    expect(page.locator("#for-passkey")).to_be_visible()
    page.get_by_role("button", name="Met een passkey", exact=True).click()
    expect(page.get_by_text("Je hebt net laten zien dat jij het bent")).to_be_visible()
    expect(page.locator("#for-passkey")).to_be_hidden()  # nothing more is asked for five minutes
    page.get_by_role("button", name="Voeg een passkey toe").click()
    expect(page.get_by_text("De passkey is niet toegevoegd")).to_be_visible()  # the device has one for us already
    page.get_by_role("button", name="Vergeet al mijn passkeys").click()
    expect(page.get_by_text("Bewaard")).to_be_visible()
    page.get_by_role("button", name="Uitloggen").click()
    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page.get_by_text("Het lukte niet met deze passkey")).to_be_visible()


def test_a_session_that_is_over_loses_no_typed_text(browser: Browser, helpline: Helpline) -> None:
    phones = Phones(browser, helpline)
    phones.writes(0, "hoi", "medewerker")
    ada = window(browser, helpline, "Ada")
    expect(ada.waiting()).to_have_count(1)
    ada.page.locator("[data-take]").first.click()
    ada.page.fill("#text", "Een lang antwoord")
    with helpline.site.client() as client:
        client.delete(*client.keys("helpline:session:*"))
    ada.page.keyboard.press("Control+Enter")
    expect(ada.page.locator("#trouble")).to_contain_text("Je bent uitgelogd")
    expect(ada.page.locator("#text")).to_have_value("Een lang antwoord")
    with ada.context.expect_page() as opened:
        ada.page.locator("#trouble a").click()
    sign_in(opened.value, helpline, "Ada")
    ada.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back in the first window
    expect(ada.page.locator("#trouble")).to_be_hidden()
    ada.page.get_by_role("button", name="Stuur").click()
    expect(phones.log(0)).to_contain_text("Een lang antwoord")
    ada.page.locator("#close summary").click()
    ada.page.get_by_role("button", name="Sluit het gesprek").click()
    assert ada.complaints == []
    ada.context.close()
    phones.context.close()


@pytest.mark.parametrize(("lang", "scheme"), [("nl-NL", "light"), ("en-GB", "dark")])
def test_axe_finds_nothing_at_the_door_or_behind_it(
    browser: Browser, helpline: Helpline, lang: str, scheme: str
) -> None:
    context = browser.new_context(locale=lang, color_scheme=scheme)  # type: ignore[arg-type]
    win = Window(context.new_page(), context)
    page = win.page
    page.goto(helpline.url)
    assert win.faults() == []
    page.fill("#name", "Pia")
    page.fill("#password", "wrong")
    page.locator("button.main").click()
    expect(page.locator("p.notice[role=alert]")).to_be_visible()
    assert win.faults() == []
    page.fill("#name", "Pia")
    page.fill("#password", PASSWORD)
    page.locator("button.main").click()
    expect(page.locator("#code")).to_be_visible()
    assert win.faults() == []
    page.goto(f"{helpline.url}login")
    sign_in(page, helpline, "Adam")
    for path in ("account", "people", "audit", "supervision", "settings", "statistics"):
        page.goto(f"{helpline.url}{path}")
        assert win.faults() == [], path
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.goto(f"{helpline.url}people")
    page.fill("#name", f"Nieuw {lang}")
    page.fill("#current-for-new", PASSWORD)
    page.locator("#main button.main").click()
    one_time = page.locator("#one-time").inner_text()
    assert win.faults() == []
    page.locator("form[action$=logout] button").click()
    page.fill("#name", f"Nieuw {lang}")
    page.fill("#password", one_time)
    page.locator("button.main").click()
    expect(page.locator(".qr-code")).to_be_visible()
    assert win.faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.fill("#password", "kort maar lang genoeg")
    page.fill("#code", "123456")
    page.locator("button.main").click()
    expect(page.locator("[role=alert]:not(#trouble)")).to_be_visible()
    assert win.faults() == []
    context.close()
