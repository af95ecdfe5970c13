"""A whole helpline for the browser tests: web, worker, Redis, and a stand-in for Twilio with the simulator's phones."""

from collections.abc import Iterator

import pytest
import redis

from bot.content.library import Library
from tests.harness.console_app import ConsoleApp
from tests.harness.console_windows import Helpline
from tests.harness.fixed import NOW


@pytest.fixture(scope="module")
def helpline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helpline]:
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
