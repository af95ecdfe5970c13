"""People who write one message after another while servers die, and what became of every message."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.harness.processes import until
from tests.harness.site import Site
from tests.harness.twilio_client import Answer, sms

OUTAGE = b"storing"
"""In every answer that was given without Redis."""

PAUSE_SECONDS = 0.04
"""Between two messages of one person."""

_numbers = itertools.count(900_000)


@dataclass(frozen=True, slots=True)
class Found:
    """How many messages were answered; how many of those are stored not at all, or more than once; how many answers
    were given without Redis; the longest wait for one, in seconds."""

    answered: int
    lost: int
    doubled: int
    in_outage: int
    slowest: float


class Writers:
    """One thread each; no two messages are alike."""

    def __init__(self, site: Site, people: Sequence[str]) -> None:
        self._site = site
        self._over = threading.Event()
        self._sent: dict[str, list[str]] = {who: [] for who in people}
        self._answers: list[Answer] = []

    @contextmanager
    def writing(self) -> Iterator[None]:
        """They write until the end of the block."""
        threads = [threading.Thread(target=self._write, args=(who,)) for who in self._sent]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    @property
    def answered(self) -> int:
        """How many messages so far."""
        return len(self._answers)

    def found(self) -> Found:
        """What became of it, once all that was spooled is stored. Fails when somebody was not answered."""
        until(lambda: not self._site.spooled(), what=f"an empty spool\n{self._site.log('worker')}")
        assert len(self._answers) == sum(map(len, self._sent.values())), "a connection broke"
        assert {answer.status for answer in self._answers} == {200}
        lost = doubled = 0
        for who, sent in self._sent.items():
            times = Counter(self._site.heard(who))
            lost += sum(not times[text] for text in sent)
            doubled += sum(times[text] > 1 for text in sent)
        return Found(
            answered=len(self._answers),
            lost=lost,
            doubled=doubled,
            in_outage=sum(OUTAGE in answer.body for answer in self._answers),
            slowest=max(answer.seconds for answer in self._answers),
        )

    def _write(self, who: str) -> None:
        while not self._over.is_set():
            number = next(_numbers)
            self._sent[who].append(f"bericht {number}")
            self._answers.append(self._site.twilio.post(sms(number, f"bericht {number}", who)))
            time.sleep(PAUSE_SECONDS)
