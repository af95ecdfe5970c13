"""Every page while what it shows is damaged in Redis. Each kind of key alone is damaged in tests/storage."""

import pytest

from bot.access.accounts import Role
from bot.storage.redis import keys
from tests.harness.console_app import ConsoleApp
from tests.harness.twilio_client import sms
from tests.storage.test_damage import names_of, spoil

PAGES = (
    "", "c/{waits}", "c/{held}", "account", "audit", "beat", "news", "people", "settings", "statistics", "supervision",
    "words",
)  # fmt: skip
LOGINS = ("session", "accounts", "door")
"""With these damaged nobody is logged in."""


@pytest.mark.parametrize("wrong_kind", [False, True], ids=["garbage", "wrong kind"])
@pytest.mark.parametrize("table", [keys.OF_A_PERSON, keys.OF_A_SHARD, keys.ALONE], ids=["person", "shard", "alone"])
def test_no_page_fails_and_people_are_answered(pages: ConsoleApp, table: dict[str, str], wrong_kind: bool) -> None:
    pages.somebody("Ada", Role.ADMINISTRATOR)
    ada = pages.logged_in("Ada")
    waits, held = (pages.person_asks(number) for number in (1, 2))
    ada.get("/console/")
    assert ada.act(f"/console/c/{held}", "claim").status_code == 303
    assert ada.act(f"/console/c/{held}", "reply", {"text": "Ik ben er"}).status_code == 303
    for what, kind in table.items():
        for name in names_of(pages.redis, what) if what not in LOGINS else ():
            if wrong_kind:
                pages.redis.delete(name)
                kind = "hash" if kind == "string" else "string"
            spoil(pages.redis, name, kind)
    for number in (1, 2, 3):
        pages.person_sends(sms(f"9{number}", "hij slaat mij", f"+316{number:08}"))
    for page in PAGES:
        answer = ada.get(f"/console/{page.format(waits=waits, held=held)}")
        assert answer.status_code < 500, page
    assert pages.app.test_client().get("/readyz").status_code == 200
