"""Proving again who one is: with the password, a passkey or at the identity provider, whatever the account has."""

import re
from typing import Any

import pytest
import redis

from bot.access.accounts import Role
from bot.access.authenticator import CHALLENGE_SECONDS
from bot.console.signin.answers import EACH_REFUSAL
from tests.harness.console_app import PASSWORD, ConsoleApp, ConsoleVisit
from tests.harness.fixed import NOW
from tests.harness.identity_provider import IdentityProvider
from tests.harness.software_passkey import SoftwarePasskey

ACTS = ("app", "codes", "no-passkeys", "organisation")
"""Changes that need no more than a proof."""


@pytest.fixture
def pages(joined: ConsoleApp, clean_redis: redis.Redis) -> ConsoleApp:
    joined.clock.now = NOW
    return joined


@pytest.fixture
def passkey() -> SoftwarePasskey:
    return SoftwarePasskey()


def with_passkey(visit: ConsoleVisit, passkey: SoftwarePasskey, name: str = "", challenge: str = "") -> int:
    """Prove it with this passkey; the status."""
    asked = visit.get("/console/account/proof").get_json()
    answer = passkey.answer(challenge or asked["options"]["challenge"])
    form = {"name": name or asked["name"], "answer": answer, "next": "/console/people"}
    return visit.post("/console/account/proof", form).status_code


def through_provider(visit: ConsoleVisit, provider: IdentityProvider) -> str:
    """Via the provider and back; where that leads."""
    visit.get("/console/account")
    asked = visit.post("/console/account/proof/organisation", {"next": "/console/people"})
    assert "prompt=login" in asked.location
    assert "max_age=0" in asked.location
    back = visit.get(provider.authorize(asked.location).removeprefix("https://helpline.example"))
    assert back.status_code == 303
    return back.location


def via_organisation(pages: ConsoleApp, provider: IdentityProvider, name: str = "Ada", **more: Any) -> ConsoleVisit:
    """Somebody who has no password here and logged in at the provider."""
    pages.somebody(name, **({"password": "", "totp": "", "subject": "subject-1"} | more))
    visit = pages.browser()
    visit.get(
        provider.authorize(visit.get("/console/login/organisation").location).removeprefix("https://helpline.example")
    )
    assert visit.is_in()
    return visit


def changed(visit: ConsoleVisit, act: str, **form: str) -> int:
    visit.get("/console/account")
    return visit.post(f"/console/account/{act}", form).status_code


@pytest.mark.parametrize("act", ACTS)
def test_a_passkey_proves_as_much_as_the_password_for_five_minutes(
    pages: ConsoleApp, passkey: SoftwarePasskey, act: str
) -> None:
    pages.somebody("Ada", passkeys=(passkey.kept(),))
    visit, other = pages.logged_in("Ada"), pages.logged_in("Ada")
    assert changed(visit, act) == 403
    visit.get("/console/account")
    assert with_passkey(visit, passkey) == 200
    assert changed(other, act) == 403  # it counts in that browser only
    assert changed(visit, act, current="wrong") == 403  # a password that is given must be right
    assert changed(visit, act) in (200, 303)
    pages.clock.later(minutes=6)
    assert changed(visit, act) == 403


def test_whoever_forgot_the_password_chooses_another_with_the_passkey(
    pages: ConsoleApp, passkey: SoftwarePasskey
) -> None:
    pages.somebody("Ada", passkeys=(passkey.kept(),))
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    with_passkey(visit, passkey)
    assert changed(visit, "password", password="heel andere woorden") == 303
    assert pages.browser().log_in("Ada", "heel andere woorden").status_code == 303
    assert "nieuw wachtwoord" in visit.get("/console/").text  # and is told


def test_a_new_password_asks_for_the_old_one_though_it_was_given_a_moment_ago(pages: ConsoleApp) -> None:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    assert changed(visit, "codes", current=PASSWORD) == 200
    assert changed(visit, "password", password="heel andere woorden") == 403
    assert changed(visit, "codes") == 200
    assert changed(visit, "password", password="heel andere woorden", current=PASSWORD) == 303


def test_a_passkey_of_somebody_else_proves_nothing(pages: ConsoleApp, passkey: SoftwarePasskey) -> None:
    pages.somebody("Bea", passkeys=(passkey.kept(),))
    pages.somebody("Ada", passkeys=(SoftwarePasskey().kept(),))
    visit, other = pages.logged_in("Ada"), pages.logged_in("Bea")
    visit.get("/console/account")
    assert with_passkey(visit, passkey) == 403
    other.get("/console/account")
    asked = other.get("/console/account/proof").get_json()  # a challenge is for one account, one purpose and once
    assert with_passkey(visit, passkey, asked["name"], asked["options"]["challenge"]) == 403
    asked = visit.get("/console/login/passkey").get_json()
    assert with_passkey(other, passkey, asked["name"], asked["options"]["challenge"]) == 403
    asked = other.get("/console/account/proof").get_json()
    login = {"name": asked["name"], "answer": passkey.answer(asked["options"]["challenge"])}
    assert pages.browser().client.post("/console/login/passkey", data=login).status_code in (400, 403)
    asked = other.get("/console/account/proof").get_json()
    pages.clock.later(seconds=CHALLENGE_SECONDS + 1)
    assert changed(visit, "codes") == changed(other, "codes") == 403
    assert "proof_refused" in pages.audit()


