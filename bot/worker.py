"""The second process: sends what advisors write, watches the queue, brings back what was spooled. Loops that never die
of one failure; SIGTERM ends them after what is in hand."""

import secrets
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.messaging.delivery import Delivery
from bot.ports.unavailable import StorageUnavailable

PAUSE_SECONDS = 2.0
WAIT_SECONDS = 0.4
"""How long a worker waits for something to send; less than the storage's time-out."""


@dataclass
class Worker:
    """What the second process does, again and again: one loop that sends, one for all that has time."""

    delivery: Delivery
    chores: Sequence[Callable[[], object]]
    report: Callable[..., None]

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what is in hand."""
        sending = threading.Thread(target=self._send, args=[stop], name="sending")
        sending.start()
        while not stop.is_set():
            self.step()
            stop.wait(PAUSE_SECONDS)
        sending.join()
        self.delivery.close()

    def step(self) -> None:
        """One round of the chores."""
        for chore in self.chores:
            self._safely(chore)

    def _send(self, stop: threading.Event) -> None:
        name = secrets.token_hex(8)
        while not stop.is_set():
            if not self._safely(lambda: self.delivery.step(name, WAIT_SECONDS)):
                stop.wait(WAIT_SECONDS)

    def _safely(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except StorageUnavailable as error:
            self.report("storage_away", cause=str(error))
        except Exception as error:  # noqa: BLE001 - the loop goes on, whatever it was
            self.report("worker_failed", fault=type(error).__name__, error=error)
        else:
            return True
        return False


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
