"""Worker and web server die while advisors write, over a Twilio that misbehaves; and they stop without losing anything.

HELPLINE_KILLS: how often each is killed (100 for the figure in docs/handoff.md; fewer in every run of the tests).
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.content.library import Library
from bot.devtools.twilio import Faults, StandIn
from bot.dialogue.conversation import Status
from bot.dialogue.engine import Engine
from bot.messaging.runner import Runner
from bot.ports.spool import Spool
from bot.storage.redis import keys
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.fakes import ListSpool, Reports
from tests.harness.fixed import PUBLIC_URL
from tests.harness.in_redis import all_is_sent, held
from tests.harness.processes import until
from tests.harness.site import Site
from tests.harness.twilio_client import person

pytestmark = pytest.mark.process

KILLS = int(os.environ.get("HELPLINE_KILLS", "4"))
PEOPLE = 40
EACH = 5
ADA = Advisor("ada")


@pytest.fixture
def twilio(site: Site) -> Iterator[StandIn]:
    running = StandIn(
        account_sid=site.environment["TWILIO_ACCOUNT_SID"],
        auth_token=site.token,
        sms_number=site.environment["SMS_NUMBER"],
        whatsapp_number=site.environment["WHATSAPP_NUMBER"],
        public_url=PUBLIC_URL,
        local_url=f"http://127.0.0.1:{site.port}",
        webhook=f"{PUBLIC_URL}/twilio/message#rc=5&rp=all&ct=1000&rt=4000&tt=14000",
    ).start()
    site.environment["TWILIO_API_URL"] = running.url
    yield running
    site.stop_worker()  # also after a failure: a worker of this stand-in would take the entries of the next
    running.stop()


@pytest.fixture
def desk(site: Site, engine: Engine, library: Library) -> Iterator[Desk]:
    client, sealer = connect(site.redis_url), Sealer([bytes.fromhex(site.data_key)])
    storage, reports = redis_storage(client, sealer), Reports()
    runner = Runner(engine, storage, cast(Spool, ListSpool()), lambda: datetime.now(UTC), reports)
    yield Desk(runner, storage, library.content.zones, lambda: datetime.now(UTC))
    client.close()


def drained(site: Site) -> bool:
    with site.client() as client:
        return all_is_sent(client)


def test_nothing_is_lost_while_worker_and_web_are_killed(site: Site, twilio: StandIn, desk: Desk) -> None:
    people = [person(7000 + number) for number in range(PEOPLE)]
    contacts = [site.contact(number) for number in people]
    for number in people:
        assert twilio.text(number, "medewerker").texts
    twilio.faults = Faults(too_many=0.1, accept_then_error=0.05, drop=0.05)
    site.start_worker()
    over = threading.Event()
    killed: Counter[str] = Counter()

    def assassin() -> None:
        while not over.is_set() and killed["worker"] < KILLS:
            time.sleep(3 if killed["worker"] % 2 else 1.5)
            desk.heartbeat(ADA, contacts)  # as her console does; without it they would go back to the queue
            assert site.worker is not None
            os.kill(site.worker.pid, signal.SIGKILL)
            site.worker.wait()
            killed["worker"] += 1
            site.start_worker()
            os.kill(site.web_workers()[0], signal.SIGKILL)
            killed["web"] += 1

    thread = threading.Thread(target=assassin)
    thread.start()
    try:
        for turn in range(EACH):
            for contact in contacts:
                desk.reply(ADA, contact, f"bericht {turn}", f"{contact} {turn}")
            time.sleep(1)
        thread.join()
    finally:
        over.set()
    until(lambda: desk.heartbeat(ADA, contacts) == [] and drained(site), 300, "an empty outbox")
    site.stop_worker()
    assert killed == {"worker": KILLS, "web": KILLS}
    for number, contact in zip(people, contacts, strict=True):
        texts = [item.text.splitlines()[-1] for item in twilio.inbox(number, "sms") if item.source == "api"]
        assert list(dict.fromkeys(texts)) == [f"bericht {turn}" for turn in range(EACH)]
        marked = sum(record.maybe_duplicate for record in desk.open(ADA, contact).sent.values())
        assert len(texts) - EACH <= marked


def test_a_refusal_that_quotes_the_number_reaches_no_log(site: Site, twilio: StandIn, desk: Desk) -> None:
    number, words = person(7400), "kanariegeel"
    twilio.refusals[number] = 21211  # Twilio's error text says "The 'To' number +316… is not a valid phone number"
    twilio.text(number, "medewerker")
    twilio.text(number, words)
    site.start_worker()
    desk.reply(ADA, site.contact(number), f"dag {words}", "canary")
    until(lambda: [record.code for record in desk.open(ADA, site.contact(number)).sent.values()] == ["21211"])
    site.stop_worker()
    logs = site.log("worker") + site.log("web")
    assert "send_failed" in logs
    assert number[3:] not in logs
    assert words not in logs


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(site: Site, twilio: StandIn, desk: Desk) -> None:
    people = [person(7100 + number) for number in range(10)]
    for number in people:
        twilio.text(number, "medewerker")
    site.start_worker()
    for number in people:
        desk.reply(ADA, site.contact(number), "dag", f"stop {number}")
    until(lambda: bool(twilio.accepted))
    site.stop_worker()
    with site.client() as client:
        groups = [client.xinfo_groups(f"{shard}outbox") for shard in keys.ALL_SHARDS if client.exists(f"{shard}outbox")]
    assert sum(group["pending"] for shard in groups for group in shard) == 0  # nothing is left half done
    site.start_worker()

    def sent() -> Counter[str]:  # people of other tests may hear that their advisor is gone
        return Counter(message.to for message in twilio.accepted if message.to in people)

    until(lambda: sent().total() >= 10 and drained(site))
    site.stop_worker()
    assert sent() == dict.fromkeys(people, 1)


@pytest.mark.parametrize("text", ["onweer", "stop"])
def test_who_hides_or_leaves_while_redis_is_away_gets_nothing_that_was_written_before(
    site: Site, twilio: StandIn, desk: Desk, text: str
) -> None:
    """Neither what waited to be sent, nor what an advisor writes before the message is brought back."""
    number = person(7400 + len(text))
    for before in ("hoi", "medewerker"):
        twilio.text(number, before)
    desk.reply(ADA, site.contact(number), "dit wachtte", f"waited {text}")
    site.stop_redis()
    twilio.text(number, text)
    assert site.spooled()
    site.start_redis()
    until(site.has_redis)
    desk.reply(ADA, site.contact(number), "dit was te vroeg", f"early {text}")
    site.start_worker()
    until(lambda: not site.spooled() and drained(site))
    site.stop_worker()
    assert [message for message in twilio.accepted if message.to == number] == []


def test_a_rolling_restart_fails_no_webhook(site: Site, twilio: StandIn, desk: Desk) -> None:
    """As docs/operations.md says: a second main process beside the first, which leaves when the second answers."""
    mains = [site.web_pid]

    def restarts() -> None:
        for _ in range(2):
            site.roll_web()
            mains.append(site.web_pid)

    thread = threading.Thread(target=restarts)
    thread.start()
    sent, failed = 0, []
    while thread.is_alive():
        sent += 1
        delivery = twilio.text(person(7200 + sent % 30), "menu")
        if not delivery.texts:
            failed.append(delivery)
        time.sleep(0.01)
    thread.join()
    try:
        assert len(mains) == 3
        assert sent > 10
        assert failed == []
    finally:
        site.stop_web()
        site.start_web()


def test_a_closed_conversation_is_in_no_ones_hands(site: Site, twilio: StandIn, desk: Desk) -> None:
    number = person(7300)
    twilio.text(number, "medewerker")
    contact = site.contact(number)
    desk.claim(ADA, contact, "close 1")
    assert desk.close(ADA, contact, "close 2").handling.status is Status.CLOSED
    with site.client() as client:
        assert not client.exists(f"{keys.person(contact)}lease")
        assert contact.encode() not in held(client)
