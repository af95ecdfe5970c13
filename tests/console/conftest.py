"""A whole helpline for the browser tests: web, worker, Redis, and a stand-in for Twilio with the simulator's phones."""

from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Browser

from bot.access import accounts, passwords
from bot.content.library import Library
from tests.harness.console_app import QUICK, ConsoleApp
from tests.harness.console_windows import Helpline, Open, Phones, Window, window
from tests.harness.fixed import NOW
from tests.harness.identity_provider import IdentityProvider


@pytest.fixture(autouse=True, scope="package")
def quick_hashes() -> Iterator[None]:
    """In this process. The helpline of the browser tests hashes as in production."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", QUICK)
        patch.setattr(accounts, "PasswordHasher", lambda: QUICK)
        yield


@pytest.fixture(scope="session")
def helpline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpline]:
    """One for all browser tests of a test process; they use people of their own."""
    made = Helpline(tmp_path_factory.mktemp("site"))
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def standing_pages(library: Library, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> ConsoleApp:
    return ConsoleApp(library, redis_url, tmp_path_factory.mktemp("console"))


@pytest.fixture
def pages(standing_pages: ConsoleApp, clean_redis: redis.Redis) -> ConsoleApp:
    """A console in this process, that nobody has used yet."""
    standing_pages.clock.now = NOW
    return standing_pages


@pytest.fixture(scope="session")
def standing_provider() -> Iterator[IdentityProvider]:
    """The organisation's identity provider; one for all tests of a test process."""
    made = IdentityProvider()
    yield made
    made.stop()


@pytest.fixture
def provider(standing_provider: IdentityProvider) -> IdentityProvider:
    """The provider, as it is when nobody cheats."""
    standing_provider.subject, standing_provider.claims = "subject-1", {}
    standing_provider.signs_with, standing_provider.forges = standing_provider.key, ""
    standing_provider.says_it_is = standing_provider.issuer
    return standing_provider


@pytest.fixture(scope="session")
def joined(
    library: Library, redis_url: str, tmp_path_factory: pytest.TempPathFactory, standing_provider: IdentityProvider
) -> ConsoleApp:
    """A console that knows the provider."""
    return ConsoleApp(
        library,
        redis_url,
        tmp_path_factory.mktemp("organisation"),
        OIDC_ISSUER=standing_provider.issuer,
        OIDC_CLIENT_ID="console",
        OIDC_CLIENT_SECRET="secret",
    )


@pytest.fixture
def opened(browser: Browser, helpline: Helpline) -> Iterator[Open]:
    """Opens windows; at the end none of them may have complained."""
    windows: list[Window] = []

    def make(name: str, **options: object) -> Window:
        windows.append(window(browser, helpline, name, **options))  # type: ignore[arg-type]
        return windows[-1]

    yield make
    for each in windows:
        each.context.close()
    assert [complaint for each in windows for complaint in each.complaints] == []


@pytest.fixture
def phones(browser: Browser, helpline: Helpline) -> Iterator[Phones]:
    made = Phones(browser, helpline)
    yield made
    made.context.close()


@pytest.fixture
def empty_board(helpline: Helpline) -> Iterator[None]:
    """Leaves an empty board behind. The answers stay, or the worker would bring the messages back."""
    yield
    with helpline.site.client() as client:
        names: list[bytes] = client.keys("helpline:*")  # type: ignore[assignment]  # typed as if decoded
        for key in names:
            if b"{" in key and not key.endswith(b":turns"):
                client.delete(key)
