"""Everybody writes: each person one message at a time, all together at an even pace."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence

from bench.soak.people import AFTER, Person, Sent, is_calm
from bot.devtools.forms import new_sid
from bot.devtools.twilio import StandIn

REPEATED = 0.05
"""The share of messages that Twilio delivers a second time although they were answered."""

THREADS = 24


class Traffic:
    """Sends every message of `people` within `seconds`, if it can."""

    def __init__(
        self, twilio: StandIn, people: Sequence[Person], seconds: float, seed: int, broken: Callable[[], str]
    ) -> None:
        """broken: what is broken at this moment, to be said with what is found."""
        self._broken = broken
        self._twilio = twilio
        self._chance = random.Random(seed)
        self._guard = threading.Lock()
        self._serial = itertools.count()
        self._due: list[tuple[float, int, Person]] = []
        start = time.monotonic()
        for person in people:
            # Everybody begins in the first half and spreads the rest, so that every outage meets conversations.
            begins = self._chance.uniform(0, seconds / 2)
            self._push(start + begins, person)
        self._ends = start + seconds
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(THREADS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Until everybody has written everything."""
        for thread in self._threads:
            thread.join()

    def _push(self, due: float, person: Person) -> None:
        heapq.heappush(self._due, (due, next(self._serial), person))

    def _work(self) -> None:
        while True:
            with self._guard:
                if not self._due:
                    return  # whoever is in other hands is put back by them
                due, _serial, person = heapq.heappop(self._due)
            time.sleep(max(due - time.monotonic(), 0))
            self._send(person)
            if not person.done:
                left = max(self._ends - time.monotonic(), 0) / (len(person.texts) - len(person.sent))
                with self._guard:
                    wait = self._chance.uniform(0.3, 1.7) * left
                    self._push(time.monotonic() + wait, person)

    def _send(self, person: Person) -> None:
        text, sid = person.texts[len(person.sent)], new_sid()
        started, broken = time.monotonic(), self._broken()
        result = self._twilio.text(person.number, text, person.channel, sid=sid, To=person.ours)
        if is_calm(broken) and (later := self._broken()) != broken:
            broken = later.removeprefix(AFTER)  # it began meanwhile, and may be over already
        sent = Sent(sid, text, result, time.monotonic() - started, broken)
        with self._guard:
            again = self._chance.random() < REPEATED and not result.error
        if again:
            sent.broken_again = self._broken()
            sent.repeat = self._twilio.text(person.number, text, person.channel, sid=sid, To=person.ours)
        person.sent.append(sent)
