"""A whole helpline for the browser tests: web, worker, Redis, and a stand-in for Twilio with the simulator's phones."""

from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Browser

from bot.content.library import Library
from tests.browser import chromium
from tests.conftest import NOW
from tests.console.browsing import Helpline
from tests.console.pages import Pages


@pytest.fixture(scope="module")
def helpline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpline]:
    made = Helpline(tmp_path_factory.mktemp("site"))
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def standing_pages(library: Library, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return Pages(library, redis_url, tmp_path_factory.mktemp("console"))


@pytest.fixture
def pages(standing_pages: Pages, clean_redis: "redis.Redis[bytes]") -> Pages:
    """A console in this process, that nobody has used yet."""
    standing_pages.clock.now = NOW
    return standing_pages
