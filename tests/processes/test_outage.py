"""Redis refused, hung, read-only, full, killed: everybody is answered in time, nothing is lost, nothing
comes twice."""

import http.client
import itertools
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.dialogue.conversation import Status
from bot.dialogue.events import Claimed
from bot.dialogue.own_words import mark
from bot.dialogue.states import StateName
from bot.handoff.moves import Lease
from bot.messages import Channel, Outgoing
from bot.ports.conversations import Act, Committed, Decision
from bot.ports.outbox import new_outgoing_id
from bot.ports.spool import Spooled
from bot.storage.spool import FileSpoolReader
from tests.harness.processes import at_once, free_port, until
from tests.harness.proxy import Proxy
from tests.harness.site import OPENER, Site
from tests.harness.twilio_client import TWILIO_SECONDS, Answer, TwilioClient, assert_numbers_first, person, sms

pytestmark = pytest.mark.process

PEOPLE = [person(number) for number in range(6)]
Messages = list[dict[str, str]]

_numbers = itertools.count(1)


def ignore(_what: str, **_fields: object) -> None:
    """Nobody reads these reports."""


@pytest.fixture
def site(site: Site) -> Site:
    """The shared site, emptied and well."""
    with site.client() as client:
        client.flushall()
    until(lambda: recovered(site))
    for path in site.spooled():
        path.unlink()
    return site


