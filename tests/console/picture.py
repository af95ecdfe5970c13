"""The picture of the console in the README: `make picture`. A made-up conversation, on real processes."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from tests.harness.chromium import chromium
from tests.harness.console_windows import Helpline, Phones, window

SIZE = {"width": 1280, "height": 800}


def main(out: Path) -> None:
    """Write the picture to `out`."""
    with tempfile.TemporaryDirectory() as folder:
        helpline = Helpline(Path(folder))
        helpline.start()
        try:
            with chromium() as browser:
                draw(browser, helpline, out)
        finally:
            helpline.close()


def draw(browser, helpline: Helpline, out: Path) -> None:  # type: ignore[no-untyped-def]
    """Two people wait, one is being helped."""
    phones, others = Phones(browser, helpline), Phones(browser, helpline)
    phones.writes(0, "hoi", "1", "ik ben in marokko", "ja", "medewerker")
    others.writes(0, "hi", "my father took my passport", "i want to talk to a person")
    others.writes(1, "hoi", "medewerker")
    ada = window(browser, helpline, "Ada", viewport=SIZE)
    ada.page.locator("#waiting > li", has_text="buitenland").first.locator("[data-take]").click()
    ada.says("Hoi, ik ben er nu voor jou. Kun je veilig typen?")
    phones.writes(0, "ja maar niet lang, mijn oom komt zo")
    expect(ada.lines()).to_contain_text("mijn oom")
    ada.page.fill("#text", "Bel 112 als het niet meer veilig is.")
    expect(ada.page.locator("#findings")).to_contain_text("buitenland")
    ada.page.locator("#quick-texts summary").click()
    ada.page.locator("aside.about").evaluate("aside => aside.scrollTo(0, 0)")
    expect(ada.page.locator("#transcript")).to_contain_text("aangekomen")
    ada.page.screenshot(path=out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
