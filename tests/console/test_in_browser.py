"""The console in a real browser: advisors, a supervisor and phones at once, on a real server, worker and Redis."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.harness.console_windows import Helpline, Open, Phones, Window, take_first

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.usefixtures("empty_board")]

PHONE = {"width": 360, "height": 700}


def test_from_asking_to_closing_with_two_advisors_and_three_phones(
    opened: Open, phones: Phones, browser: Browser, helpline: Helpline
) -> None:
    ada, bea, sue = opened("Ada"), opened("Bea", lang="en-GB"), opened("Sue")
    sue.page.get_by_role("link", name="Leiding").click()
    everything = sue.page.locator("#everything tbody tr")
    third = Phones(browser, helpline)

    phones.writes(0, "hoi", "medewerker")
    asked = time.monotonic()
    expect(ada.waiting()).to_have_count(1)
    expect(bea.waiting()).to_have_count(1)
    print(f"on both boards {time.monotonic() - asked:.1f} s after the answer")
    phones.writes(1, "hello", "can i talk to a person")
    third.writes(0, "er is geweld, hij heeft een mes", "medewerker")
    expect(ada.waiting()).to_have_count(3)
    expect(ada.waiting().first).to_contain_text("Gevaar")
    expect(everything.filter(has_text="wachtrij")).to_have_count(3)

    take_first(ada)
    ada.says("Ik ben er. Ben je nu alleen?")
    expect(third.log(0)).to_contain_text("Ben je nu alleen?")
    expect(bea.page.locator("#others")).to_contain_text("Ada")
    expect(bea.waiting()).to_have_count(2)

    bea.waiting().filter(has_text="English").locator("[data-take]").click()
    bea.says("I am here. Can you type safely?")
    expect(phones.log(1)).to_contain_text("Can you type safely?")
    phones.writes(1, "yes i can")
    expect(bea.lines()).to_contain_text("yes i can")
    expect(everything.filter(has_text="wachtrij")).to_have_count(1)
    expect(sue.page.locator("#here")).to_contain_text("Bea: 1")

    ada.page.locator("#note-box summary").click()
    ada.page.fill("#note", "belt met oom")
    ada.page.get_by_role("button", name="Bewaar de notitie").click()
    expect(ada.lines()).to_contain_text("belt met oom")
    third.writes(0, "hij komt met een mes")
    expect(ada.lines()).to_contain_text("Schreef over gevaar")
    expect(third.log(0)).not_to_contain_text("belt met oom")

    ada.page.get_by_text("Doorgeven aan een collega").click()
    ada.page.select_option("#to", label=ada.page.locator("#to option", has_text="Bea").inner_text())
    ada.page.get_by_role("button", name="Bied aan").click()
    expect(ada.page.locator("#head")).to_contain_text("Aangeboden aan Bea")
    offered = bea.page.locator("#own-list a", has_text="Ada")
    offered.click()
    bea.page.locator("#head button.main").click()
    expect(bea.page.locator("#text")).to_be_visible()
    expect(bea.lines()).to_contain_text("belt met oom")
    expect(ada.page.locator("main")).to_contain_text("Bea")

    bea.page.locator("#hand-back summary").click()
    bea.page.locator("#hand-back button").click()
    expect(third.log(0)).to_contain_text("Je praat nu weer met de bot")
    third.writes(0, "medewerker")
    expect(bea.waiting()).to_have_count(2)
    bea.waiting().filter(has_text="Danger").locator("[data-take]").click()
    bea.says("Ik ben er weer.")
    bea.page.locator("#close summary").click()
    bea.page.locator("#close button").click()
    expect(bea.page.locator("#waiting")).to_be_visible()
    expect(bea.page.locator("#own-list > li[id]")).to_have_count(1)

    held = everything.filter(has=sue.page.get_by_role("cell", name=re.compile("^Bea( is |$)")))
    expect(held).to_have_count(1)
    held.get_by_role("combobox").select_option(label="Ada (0) – Engels")
    held.get_by_role("button").click()
    expect(ada.page.locator("#own-list > li[id]")).to_have_count(1)
    ada.page.keyboard.press("1")
    ada.says("Hello, I go on from here.")
    expect(phones.log(1)).to_contain_text("I go on from here.")
    third.context.close()


def test_a_cut_connection_loses_nothing(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)
    take_first(ada)
    ada.context.set_offline(True)
    ada.page.fill("#text", "Ben je er nog?")
    ada.page.keyboard.press("Control+Enter")
    expect(ada.page.locator("#trouble")).to_contain_text("Geen verbinding")
    expect(ada.page.locator("#text")).to_have_value("Ben je er nog?")
    phones.writes(0, "ben je er?")
    ada.context.set_offline(False)
    expect(ada.lines()).to_contain_text("ben je er?")
    expect(ada.page.locator("#text")).to_have_value("Ben je er nog?")
    expect(ada.page.locator("#trouble")).to_contain_text("We weten niet of het gelukt is")  # not known by a connection
    ada.page.get_by_role("button", name="Stuur").click()
    expect(ada.page.locator("#trouble")).to_be_hidden()
    expect(phones.log(0)).to_contain_text("Ben je er nog?")
    expect(ada.page.locator("#text")).to_have_value("")


def test_two_windows_of_one_advisor_do_not_fight(opened: Open, phones: Phones, helpline: Helpline) -> None:
    one = opened("Ada")
    phones.writes(0, "hoi", "medewerker")
    expect(one.waiting()).to_have_count(1)
    take_first(one)
    two = Window(one.context.new_page(), one.context)
    two.page.goto(one.page.url)
    two.page.fill("#text", "half getypt")
    one.says("Hoi, ik ben er.")
    expect(two.lines()).to_contain_text("Hoi, ik ben er.")
    expect(two.page.locator("#text")).to_have_value("half getypt")
    one.page.locator("#close summary").click()
    one.page.get_by_role("button", name="Sluit het gesprek").click()
    expect(two.page.locator("#trouble")).to_be_visible()
    expect(two.page.locator("#text")).to_have_value("half getypt")
    two.page.fill("#text", "")
    expect(two.page.locator("#waiting, h1")).to_be_visible()
    assert two.complaints == []


def test_a_form_that_is_sent_twice_acts_once(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)
    take_first(ada)
    form = {
        field.get_attribute("name") or "": field.input_value()
        for field in ada.page.locator("[data-compose=reply] input").all()
    }
    url = ada.page.locator("[data-compose=reply]").get_attribute("action")
    assert url
    for _twice in range(2):
        answer = ada.context.request.post(
            ada.page.evaluate("location.origin") + url, form={**form, "text": "Eén keer"}, max_redirects=0
        )
        assert answer.status == 303
    expect(phones.log(0)).to_contain_text("Eén keer")
    expect(ada.page.locator("#transcript .advisor")).to_have_count(1)


def test_everything_by_keyboard_alone(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    keys = ada.page.keyboard
    for phone in (0, 1):
        phones.writes(phone, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(2)
    keys.press("?")
    expect(ada.page.locator("#keys")).to_be_visible()
    keys.press("Escape")
    keys.press("n")
    expect(ada.page.locator("#text")).to_be_visible()
    keys.press("a")
    keys.type("Ik ben er.")
    keys.press("Control+Enter")
    expect(ada.lines()).to_contain_text("Ik ben er.")
    expect(ada.page.locator("#text")).to_be_focused()
    keys.type("nog niet klaar")
    ada.has_sent()
    keys.press("Escape")
    keys.press("b")
    expect(ada.waiting()).to_have_count(1)
    keys.press("1")
    expect(ada.page.locator("#text")).to_have_value("nog niet klaar")
    keys.press("o")
    expect(ada.page.locator("#note")).to_be_focused()
    keys.press("Escape")
    keys.press("?")
    ada.page.locator("#keys-on").press("Space")
    keys.press("Escape")
    keys.press("b")
    expect(ada.page.locator("#text")).to_be_visible()  # switched off: the letter does nothing
    ada.page.evaluate("localStorage.clear()")
    ada.page.fill("#text", "")


def test_it_fits_a_phone_and_a_screen_at_twice_the_size(opened: Open, phones: Phones) -> None:
    phones.writes(0, "hoi", "medewerker")
    for size in (PHONE, {"width": 640, "height": 512}):  # 200 % of a small screen
        ada = opened("Ada", viewport=size)
        expect(ada.page.locator("main")).to_be_visible()
        for _page in ("board", "conversation"):
            assert ada.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            if ada.waiting().count():
                take_first(ada)
        if ada.page.locator("#own-list a").count():
            ada.page.locator("#own-list a").first.click()
            assert ada.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_on_a_phone_the_last_message_stands_above_the_reply(opened: Open, phones: Phones) -> None:
    ada = opened("Ada", viewport=PHONE)
    phones.writes(0, "hoi", "er is geweld, hij heeft een mes", "ik ben bang")
    expect(ada.waiting()).to_have_count(1)
    take_first(ada)

    def covered() -> float:
        """How much of the last message the reply lies over."""
        return float(
            ada.page.evaluate(
                "document.querySelector('#transcript > :last-child').getBoundingClientRect().bottom"
                " - document.querySelector('form[data-compose=reply]').getBoundingClientRect().top"
            )
        )

    assert covered() <= 0
    for number in range(3):
        ada.says(f"Ik ben er {number}.")
        assert covered() <= 0
        phones.writes(0, f"ik zit in mijn kamer en ik weet het niet meer {number}")
        expect(ada.lines()).to_contain_text(f"niet meer {number}")
        ada.page.wait_for_function(
            "document.querySelector('#transcript > :last-child').getBoundingClientRect().bottom"
            " <= document.querySelector('form[data-compose=reply]').getBoundingClientRect().top"
        )
    for text, place in (("ben je er nog", "name"), ("hallo?", "erase")):
        ada.page.locator(f"#{place}").scroll_into_view_if_needed()
        phones.writes(0, text)
        expect(ada.lines()).to_contain_text(text)
        expect(ada.page.locator(f"#{place}")).to_be_in_viewport()  # whoever reads something else stays there


@pytest.mark.parametrize(("lang", "scheme"), [("nl-NL", "light"), ("en-GB", "dark")])
def test_axe_finds_nothing_on_any_page(
    opened: Open, phones: Phones, lang: str, scheme: str, helpline: Helpline
) -> None:
    ada = opened("Ada", lang=lang, color_scheme=scheme)
    assert ada.faults() == []
    for phone in (0, 1):
        phones.writes(phone, "hoi", "1", "ik ben in marokko", "ja", "medewerker")
    expect(ada.waiting()).to_have_count(2)
    assert ada.faults() == []
    ada.page.locator(".item a.button").first.click()
    expect(ada.page.locator("#waits")).to_be_visible()
    assert ada.faults() == []
    ada.page.locator("[data-take]").click()
    expect(ada.page.locator("#text")).to_be_visible()
    ada.says("Hoi, kun je typen?")
    for details in ada.page.locator("details").all():
        details.evaluate("details => { details.open = true }")
    assert ada.faults() == []
    ada.page.locator("#main").focus()
    ada.page.keyboard.press("?")
    assert ada.faults() == []
    ada.page.keyboard.press("Escape")
    where = ada.page.url
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    ada.page.fill("#by", tomorrow)
    ada.page.fill("#deed", "Het ministerie bellen.")
    ada.page.locator("#check-in button").click()
    expect(ada.page.locator("#check-in .notice")).to_contain_text("Het ministerie bellen.")
    ada.page.goto(helpline.url)
    ada.page.locator("#expected-list summary").click()
    assert ada.faults() == []
    phones.writes(1, "code")
    code = phones.log(1).inner_text().split("\n")
    words = next(line for line in reversed(code) if re.fullmatch(r"[a-z]+( [a-z]+){3}", line))
    ada.page.goto(f"{helpline.url}words")
    assert ada.faults() == []
    for typed in ("appel boter regn fiets", words):
        ada.page.fill("#words", typed)
        ada.page.locator("main form button").click()
        expect(ada.page.locator("main .notice")).to_be_visible()
        assert ada.faults() == []
    bea = opened("Bea", lang=lang, color_scheme=scheme)
    assert bea.page.goto(where).status == 403  # type: ignore[union-attr]
    assert bea.faults() == []
    assert bea.page.goto(f"{helpline.url}c/{'A' * 22}").status == 404  # type: ignore[union-attr]
    assert bea.faults() == []


def test_without_scripts_an_advisor_can_do_it_all(opened: Open, phones: Phones) -> None:
    phones.writes(0, "hoi", "medewerker")
    ada = opened("Ada", java_script_enabled=False)
    page = ada.page
    page.get_by_role("button", name="Neem dit gesprek").click()
    page.fill("#text", "Ik ben er.")
    page.get_by_role("button", name="Stuur").click()
    expect(ada.lines()).to_contain_text("Ik ben er.")
    expect(phones.log(0)).to_contain_text("Ik ben er.")
    page.get_by_text("Notitie voor collega's").click()
    page.fill("#note", "rustig")
    page.get_by_role("button", name="Bewaar de notitie").click()
    expect(ada.lines()).to_contain_text("rustig")
    expect(page.frame_locator("iframe.beat").get_by_text("Er wachten")).to_be_visible()
    page.get_by_text("Afsluiten", exact=True).click()
    page.get_by_role("button", name="Sluit het gesprek").click()
    expect(page.get_by_text("Er wacht niemand.")).to_be_visible()


def test_what_is_for_browsers_without_scripts_stays_dead_when_a_page_is_swapped_in(
    opened: Open, phones: Phones
) -> None:
    """Its frame would beat as long as the page is open, so that the pages are never locked; and log in by itself."""
    phones.writes(0, "hoi", "medewerker")
    ada = opened("Ada")
    take_first(ada)
    expect(ada.page.get_by_role("button", name="Controleer eerst")).to_have_count(0)
    assert ada.page.locator("iframe.beat").count() == 0
    assert len(ada.page.frames) == 1


def test_texts_at_hand_and_what_a_text_is_looked_through_for(opened: Open, phones: Phones) -> None:
    phones.writes(0, "hoi", "1", "ik ben in marokko", "ja", "medewerker")
    ada = opened("Ada")
    take_first(ada)
    page = ada.page
    page.locator("#quick-texts summary").click()
    page.get_by_role("link", name="Jij kiest").click()
    expect(page.locator("#text")).to_have_value("Jij kiest wat we nu doen: een nummer, uitleg, of gewoon even praten.")
    expect(ada.lines()).not_to_contain_text("Jij kiest wat we nu doen")  # put there, not sent
    page.fill("#text", "Bel Veilig Thuis of 112. Bea belt ook.")
    for what in ("organisatie: Veilig Thuis", "112 werkt niet vanuit het buitenland", "naam: Bea"):
        expect(page.locator("#findings")).to_contain_text(what)
    page.fill("#text", "Ik ben er \u2019s avonds weer en dan kunnen we verder praten over wat jij wilt, als dat lukt.")
    expect(page.locator("#findings")).to_contain_text("Het teken \u2019")
    page.get_by_role("button", name="Vervang het").click()
    expect(page.locator("#text")).to_have_value(
        "Ik ben er 's avonds weer en dan kunnen we verder praten over wat jij wilt, als dat lukt."
    )
    expect(page.locator("#findings")).to_be_empty()
    page.locator("#numbers summary").click()
    expect(page.locator("#numbers")).to_contain_text("+31 247 247 247")
    expect(page.locator("#numbers")).to_contain_text("Politie in Marokko")
    expect(page.locator("#numbers")).not_to_contain_text("0800")  # does not work there
    page.locator("#close summary").click()
    page.get_by_label("alleen geluisterd").check()
    page.get_by_role("button", name="Sluit het gesprek").click()
    expect(page.locator("#waiting")).to_be_visible()


def test_a_quick_text_puts_into_an_english_reply_what_its_title_says(opened: Open, phones: Phones) -> None:
    phones.writes(0, "hello", "can i talk to a person")
    ada = opened("Ada", lang="en-GB")
    take_first(ada)
    page = ada.page
    page.locator("#quick-texts summary").click()
    for title, begins in (
        ("Begin", "Hi, I am here for you now."),
        ("Is somebody reading along?", "Are you alone now?"),
    ):
        page.fill("#text", "")
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.locator("#text")).to_have_value(re.compile(f"^{re.escape(begins)}"))
    page.fill("#text", "")


def test_a_photo_that_comes_while_the_page_is_open_shows_above_its_caption(
    opened: Open, phones: Phones, helpline: Helpline
) -> None:
    sender = "+31687654322"
    for text in ("hoi", "medewerker"):
        helpline.twilio.text(sender, text)
    ada = opened("Ada")
    take_first(ada)
    secret = f"{helpline.twilio.url}/secret.jpg"
    helpline.twilio.text(sender, "dit is mijn ticket", NumMedia="1", MediaContentType0="image/jpeg", MediaUrl0=secret)
    line = ada.page.locator("#transcript .person", has_text="dit is mijn ticket")
    expect(line.locator(".media")).to_have_text("Foto. Wordt niet opgehaald.", timeout=4000)
    expect(line.locator(".words")).to_have_text("dit is mijn ticket")
    expect(line.locator("img, a")).to_have_count(0)


def test_the_queue_shows_the_language_heard_and_puts_it_before_who_speaks_it(opened: Open, phones: Phones) -> None:
    ada, bea = opened("Ada"), opened("Bea")  # both speak Dutch; Ada English too, Bea Arabic
    phones.writes(0, "مرحبا، أختي بقيت في المغرب وأخذوا جواز سفرها", "medewerker")
    phones.writes(1, "hello, i need some advice about a trip please", "medewerker")
    for window, languages in ((ada, ["Engels", "Arabisch"]), (bea, ["Arabisch", "Engels"])):
        expect(window.page.locator("#waiting > li.item .facts li:first-child")).to_contain_text(languages)


HOSTILE = (
    "<script>window.hurt = 1</script>",
    "<img src=x onerror='window.hurt = 1'>",
    '"><svg/onload=window.hurt=1>',
    "javascript:window.hurt=1 https://evil.example/ www.evil.example",
    "{{ 7*7 }} {% print(7*7) %} ${7*7} __proto__",
    "</textarea></ol></main><h1>dicht</h1>",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
    "<a href='//evil.example'>klik</a><form action=//evil.example><button>x</button></form>",
    "data-live id=main name=csrf <meta http-equiv=refresh content='0;url=//evil.example'>",
    "\u202egnirts desrever\u202c \u2066isolated\u2069 a\u200bb \u00ad\ufeff",
    "Z" + "\u0336\u0489" * 60,
    "w" * 1500,
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645 123 (abc)",
    "\U000e0041\U000e0042 \ud83d\udc69\u200d\ud83d\udc67",
    "\u2028\u2029\x0b\x1f line",
)


def test_hostile_text_runs_nothing_hides_nothing_and_makes_no_link(
    opened: Open, phones: Phones, helpline: Helpline
) -> None:
    for each in HOSTILE:
        helpline.twilio.text("+31687654321", each.encode("utf-16", "surrogatepass").decode("utf-16"))
    helpline.twilio.text("+31687654321", "medewerker")
    ada = opened("Ada")
    expect(ada.waiting()).to_have_count(1)
    requests: list[str] = []
    ada.page.on("request", lambda request: requests.append(request.url))
    take_first(ada)
    words = ada.page.locator("#transcript .person .words")
    expect(words.first).to_have_text("<script>window.hurt = 1</script>")
    assert words.count() >= len(HOSTILE)
    assert ada.page.evaluate("window.hurt") is None
    assert ada.page.locator("#transcript .words :not(.odd)").count() == 0  # no element but our own marks
    assert ada.page.locator("#transcript .person a, #transcript .person form, #transcript .person img").count() == 0
    expect(ada.lines()).to_contain_text("U+202Egnirts desrever")
    expect(ada.lines()).to_contain_text("U+0489")
    boxes = ada.page.locator("#transcript .words").evaluate_all(
        "nodes => nodes.map(node => [node.scrollWidth - node.clientWidth, node.getBoundingClientRect().height])"
    )
    assert all(wider <= 1 for wider, _height in boxes)
    assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ada.faults() == []
    assert all(url.startswith(f"http://127.0.0.1:{helpline.site.port}/console/") for url in requests)
    ada.page.locator("#close summary").click()
    ada.page.get_by_role("button", name="Sluit het gesprek").click()
    expect(ada.page.locator("#waiting")).to_be_visible()


def test_without_a_stream_the_page_asks_now_and_then(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    ada.page.route("**/console/events*", lambda route: route.abort())
    ada.page.reload()
    expect(ada.waiting()).to_have_count(0)
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)


def test_a_notification_comes_only_when_switched_on_and_says_nothing(opened: Open, phones: Phones) -> None:
    ada = opened("Ada")
    ada.page.add_init_script(
        """window.told = [];
        window.Notification = class { constructor(...all) { window.told.push(JSON.stringify(all)); } };
        window.Notification.requestPermission = async () => "granted";
        Object.defineProperty(document, "hidden", { get: () => true });"""
    )
    ada.page.reload()
    phones.writes(0, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(1)
    assert ada.page.evaluate("window.told") == []
    ada.page.get_by_role("button", name="Melding als er iemand wacht").click()
    phones.writes(1, "hoi", "medewerker")
    expect(ada.waiting()).to_have_count(2)
    expect(ada.page).to_have_title("(2) Overzicht")  # written in the same step
    assert ada.page.evaluate("window.told") == ['["Er wacht iemand.",{"tag":"waiting"}]']
