"""A web process dies in the middle of its work, Twilio tries again: nothing lost, nothing twice."""

import os
import signal
import threading
import time
from collections import Counter

import pytest

from tests.harness.processes import at_once, until
from tests.harness.site import Site
from tests.harness.twilio_client import Answer, person, sms

pytestmark = pytest.mark.process

MESSAGES = 400


def test_messages_survive_web_workers_that_are_killed_again_and_again(site: Site) -> None:
    people = [person(number) for number in range(20)]
    messages = [sms(number, "menu" + " " * number, people[number % 20]) for number in range(MESSAGES)]
    over = threading.Event()
    killed: list[int] = []

    def assassin() -> None:
        while not over.wait(0.7):
            oldest, ready = site.web_workers()[0], site.log("web").count("web_ready")
            os.kill(oldest, signal.SIGKILL)
            killed.append(oldest)
            # The next when this one is replaced: on a busy machine there would else be nobody at all, for minutes.
            until(lambda ready=ready: site.log("web").count("web_ready") > ready)  # type: ignore[misc]

    def unhurried(message: dict[str, str]) -> Answer:
        time.sleep(0.1)
        return site.twilio.insist(message)

    thread = threading.Thread(target=assassin)
    thread.start()
    try:
        first = at_once(unhurried, messages)
    finally:
        over.set()
        thread.join()
    assert len(killed) >= 2
    until(lambda: len(site.web_workers()) == 2)
    assert Counter(answer.status for answer in first) == {200: MESSAGES}
    again = at_once(site.twilio.insist, messages)
    assert [answer.body for answer in again] == [answer.body for answer in first]
    for who in people:
        assert Counter(site.heard(who)) == Counter(sent["Body"] for sent in messages if sent["From"] == who)
        assert site.opened(who).revision == site.turns(who) == MESSAGES // 20
    assert not site.spooled()


def test_a_web_server_killed_whole_comes_back_to_the_same_conversations(site: Site) -> None:
    site.twilio.close()
    messages = [sms(9000 + step, text, person(900)) for step, text in enumerate(("hoi", "ja", "2"))]
    answers = [site.twilio.post(message).text for message in messages]
    assert site.web is not None
    workers = site.web_workers()
    for pid in (site.web.pid, *workers):
        os.kill(pid, signal.SIGKILL)
    site.web.wait()
    site.twilio.close()
    site.start_web()
    assert [site.twilio.post(message).text for message in messages] == answers
    assert site.turns(person(900)) == 3
