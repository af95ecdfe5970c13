"""Servers of Redis die, and slots move, while people write: everybody is answered in time, nothing that was answered
is lost, nothing comes twice, and nobody has to start anything again."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from redis.crc import key_slot

from bot.storage.redis import keys
from tests.harness.processes import until
from tests.harness.redis_servers import Spread, Watched
from tests.harness.site import Site
from tests.harness.twilio_client import TWILIO_SECONDS, Answer, person, sms

pytestmark = pytest.mark.process

PEOPLE = [person(number) for number in range(40, 48)]

_numbers = itertools.count(900_000)


class Load:
    """People who write one message after another, each unlike the others."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._over = threading.Event()
        self.sent: dict[str, list[str]] = {who: [] for who in PEOPLE}
        self.answers: list[Answer] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._write, args=(who,)) for who in PEOPLE]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _write(self, who: str) -> None:
        while not self._over.is_set():
            number = next(_numbers)
            self.sent[who].append(f"bericht {number}")
            self.answers.append(self._site.twilio.post(sms(number, f"bericht {number}", who)))
            time.sleep(0.04)

    def assert_everything_is_there_once(self) -> None:
        until(lambda: not self._site.spooled(), what=f"an empty spool\n{self._site.log('worker')}")
        assert len(self.answers) == sum(map(len, self.sent.values()))
        assert {answer.status for answer in self.answers} == {200}
        for who, sent in self.sent.items():
            assert Counter(self._site.heard(who)) == Counter(sent)
        assert max(answer.seconds for answer in self.answers) < TWILIO_SECONDS


@pytest.fixture(params=["watched", "spread"])
def servers(request: pytest.FixtureRequest) -> Watched | Spread:
    found: Watched | Spread = request.getfixturevalue(request.param)
    found.ready()
    found.empty()
    return found


def running_site(new_site: Callable[..., Site], servers: Watched | Spread) -> Site:
    site = new_site(several=servers.url)
    site.environment["REDIS_REPLICAS"] = "1"
    site.start_web()
    site.start_worker()
    until(lambda: site.twilio.send("GET", "/readyz").status == 200)
    return site


def slot_of(site: Site, who: str) -> int:
    return key_slot(keys.shard(site.contact(who)).encode())


def test_a_master_dies_while_people_write(new_site: Callable[..., Site], servers: Watched | Spread) -> None:
    site = running_site(new_site, servers)
    load = Load(site)
    with load.running():
        time.sleep(1)
        victim = servers.master if isinstance(servers, Watched) else servers.master_of(slot_of(site, PEOPLE[0]))
        servers.fail_over(victim)
        until(lambda: site.twilio.send("GET", "/readyz").status == 200)
        time.sleep(1)
    servers.revive(victim)  # a Cluster has no other replica to confirm what was spooled
    load.assert_everything_is_there_once()
    site.close()


def test_slots_move_while_people_write(new_site: Callable[..., Site], spread: Spread) -> None:
    spread.ready()
    spread.empty()
    site = running_site(new_site, spread)
    load = Load(site)
    with load.running():
        time.sleep(0.5)
        for slot in {slot_of(site, who) for who in PEOPLE}:
            spread.move(slot, next(port for port in spread.masters() if port != spread.master_of(slot)))
        time.sleep(0.5)
    load.assert_everything_is_there_once()
    site.close()
