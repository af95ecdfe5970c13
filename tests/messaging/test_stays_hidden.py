"""Whoever has hidden everything stays hidden, whatever else happens to their conversation."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.dialogue.conversation import SCHEMA, Status
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from bot.ports.conversations import Decision
from tests.harness.dialogue import CONTACT, with_understander
from tests.messaging.test_runner import Raises, Site, message


@pytest.fixture
def site(engine: Engine) -> Site:
    """Somebody whom an advisor has, who has just hidden everything."""
    made = Site(engine).begin(status=Status.ADVISOR, advisor="ada", channel="sms")
    made.storage.state.leases[CONTACT] = "ada"
    assert made.say("onweer", "SM1") == dull(made)
    return made


def dull(site: Site) -> str:
    return site.engine.contents["nl"].states[StateName.DECOY].say


def comes_late(site: Site) -> None:
    site.runner.recover(message("SM2", "ben je daar"), site.now - timedelta(minutes=1), late=True)


def may_have_been_answered(site: Site) -> None:
    site.runner.recover(message("SM2", "ben je daar"), site.now, late=False, maybe_answered=True)


def is_blocked(site: Site) -> None:
    Desk(site.runner, site.storage, {}, lambda: site.now).block(Advisor("ada"), CONTACT, "act")


def is_handed_back(site: Site) -> None:
    Desk(site.runner, site.storage, {}, lambda: site.now).hand_back(Advisor("ada"), CONTACT, "act")


def is_closed(site: Site) -> None:
    Desk(site.runner, site.storage, {}, lambda: site.now).close(Advisor("ada"), CONTACT, "act")


def meets_a_bug(site: Site) -> None:
    site.runner._engine = with_understander(site.engine, Raises())
    reply = site.say("wie is dit", "SM2")
    assert reply.startswith("Gevaar?")
    assert "medewerker" not in reply
    site.runner._engine = site.engine


def is_stopped_by_the_network(site: Site) -> None:
    assert site.say("STOP", "SM2", opt_out=True) == ""


def was_written_by_newer_code(site: Site) -> None:
    other = message("other")
    opened = site.storage.conversations.open(other)
    site.storage.conversations.commit(other, opened, Decision(replace(opened.conversation, schema=SCHEMA + 1)))


@pytest.mark.parametrize(
    "happens",
    [
        comes_late, may_have_been_answered, is_blocked, is_handed_back, is_closed, meets_a_bug,
        is_stopped_by_the_network, was_written_by_newer_code,
    ],
)  # fmt: skip
def test_who_is_hidden_stays_so(site: Site, happens: Callable[[Site], None]) -> None:
    happens(site)
    assert site.conversation.position.state == StateName.DECOY
    assert site.conversation.privacy.observed
    for number, text in enumerate(("hoi", "menu", "kaart")):
        site.now += timedelta(minutes=1)
        assert site.say(text, f"SM1{number}") in (dull(site), "")


def test_who_hides_in_a_message_that_was_found_late_is_hidden(engine: Engine) -> None:
    site = Site(engine).begin()
    site.runner.recover(message("SM1", "onweer"), site.now, late=True)
    assert site.say("hoi", "SM2") == dull(site)


def test_after_a_silence_newer_code_or_not_the_neutral_question_comes(site: Site) -> None:
    was_written_by_newer_code(site)
    site.now += timedelta(minutes=45)
    assert site.say("hoi", "SM2") != dull(site)
