"""What all tests share: the real content, a conversation in memory, a real Redis, a browser, a line to a phone."""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis
from playwright.sync_api import Browser
from xdist.remote import Producer

from bot.content.building import build_engine
from bot.content.library import Library, read_library
from bot.content.models import find_weights, read_encoder
from bot.dialogue.engine import Engine
from bot.nlu.embedding import Encoder, NumpyNetwork, TokenRows
from bot.nlu.weights import WeightsFile
from bot.storage.embedded import start_redis
from bot.storage.redis.connection import Connection, connect
from tests.harness.advisor_line import AdvisorLine
from tests.harness.chromium import NO_BROWSER, chromium, find_chromium
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW, ROOT
from tests.harness.in_redis import patient
from tests.harness.nginx import NO_NGINX, find_nginx
from tests.harness.recording_webhook import RecordingWebhook
from tests.harness.redis_servers import Spread, Watched
from tests.harness.scheduling import ByRoom, place, room

STORAGES = ["memory", "redis", *(pytest.param(kind, marks=pytest.mark.process) for kind in ("sentinel", "cluster"))]
REPLICAS = {"sentinel": 1, "cluster": 1}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="regenerate the golden conversations")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByRoom:
    """Which test process gets what, with `-n`."""
    return ByRoom(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without nginx, what needs it is left out, but not where a complete run is asked for: there it fails. In several
    processes what takes longest begins first, or one of them would end alone."""
    if find_nginx() is None and os.environ.get("REQUIRE_BROWSER") != "1":
        without = [item for item in items if "nginx" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in without]
        config.hook.pytest_deselected(items=without)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: place(room(item.nodeid)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, loudly, that no browser or nginx was there; among a thousand dots it would go unseen."""
    if find_chromium() is None:
        terminalreporter.section(NO_BROWSER, sep="!", red=True, bold=True)
    if find_nginx() is None:
        terminalreporter.section(NO_NGINX, sep="!", red=True, bold=True)


@pytest.fixture(scope="session")
def library() -> Library:
    """The real content, as on the day of the fixed clock."""
    return read_library(ROOT, NOW.date())


@pytest.fixture(scope="session")
def engine(library: Library) -> Engine:
    return build_engine(library)


@pytest.fixture(scope="session")
def encoder() -> Encoder | None:
    """The sentence encoder, where its weights are installed. Tests that use it are marked `model`."""
    return read_encoder()


@pytest.fixture(scope="session")
def weights() -> WeightsFile | None:
    """The weights of the sentence encoder, where they are installed."""
    path = find_weights()
    return WeightsFile(path.read_bytes()) if path else None


@pytest.fixture(scope="session")
def numpy_encoder(weights: WeightsFile | None) -> Encoder | None:
    """The encoder in single precision, by numpy alone."""
    return Encoder(TokenRows(weights), NumpyNetwork(weights)) if weights else None


@pytest.fixture
def tester(engine: Engine) -> DialogueTester:
    """One person in a conversation with the real content, in memory, on a clock that only the test moves."""
    return DialogueTester(engine, NOW)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """REDIS_URL when it is set, else a private server for this run."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield patient(given)
        return
    server = start_redis(tmp_path_factory.mktemp("redis"))
    yield patient(server.url)
    server.stop()


@pytest.fixture
def clean_redis(redis_url: str) -> Iterator[redis.Redis]:
    """An empty Redis."""
    client: redis.Redis = redis.Redis.from_url(redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A master with two replicas and three Sentinels."""
    with closing(Watched(tmp_path_factory.mktemp("sentinel"), hurried=True)) as servers:
        yield servers


@pytest.fixture(scope="session")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spread]:
    """A Cluster of three masters with a replica each."""
    with closing(Spread(tmp_path_factory.mktemp("cluster"))) as servers:
        yield servers


@pytest.fixture(params=STORAGES)
def any_connection(request: pytest.FixtureRequest) -> Iterator[Connection | None]:
    """An empty Redis of every kind; None: the storage in memory."""
    if request.param == "memory":
        yield None
        return
    if request.param == "redis":
        request.getfixturevalue("clean_redis")
        url = request.getfixturevalue("redis_url")
    else:
        servers = request.getfixturevalue({"sentinel": "watched", "cluster": "spread"}[request.param])
        servers.empty()
        url = servers.url
    connection = connect(url, REPLICAS.get(request.param, 0))
    yield connection
    connection.close()


@pytest.fixture
def line(engine: Engine, library: Library, redis_url: str, clean_redis: object) -> Iterator[AdvisorLine]:
    """A whole line from an advisor to a phone, nothing said yet."""
    made = AdvisorLine(engine, library, redis_url)
    yield made
    made.close()


@pytest.fixture
def webhook() -> Iterator[RecordingWebhook]:
    """A server that the stand-in for Twilio can call."""
    server = RecordingWebhook().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Skips, or fails where REQUIRE_BROWSER=1, when there is none."""
    with chromium() as running:
        yield running