def test_an_administrator_without_a_password_manages_accounts(
    pages: ConsoleApp, provider: IdentityProvider, passkey: SoftwarePasskey
) -> None:
    bea = pages.somebody("Bea")
    visit = via_organisation(pages, provider, "Adam", role=Role.ADMINISTRATOR, passkeys=(passkey.kept(),))
    page = visit.get("/console/people").text
    assert 'name="current"' not in page
    assert "Via je organisatie" in page
    assert "Met een passkey" in page
    assert visit.post(f"/console/people/{bea.id}", {"do": "disable"}).status_code == 403
    provider.claims = {"auth_time": int(pages.clock.now.timestamp())}
    assert through_provider(visit, provider) == "/console/people"
    assert visit.post(f"/console/people/{bea.id}", {"do": "disable"}).status_code == 200
    pages.clock.later(minutes=6)
    visit.get("/console/people")
    assert visit.post("/console/people", {"name": "Eve", "role": "advisor"}).status_code == 403
    assert with_passkey(visit, passkey) == 200
    assert visit.post("/console/people", {"name": "Eve", "role": "advisor"}).status_code == 200


def test_whoever_logs_in_at_the_provider_can_have_an_app_then_a_password(
    pages: ConsoleApp, provider: IdentityProvider
) -> None:
    visit = via_organisation(pages, provider)
    provider.claims = {"auth_time": int(pages.clock.now.timestamp())}
    assert through_provider(visit, provider) == "/console/people"
    assert changed(visit, "password", password="heel andere woorden") == 409  # an app first: never a password alone
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", visit.post("/console/account/app").text)
    assert secret
    assert visit.post("/console/account/app/code", {"code": visit.digits(secret[1])}).status_code == 200
    assert changed(visit, "password", password="heel andere woorden") == 303
    other = pages.browser()
    assert other.log_in("Ada", "heel andere woorden", other.digits(secret[1])).status_code == 303
    page = other.get("/console/").text
    assert "authenticator-app gekoppeld" in page
    assert "nieuw wachtwoord" in page


@pytest.mark.parametrize(
    ("subject", "since"),
    [("subject-2", 0), ("subject-1", None), ("subject-1", 301), ("subject-1", 86400), ("subject-1", -3600)],
    ids=["somebody else", "does not say when", "five minutes ago", "yesterday", "in an hour"],
)
def test_the_provider_must_have_asked_its_user_just_now(
    pages: ConsoleApp, provider: IdentityProvider, subject: str, since: int | None
) -> None:
    visit = via_organisation(pages, provider)
    provider.subject = subject
    provider.claims = {} if since is None else {"auth_time": int(pages.clock.now.timestamp()) - since}
    assert through_provider(visit, provider).startswith("/console/account?fault=")
    assert changed(visit, "app") == 403
    assert visit.is_in()  # as the one they were
    assert pages.audit()[-1] == "proof_refused"


def test_logging_in_once_more_is_no_proof_of_another_session(pages: ConsoleApp, provider: IdentityProvider) -> None:
    """Coming back from the provider without having been asked to prove anything is a login like any other."""
    visit = via_organisation(pages, provider)
    provider.claims = {"auth_time": int(pages.clock.now.timestamp())}
    back = provider.authorize(visit.get("/console/login/organisation").location)
    visit.get(back.removeprefix("https://helpline.example"))
    assert changed(visit, "app") == 403


def test_a_failed_proof_does_not_fill_the_audit_log(pages: ConsoleApp, passkey: SoftwarePasskey) -> None:
    pages.somebody("Ada", passkeys=(passkey.kept(),))
    visit = pages.logged_in("Ada")
    visit.get("/console/account")
    for _try in range(EACH_REFUSAL + 2):
        assert with_passkey(visit, SoftwarePasskey()) == 403
    assert pages.audit().count("proof_refused") == EACH_REFUSAL


def test_locked_pages_ask_nobody_for_a_password_they_do_not_have(pages: ConsoleApp, provider: IdentityProvider) -> None:
    visit = via_organisation(pages, provider)
    pages.clock.later(minutes=20)
    page = visit.get("/console/login").text
    assert 'name="password"' not in page
    assert "via je organisatie" in page
