"""Servers of Redis die or hang, and slots move, while people write: everybody is answered, nothing that was answered
is lost, nothing comes twice, and nobody has to start anything again.

`python -m bench failover` does it ten times in a row, and says how long the longest answer took.
"""

import contextlib
import http.client
import itertools
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from redis.crc import key_slot

from bench.streams import CONSOLE, log_in
from bot.storage.redis import keys
from tests.harness.processes import until
from tests.harness.redis_servers import Several, Spread
from tests.harness.site import Site
from tests.harness.twilio_client import TWILIO_SECONDS, person, sms
from tests.harness.writers import Writers

pytestmark = pytest.mark.process

KINDS = ["watched", "spread"]

_numbers = itertools.count(40)


@pytest.fixture(scope="module")
def sites(new_site: Callable[..., Site]) -> Callable[[Several], Site]:
    """The running site for these servers, one for all tests of a kind."""
    made: dict[str, Site] = {}

    def site_of(servers: Several) -> Site:
        if servers.url not in made:
            site = made[servers.url] = new_site(several=servers.url)
            site.environment["REDIS_REPLICAS"] = str(servers.replicas)
            site.start_web()
            site.start_worker()
        return made[servers.url]

    return site_of


@pytest.fixture(params=KINDS)
def servers(request: pytest.FixtureRequest) -> Several:
    found: Several = request.getfixturevalue(request.param)
    found.ready()
    found.empty()
    return found


def slot_of(site: Site, who: str) -> int:
    return key_slot(keys.shard(site.contact(who)).encode())


def new_people() -> list[str]:
    return [person(next(_numbers)) for _each in range(6)]


def assert_all_is_there_once(writers: Writers) -> None:
    found = writers.found()
    assert (found.lost, found.doubled) == (0, 0)
    assert found.slowest < TWILIO_SECONDS


@contextlib.contextmanager
def open_console(site: Site) -> Iterator[threading.Event]:
    """An advisor's open page, on one connection. Gives what is set when it is told that something has changed."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", CONSOLE, headers={"Cookie": log_in(site.port, site.environment)})
    stream = connection.getresponse()
    assert stream.status == 200
    told = threading.Event()

    def read() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):  # our own end of it
            for line in stream:
                if line.startswith(b"event: news"):
                    told.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield told
    finally:
        connection.sock.shutdown(socket.SHUT_RDWR)
        reader.join()
        connection.close()


@pytest.mark.parametrize("hang", [False, True], ids=["dies", "hangs"])
def test_a_master_breaks_while_people_write(sites: Callable[[Several], Site], servers: Several, hang: bool) -> None:
    site, people = sites(servers), new_people()
    victim = servers.master_of(slot_of(site, people[0]))
    writers = Writers(site, people)
    with open_console(site) as told:
        with writers.writing():
            until(lambda: writers.answered > 30, what="answers before anything breaks")
            servers.fail_over(victim, hang=hang)
            if hang:
                servers.go_on(victim)  # it still takes itself for the master, and reads what waits at its sockets
            until(site.has_redis, what="a web server with Redis")
            before = writers.answered
            until(lambda: writers.answered > before + 20, what="answers after that")
        if not hang:
            servers.revive(victim)  # there is no other replica to confirm what was spooled
        assert_all_is_there_once(writers)
        told.clear()
        site.twilio.post(sms(next(_numbers), "medewerker", person(next(_numbers))))
        until(told.is_set, what="news on the page that was open all the time")


def test_slots_move_while_people_write(sites: Callable[[Several], Site], spread: Spread) -> None:
    spread.ready()
    spread.empty()
    site, people = sites(spread), new_people()
    writers = Writers(site, people)
    with writers.writing():
        until(lambda: writers.answered > 30, what="answers before anything moves")
        for slot in {slot_of(site, who) for who in people}:
            spread.move(slot, next(port for port in spread.masters() if port != spread.master_of(slot)))
        before = writers.answered
        until(lambda: writers.answered > before + 30, what="answers after that")
    assert_all_is_there_once(writers)
