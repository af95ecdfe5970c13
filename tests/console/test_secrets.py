"""No number, no password and no word of anybody where it does not belong."""

import logging

import pytest

from bot.access.accounts import Role
from tests.console.test_doors import path, rules
from tests.harness.console_app import PASSWORD, ConsoleApp

CANARY = "kanarievogel"


def test_a_persons_number_is_on_no_page_and_in_no_answer(pages: ConsoleApp) -> None:
    pages.somebody("Ada", Role.ADMINISTRATOR)
    contact = pages.person_asks(23456789)
    visit = pages.logged_in("Ada")
    visit.get("/console/")
    assert visit.act(f"/console/c/{contact}", "claim").status_code == 303
    assert visit.act(f"/console/c/{contact}", "reply", {"text": "hoi", "act": "1"}).status_code == 303
    seen = 0
    for rule in rules(pages):
        if rule.endpoint in ("console.events", "console.static") or "GET" not in (rule.methods or ()):
            continue
        answer = visit.get(path(rule).replace("A" * 22, contact))
        seen += answer.status_code == 200
        everything = answer.text + repr(answer.headers)
        for form in ("+31623456789", "31623456789", "0623456789", "623456789"):
            assert form not in everything, rule
    assert seen > 8


def test_the_console_logs_no_name_no_password_and_no_word(
    pages: ConsoleApp,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    pages.somebody(f"Ada {CANARY}")
    contact = pages.person_asks()
    pages.browser().log_in(f"Ada {CANARY}", f"{CANARY} {PASSWORD}")
    pages.browser().log_in(CANARY, CANARY, code=CANARY)
    visit = pages.logged_in(f"Ada {CANARY}")
    visit.get("/console/")
    visit.act(f"/console/c/{contact}", "claim")
    visit.act(f"/console/c/{contact}", "reply", {"text": f"hoi {CANARY}"})
    visit.act(f"/console/c/{contact}", "note", {"text": f"hoi {CANARY}"})
    visit.act(f"/console/c/{CANARY}", "reply", {"text": CANARY})
    visit.get(f"/console/{CANARY}?{CANARY}")
    visit.post("/console/account/password", {"current": CANARY, "password": CANARY})

    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr("bot.advisors.board.Board.board", broken)
    assert visit.get(f"/console/?{CANARY}").status_code == 500
    assert "webhook_failed" in caplog.text  # the fault is told, its words are not
    told = caplog.text + "".join(capfd.readouterr())
    assert CANARY not in told
    assert contact not in told


def test_what_advisors_write_is_sealed_and_the_log_of_acts_holds_none_of_it(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    contact = pages.person_asks()
    visit = pages.logged_in("Ada")
    visit.get("/console/")
    visit.act(f"/console/c/{contact}", "claim")
    visit.act(f"/console/c/{contact}", "reply", {"text": f"hoi {CANARY}"})
    visit.act(f"/console/c/{contact}", "note", {"text": f"noot {CANARY}"})
    names = pages.redis.keys("*")
    everything = repr([pages.redis.dump(name) for name in names if pages.redis.type(name) != b"none"])
    assert CANARY not in everything
    assert "Ada" not in everything
    assert [line.on for line in pages.audit_log.lines() if line.what == "note"] != [contact]
