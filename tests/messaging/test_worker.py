"""The loops of the worker."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest

from bot import worker
from bot.channels.sending import TwilioCopies
from bot.devtools.twilio import Faults
from bot.messaging.delivery import Delivery
from bot.messaging.provider_eraser import ProviderEraser
from bot.worker import Worker
from tests.harness.advisor_line import AdvisorLine

ANNA = "+31612345601"


@dataclass
class Idle:
    """A delivery with nothing to send."""

    def step(self, _worker: str, _wait: float) -> int:
        return 0

    def close(self) -> None:
        pass


def test_a_provider_that_hangs_does_not_hold_up_replay_leases_and_alarms(
    line: AdvisorLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.02)
    line.twilio.text(ANNA, "hoi")
    line.twilio.faults = Faults(hang=1.0, hang_seconds=60)
    eraser = ProviderEraser(
        line.storage, TwilioCopies(line.sender(5.0)), lambda: line.now + timedelta(hours=1), line.reports
    )
    stop, rounds, asked = threading.Event(), threading.Semaphore(0), threading.Event()

    def erase() -> None:
        asked.set()
        eraser.step()

    work = Worker(cast("Delivery", Idle()), [rounds.release], [erase], line.reports)
    running = threading.Thread(target=work.run, args=[stop])
    running.start()
    try:
        assert asked.wait(60)
        assert all(rounds.acquire(timeout=2.5) for _ in range(20))
    finally:
        stop.set()
        running.join(60)
    assert not running.is_alive()