def some_messages(count: int) -> Messages:
    """Messages that are all answered with the menu; each text of a person is unlike the others."""
    numbers = itertools.islice(_numbers, count)
    return [sms(number, "menu" + " " * (number // len(PEOPLE)), PEOPLE[number % len(PEOPLE)]) for number in numbers]


def deliver(site: Site, messages: Messages, threads: int = 8) -> list[Answer]:
    return at_once(site.twilio.post, messages, threads)


def assert_everything_is_there_once(site: Site, messages: Messages) -> None:
    for who in {message["From"] for message in messages}:
        sent = Counter(message["Body"] for message in messages if message["From"] == who)
        assert Counter(site.heard(who)) == sent
        assert site.opened(who).revision == site.turns(who) == len(site.heard(who))


def assert_answered_without_redis(site: Site, messages: Messages, threads: int = 8) -> None:
    answers = deliver(site, messages, threads)
    for answer in answers:
        assert_numbers_first(answer.text)
    assert max(answer.seconds for answer in answers) < TWILIO_SECONDS
    assert len(site.spooled()) == len(messages)


def test_while_redis_refuses_everybody_gets_the_numbers_and_later_all_is_stored_once(
    site: Site, tmp_path: Path
) -> None:
    before, during, repeated = some_messages(12), some_messages(40), some_messages(6)
    deliver(site, before)
    site.stop_redis()
    answers = deliver(site, during)
    for answer in answers:
        assert_numbers_first(answer.text)
    assert max(answer.seconds for answer in answers) < TWILIO_SECONDS
    twice = deliver(site, repeated), deliver(site, repeated)
    assert [answer.body for answer in twice[0]] == [answer.body for answer in twice[1]]
    assert len(site.spooled()) == 40 + 6, "a copy is known again by either worker, and not kept twice"
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in site.spooled())

    kept = tmp_path / "kept"
    shutil.copytree(site.spool, kept)
    site.start_redis()
    site.replayed()
    assert_everything_is_there_once(site, before + during + repeated)
    assert [answer.body for answer in deliver(site, during)] == [answer.body for answer in answers]

    stored = site.dump()
    for path in kept.glob("*.sealed"):
        shutil.copy(path, site.spool)
    site.replayed()
    assert site.dump() == stored


def test_a_running_worker_brings_messages_back_by_itself(site: Site) -> None:
    site.start_worker()
    site.stop_redis()
    messages = some_messages(12)
    deliver(site, messages)
    time.sleep(2.5)
    assert len(site.spooled()) == len(messages)
    site.start_redis()
    until(lambda: not site.spooled(), what="an empty spool")
    site.stop_worker()
    assert_everything_is_there_once(site, messages)


def test_a_worker_killed_while_it_brings_back_loses_and_doubles_nothing(site: Site) -> None:
    site.stop_redis()
    messages = some_messages(60)
    deliver(site, messages)
    site.start_redis()
    site.start_worker()
    assert site.worker is not None
    until(lambda: len(site.spooled()) < len(messages))
    site.worker.kill()
    site.worker.wait()
    site.replayed()
    assert_everything_is_there_once(site, messages)


def test_who_asked_for_an_advisor_during_the_outage_waits_for_one_afterwards(site: Site) -> None:
    who = person(700)
    deliver(site, [sms(next(_numbers), "hoi", who)])
    site.stop_redis()
    answer = site.twilio.post(sms(next(_numbers), "medewerker", who))
    assert_numbers_first(answer.text)
    site.start_redis()
    site.replayed()
    assert site.opened(who).conversation.handling.status is Status.WAITING
    with site.storage() as storage:
        assert [entry.contact for entry in storage.queue.waiting()] == [site.contact(who)]


def test_what_they_chose_and_the_advisors_way_to_them_survive_the_outage(site: Site) -> None:
    who = person(701)
    deliver(site, [sms(next(_numbers), text, who) for text in ("hoi", "medewerker", "niet bellen")], 1)
    contact = site.contact(who)
    with site.storage() as storage:
        opened = site.opened(who)
        theirs = opened.conversation.with_privacy(hide_word=mark("kanarie"), return_word=mark("blauwe deur"))
        theirs = theirs.with_status(Status.ADVISOR, advisor="ada").with_position(state=StateName.DECOY)
        claim = Decision(theirs.with_privacy(observed=True), (Claimed("ada"),), lease=Lease.TAKE)
        kept = storage.conversations.commit(Act("claimed", contact), opened, claim)
        assert isinstance(kept, Committed)
    before = site.opened(who).conversation
    site.stop_redis()
    deliver(site, [sms(next(_numbers), text, who) for text in ("hoi", "menu", "2", "ik ben achtergelaten")], 1)
    site.start_redis()
    site.replayed()
    after = site.opened(who).conversation
    assert after.privacy == before.privacy
    assert after.position.state == StateName.DECOY
    assert after.told.no_call
    assert (after.handling.status, after.handling.advisor) == (Status.ADVISOR, "ada")
    assert after.handling.channel == Channel.SMS
    with site.storage() as storage:
        sent = Outgoing(new_outgoing_id(contact), "Ik ben er")
        opened = site.opened(who)
        storage.conversations.commit(Act("wrote", contact), opened, Decision(after, (), "", (sent,)))
        (attempt,) = storage.outbox.take("test", 1, 1)
        assert (attempt.channel, attempt.address) == (Channel.SMS, who)


def test_a_copy_between_the_return_and_the_replay_gets_the_answer_that_was_read(site: Site) -> None:
    messages = some_messages(8)
    site.stop_redis()
    answers = deliver(site, messages)
    site.start_redis()
    until(lambda: recovered(site))
    for _copy in range(2):
        assert [answer.body for answer in deliver(site, messages)] == [answer.body for answer in answers]
    assert len(site.spooled()) == len(messages)
    site.replayed()
    assert [answer.body for answer in deliver(site, messages)] == [answer.body for answer in answers]
    assert_everything_is_there_once(site, messages)


def test_writes_refused_a_number_counts_for_no_list_of_before_and_nothing_is_called_erased(site: Site) -> None:
    who = person(702)
    deliver(site, [sms(next(_numbers), text, who) for text in ("hoi", "1")], 1)
    menu = site.opened(who).conversation.position.state
    with site.client() as client:
        client.config_set("maxmemory", "100kb")
    deliver(site, [sms(next(_numbers), "ik moet op reis", who)])
    for text in ("2", "wis", "1", "ja"):
        answer = site.twilio.post(sms(next(_numbers), text, who))
        assert "Gewist" not in answer.text
        assert "Wissen kan nu niet" in answer.text or "wissen kan nu niet" in answer.text or text == "ja"
    with site.client() as client:
        client.config_set("maxmemory", "0")
    assert site.opened(who).conversation.position.state == menu
    site.replayed()
    assert site.opened(who).revision == 2 + 5


def test_a_word_that_hides_during_the_outage_hides_at_every_worker_and_after_it(site: Site) -> None:
    who = person(703)
    deliver(site, [sms(next(_numbers), text, who) for text in ("hoi", "ja")], 1)
    site.stop_redis()
    texts = ("onweer", "hoi", "wie is dit", "menu", "ik ben achtergelaten", "2")
    answers = [site.twilio.post(sms(next(_numbers), text, who)) for text in texts]
    assert {answer.text for answer in answers} == {"Sorry, ik denk dat je een verkeerd nummer hebt."}
    site.start_redis()
    until(lambda: recovered(site))
    early = site.twilio.post(sms(next(_numbers), "hoi", who))
    assert early.text == answers[0].text
    site.replayed()
    assert site.opened(who).conversation.privacy.observed
    assert site.twilio.post(sms(next(_numbers), "menu", who)).text == answers[0].text


def test_while_redis_hangs_everybody_is_answered_in_time_and_afterwards_all_is_well(site: Site) -> None:
    before, during, after = some_messages(12), some_messages(48), some_messages(12)
    deliver(site, before)
    with load(site, during, pause=0.12) as sent:
        time.sleep(0.5)
        site.signal_redis(signal.SIGSTOP)
        time.sleep(6)
        site.signal_redis(signal.SIGCONT)
    assert max(answer.seconds for _message, answer in sent) < TWILIO_SECONDS
    outages = [answer for _message, answer in sent if answer.from_outage]
    assert outages
    for answer in outages:
        assert_numbers_first(answer.text)
    until(lambda: recovered(site))
    site.replayed()
    late = deliver(site, after)
    assert not any(answer.from_outage for answer in late)
    assert_everything_is_there_once(site, before + during + after)


def test_a_message_whose_commit_was_not_confirmed_gets_the_same_answer_again(new_site: Callable[..., Site]) -> None:
    """Redis takes the turn, its answer is lost. What the person reads must be what is stored."""
    site = new_site()
    site.start_redis()
    with Proxy(site.redis_port) as proxy:
        site.environment["REDIS_URL"] = f"redis://127.0.0.1:{proxy.port}/0"
        site.start_web()
        who = person(800)
        deliver(site, [sms(next(_numbers), text, who) for text in ("hoi", "ja")], 1)
        proxy.lose_answers_to = b"EVALSHA"
        message = sms(next(_numbers), "ik moet op reis", who)
        answer = site.twilio.post(message)
        assert answer.seconds < TWILIO_SECONDS
        assert site.spooled()
        proxy.lose_answers_to = b""
        assert site.heard(who) == ["hoi", "ja", "ik moet op reis"]
        site.replayed()
        again = site.twilio.post(message)
        assert site.heard(who) == ["hoi", "ja", "ik moet op reis"]
        assert again.text == answer.text
    site.stop_web()


def test_a_read_only_redis_is_an_outage(site: Site) -> None:
    messages = some_messages(12)
    with site.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", free_port())
    # One at a time: the first refusal closes every connection, and what was on its way in one of them may have been
    # stored; such a message gets its usual answer.
    assert_answered_without_redis(site, messages, threads=1)
    with site.client() as client:
        client.execute_command("REPLICAOF", "NO", "ONE")
    site.replayed()
    assert_everything_is_there_once(site, messages)


def test_a_full_redis_is_an_outage_and_evicts_nobody(site: Site) -> None:
    before, messages = some_messages(12), some_messages(12)
    deliver(site, before)
    with site.client() as client:
        client.config_set("maxmemory", "100kb")
    assert_answered_without_redis(site, messages)
    with site.client() as client:
        client.config_set("maxmemory", "0")
    site.replayed()
    assert_everything_is_there_once(site, before + messages)


def test_a_redis_that_is_killed_keeps_every_answer_it_gave(site: Site) -> None:
    sent: list[tuple[dict[str, str], Answer]] = []
    for _round in range(3):
        with load(site, some_messages(120), pause=0.02) as sent_now:
            time.sleep(0.6)
            site.signal_redis(signal.SIGKILL)
            time.sleep(0.3)
            site.start_redis()
        sent += sent_now
    acknowledged = [(message, answer) for message, answer in sent if not answer.from_outage]
    assert len(sent) == 360
    assert len(acknowledged) > 100
    until(lambda: recovered(site))
    for message, answer in acknowledged:
        assert site.twilio.post(message).body == answer.body
    site.replayed()
    assert_everything_is_there_once(site, [message for message, _answer in sent])


def test_a_web_server_started_while_redis_is_away_answers_and_joins_in_later(new_site: Callable[..., Site]) -> None:
    site = new_site()
    site.start_web()
    messages = some_messages(8)
    assert_answered_without_redis(site, messages)
    assert site.twilio.send("GET", "/readyz").status == 503
    assert site.twilio.send("GET", "/healthz").status == 200
    site.start_redis()
    site.replayed()
    until(lambda: recovered(site))
    assert site.twilio.send("GET", "/readyz").status == 200
    assert_everything_is_there_once(site, messages)
    site.stop_web()


def test_the_web_host_cannot_read_its_spool_back(site: Site) -> None:
    site.stop_redis()
    who, text = person(900), "een heel geheim bericht"
    deliver(site, [sms(next(_numbers), text, who)])
    site.start_redis()
    assert set(site.environment.values()).isdisjoint({OPENER.private_bytes_raw().hex()})
    for path in site.spooled():
        sealed = path.read_bytes()
        assert text.encode() not in sealed
        assert site.contact(who).encode() not in sealed
    kept: list[Spooled] = []
    FileSpoolReader(site.spool, OPENER, ignore).drain(kept.append)
    assert [spooled.inbound.text for spooled in kept] == [text]


def recovered(site: Site) -> bool:
    """Do both workers use Redis again, once their breakers have rested?"""
    return all(at_once(lambda _each: is_ready(site), range(12), 6))


def is_ready(site: Site) -> bool:
    """Asked on a connection of its own, so that either worker may answer."""
    with closing(TwilioClient(site.port, site.token)) as client:
        return client.send("GET", "/readyz").status == 200


class load:
    """Post `messages` from four threads, `pause` seconds apart, while the block runs; done when it is left."""

    def __init__(self, site: Site, messages: Messages, pause: float) -> None:
        self._site, self._pause = site, pause
        self._messages = iter(messages)
        self._guard = threading.Lock()
        self._sent: list[tuple[dict[str, str], Answer]] = []
        self._threads = [threading.Thread(target=self._work) for _ in range(4)]

    def __enter__(self) -> list[tuple[dict[str, str], Answer]]:
        for thread in self._threads:
            thread.start()
        return self._sent

    def __exit__(self, *_exception: object) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._guard:
                message = next(self._messages, None)
                time.sleep(self._pause)
            if message is None:
                return
            try:
                self._sent.append((message, self._site.twilio.post(message)))
            except (OSError, http.client.HTTPException):
                return
