"""The second process: brings back what was spooled. A loop that never dies of one failure; SIGTERM ends it."""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.services.ports import StorageUnavailable
from bot.services.runner import Runner
from bot.services.spool import SpoolReader

PAUSE_SECONDS = 2.0


@dataclass
class Worker:
    """What the second process does, again and again."""

    runner: Runner
    spool: SpoolReader
    report: Callable[..., None]

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            self.step()
            stop.wait(PAUSE_SECONDS)

    def step(self) -> int:
        """One round: replay what was spooled. Returns how many messages were handled."""
        try:
            return self.spool.drain(self.runner.replay)
        except StorageUnavailable as error:
            self.report("storage_away", cause=str(error))
        except Exception as error:  # noqa: BLE001 - the loop goes on, whatever it was
            self.report("worker_failed", fault=type(error).__name__, error=error)
        return 0


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
