"""One frozen universe for all tests: a fixed clock, made-up secrets, a real Redis."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis

from bot.content.building import build_engine
from bot.content.library import Library, read_library
from bot.dialogue.engine import Engine
from bot.storage.embedded import start_redis
from tests.browser import NO_BROWSER, find_chromium
from tests.tester import DialogueTester

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="write the golden conversations anew")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, loudly, that no browser was there; a skip among a thousand dots would go unseen."""
    if find_chromium() is None:
        terminalreporter.section(NO_BROWSER, sep="!", red=True, bold=True)


@pytest.fixture(scope="session")
def library() -> Library:
    """The real content, as on the day of the fixed clock."""
    return read_library(ROOT, NOW.date())


@pytest.fixture(scope="session")
def engine(library: Library) -> Engine:
    return build_engine(library)


@pytest.fixture
def tester(engine: Engine) -> DialogueTester:
    """One person in a conversation with the real content, in memory, on a clock that only the test moves."""
    return DialogueTester(engine, NOW)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """REDIS_URL when it is set, else a private server for this run."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    server = start_redis(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.stop()


@pytest.fixture
def clean_redis(redis_url: str) -> Iterator["redis.Redis[bytes]"]:
    """An empty Redis."""
    client: redis.Redis[bytes] = redis.Redis.from_url(redis_url)
    client.flushdb()
    yield client
    client.close()
