"""Logging in with the organisation's own identity provider."""

import time

import pytest
import redis
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from bot.access.accounts import Role
from bot.content.library import Library
from tests.harness.console_app import PASSWORD, ConsoleApp, ConsoleVisit
from tests.harness.fixed import NOW
from tests.harness.identity_provider import IdentityProvider


@pytest.fixture
def pages(joined: ConsoleApp, clean_redis: redis.Redis) -> ConsoleApp:
    joined.clock.now = NOW
    return joined


def through(visit: ConsoleVisit, provider: IdentityProvider) -> TestResponse:
    """Via the provider and back."""
    asked = visit.get("/console/login/organisation")
    assert asked.location.startswith(f"{provider.issuer}/authorize?")
    return visit.get(provider.authorize(asked.location).removeprefix("https://helpline.example"))


def test_she_joins_her_account_herself_and_then_comes_in_without_a_password(
    pages: ConsoleApp, provider: IdentityProvider
) -> None:
    made, one_time = pages.accounts.add("Ada", Role.ADVISOR)
    stranger = pages.browser()
    assert through(stranger, provider).status_code == 403  # the provider knows her, we do not
    first = pages.browser()
    first.log_in("Ada", one_time)
    assert "via je organisatie" in first.get("/console/start").text
    assert through(first, provider).location == "/console/"
    assert first.is_in()
    kept = pages.accounts.get(made.id)
    assert kept
    assert (kept.subject, kept.password) == ("subject-1", "")
    again = pages.browser()
    assert "via je organisatie" in again.get("/console/login").text
    assert through(again, provider).location == "/console/"
    assert again.is_in()
    assert pages.browser().log_in("Ada", one_time).status_code == 403
    assert pages.audit() == ["login_refused", "joined", "login", "login", "login_refused"]


def test_who_is_logged_in_joins_on_her_account_page(pages: ConsoleApp, provider: IdentityProvider) -> None:
    ada = pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    assert "Koppel met het account" in visit.get("/console/account").text
    assert through(visit, provider).status_code == 403  # an open screen joins nobody
    assert pages.accounts.get(ada.id).subject == ""  # type: ignore[union-attr]
    visit.get("/console/account")
    assert visit.post("/console/account/organisation", {"current": "wrong"}).status_code == 403
    assert visit.post("/console/account/organisation", {"current": PASSWORD}).status_code == 303
    pages.clock.later(minutes=6)
    assert through(visit, provider).status_code == 403  # it was too long ago
    visit.get("/console/account")
    visit.post("/console/account/organisation", {"current": PASSWORD})
    assert through(visit, provider).location == "/console/"
    assert pages.accounts.get(ada.id).subject == "subject-1"  # type: ignore[union-attr]
    pages.somebody("Bea")
    other = pages.logged_in("Bea")
    other.get("/console/account")
    other.post("/console/account/organisation", {"current": PASSWORD})
    assert through(other, provider).status_code == 403  # one there is one here


def test_a_disabled_account_does_not_come_in_this_way_either(pages: ConsoleApp, provider: IdentityProvider) -> None:
    ada = pages.somebody("Ada", subject="subject-1")
    pages.accounts.disable(ada.id)
    visit = pages.browser()
    assert through(visit, provider).status_code == 403
    assert not visit.is_in()


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": int(time.time()) - 3600}, {"nonce": "another"}],
    ids=["issuer", "audience", "expired", "nonce"],
)
def test_a_token_that_is_not_for_us_lets_nobody_in(
    pages: ConsoleApp, provider: IdentityProvider, claims: dict[str, object]
) -> None:
    pages.somebody("Ada", subject="subject-1")
    provider.claims = claims
    visit = pages.browser()
    assert through(visit, provider).status_code == 403
    assert not visit.is_in()


def test_a_token_that_somebody_else_signed_lets_nobody_in(pages: ConsoleApp, provider: IdentityProvider) -> None:
    pages.somebody("Ada", subject="subject-1")
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    visit = pages.browser()
    assert through(visit, provider).status_code == 403
    assert not visit.is_in()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_nobody_signed_or_anybody_could_lets_nobody_in(
    pages: ConsoleApp, provider: IdentityProvider, algorithm: str
) -> None:
    """Unsigned, or with the provider's public key taken as a secret."""
    pages.somebody("Ada", subject="subject-1")
    provider.forges = algorithm
    visit = pages.browser()
    assert through(visit, provider).status_code == 403
    assert not visit.is_in()


def test_metadata_of_another_issuer_lead_nowhere(pages: ConsoleApp, provider: IdentityProvider) -> None:
    provider.says_it_is = "https://evil.example"
    made = ConsoleApp(
        pages.library,
        pages.url,
        pages.spool,
        OIDC_ISSUER=provider.issuer,
        OIDC_CLIENT_ID="console",
        OIDC_CLIENT_SECRET="secret",
    )
    assert made.browser().get("/console/login/organisation").status_code == 503


def test_a_way_back_that_this_browser_did_not_begin_leads_nowhere(
    pages: ConsoleApp, provider: IdentityProvider
) -> None:
    pages.somebody("Ada", subject="subject-1")
    other = pages.browser()
    back = provider.authorize(other.get("/console/login/organisation").location)
    victim = pages.browser()
    assert victim.get(back.removeprefix("https://helpline.example")).status_code == 403
    assert victim.get("/console/login/back?error=access_denied").status_code == 403
    assert not victim.is_in()


def test_the_roles_of_the_two_routes(pages: ConsoleApp) -> None:
    for name in ("to_organisation", "from_organisation"):
        assert pages.console.view_functions[f"console.{name}"].requires_role == frozenset()  # type: ignore[union-attr]


def test_a_provider_that_does_not_answer_is_said_so(
    library: Library, clean_redis: redis.Redis, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pages = ConsoleApp(
        library,
        redis_url,
        tmp_path_factory.mktemp("away"),
        OIDC_ISSUER="http://127.0.0.1:9",
        OIDC_CLIENT_ID="console",
        OIDC_CLIENT_SECRET="secret",
    )
    answer = pages.browser().get("/console/login/organisation")
    assert answer.status_code == 503
    assert "antwoordt niet" in answer.text
