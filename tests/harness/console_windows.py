"""Advisors and phones in a browser, on real processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from bot.access.accounts import Accounts, Role
from bot.devtools.twilio import StandIn
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.connection import connect
from bot.storage.sealing import Sealer
from tests.harness.console_app import HASHED, PASSWORD, SECRET
from tests.harness.site import Site

AXE = Axe()
PEOPLE = {
    "Pia": (Role.ADVISOR, ("nl",)),
    "Ada": (Role.ADVISOR, ("nl", "en")),
    "Bea": (Role.ADVISOR, ("nl", "ar")),
    "Sue": (Role.SUPERVISOR, ("nl", "en")),
    "Adam": (Role.ADMINISTRATOR, ("nl",)),
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Helpline:
    """Everything that runs. Browser tests share it and use people of their own."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        self.site.on_own_machine()
        self.url = f"http://127.0.0.1:{self.site.port}/console/"
        self.logged_in: dict[tuple[str, str], StorageState] = {}
        """Cookies by name and language."""

    def start(self) -> None:
        environment = self.site.environment
        self.twilio = StandIn(
            account_sid=environment["TWILIO_ACCOUNT_SID"],
            auth_token=self.site.token,
            sms_number=environment["SMS_NUMBER"],
            whatsapp_number=environment["WHATSAPP_NUMBER"],
            public_url=self.site.twilio.public_url,
            local_url=f"http://127.0.0.1:{self.site.port}",
            webhook=f"{self.site.twilio.public_url}/twilio/message",
        ).start()
        environment["TWILIO_API_URL"] = self.twilio.url
        self.site.start_redis()
        add_people(self.site)
        self.site.start_web()
        self.site.start_worker()

    def close(self) -> None:
        self.site.stop_worker()
        self.twilio.stop()
        self.site.close()


@dataclass
class Window:
    """One browser window of one advisor. Fails at the end on anything the page complained about."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    def waiting(self) -> Locator:
        return self.page.locator("#waiting > li.item")

    def lines(self) -> Locator:
        return self.page.locator("#transcript")

    def says(self, text: str) -> None:
        """Write to the person whose conversation is open."""
        self.page.fill("#text", text)
        self.page.keyboard.press("Control+Enter")
        expect(self.lines()).to_contain_text(text)
        self.has_sent()

    def has_sent(self) -> None:
        """Wait until the page has its answer; the line itself may come by the stream before it."""
        expect(self.page.locator("form[aria-busy=true]")).to_have_count(0)

    def faults(self) -> list[str]:
        """What axe finds on the page as it is now, with its style: a bare page has links that are too small."""
        self.page.wait_for_load_state("load")
        found = AXE.run(self.page, options=RULES).response["violations"]
        return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


def window(browser: Browser, helpline: Helpline, name: str, *, lang: str = "nl-NL", **options: object) -> Window:
    """A window in which `name` is logged in, on the board. Who has logged in before, in an earlier test, still is."""
    known = helpline.logged_in.get((name, lang))
    context = browser.new_context(locale=lang, storage_state=known, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(helpline.url)
    expect(page.locator("#waiting, input[name=password]").first).to_be_visible()
    if page.locator("input[name=password]").count():
        sign_in(page, helpline, name)
        helpline.logged_in[name, lang] = context.storage_state()
    return Window(page, context)


def sign_in(page: Page, helpline: Helpline, name: str) -> None:
    """With name and password; these people have no second factor, as on one's own machine."""
    page.goto(helpline.url)
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button.main").click()
    expect(page.locator("#waiting")).to_be_visible()


def add_people(site: Site) -> None:
    """Ada and Bea, advisors, and Pia, who has a second factor; Sue, a supervisor; Adam, who administers."""
    connection = connect(site.redis_url)
    directory = RedisAccounts(connection, Sealer([bytes.fromhex(site.data_key)]))
    accounts = Accounts(directory, lambda: datetime.now(UTC))
    for name, (role, languages) in PEOPLE.items():
        made, _password = accounts.add(name, role, languages)
        changes = {"password": HASHED, "one_time_until": 0, "totp": SECRET if name == "Pia" else ""}
        accounts.change(made.id, partial(replace, **changes))
    connection.close()


class Phones:
    """The two phones of one simulator page."""

    def __init__(self, browser: Browser, helpline: Helpline) -> None:
        self.context = browser.new_context(locale="nl-NL")
        self.page = self.context.new_page()
        self.page.goto(f"http://127.0.0.1:{helpline.site.port}/simulator")
        for phone in (0, 1):  # nobody the bot knows from an earlier test
            self.page.get_by_role("button", name="Nieuwe persoon").nth(phone).click()

    def writes(self, phone: int, *texts: str) -> None:
        box = self.page.locator("textarea").nth(phone)
        for text in texts:
            box.fill(text)
            box.press("Enter")
            expect(self.log(phone)).to_contain_text(text)
            expect(self.page.locator(".typing").nth(phone)).to_be_hidden()

    def log(self, phone: int) -> Locator:
        return self.page.get_by_role("log").nth(phone)


Open = Callable[..., Window]
"""Opens a window in which somebody is logged in."""


def take_first(win: Window) -> None:
    win.page.locator("[data-take]").first.click()
    expect(win.page.locator("#text")).to_be_visible()
