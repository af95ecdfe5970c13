"""The second process: sends what advisors write, watches the queue, replays what was spooled. No failure ends its
loops; on SIGTERM they finish what is in hand."""

import secrets
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.messaging.delivery import Delivery
from bot.messaging.replay_first import ReplayFirst
from bot.ports.unavailable import StorageUnavailable

PAUSE_SECONDS = 2.0
WAIT_SECONDS = 0.4
"""How long a worker waits for something to send; less than the storage's time-out."""


@dataclass
class Worker:
    """The loops of the second process: one for sending, one for all short chores, one for each slow chore."""

    delivery: Delivery
    chores: Sequence[Callable[[], object]]
    """Replay, leases, alarms: nothing may hold them up."""
    slow_chores: Sequence[Callable[[], object]]
    """What asks the provider many times, and may be cut short at any moment."""
    report: Callable[..., None]
    replay_first: ReplayFirst | None = None
    """What is asked before anything is sent."""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish the message that is being sent and the chore that is being done."""
        sending = threading.Thread(target=self._send, args=[stop], name="sending")
        sending.start()
        for chore in self.slow_chores:
            threading.Thread(target=self._repeat, args=[[chore], stop], daemon=True).start()
        self._repeat(self.chores, stop)
        sending.join()
        self.delivery.close()

    def _repeat(self, chores: Sequence[Callable[[], object]], stop: threading.Event) -> None:
        while not stop.is_set():
            for chore in chores:
                self._safely(chore)
            stop.wait(PAUSE_SECONDS)

    def _send(self, stop: threading.Event) -> None:
        name = secrets.token_hex(8)

        def step() -> None:
            if self.replay_first is None or self.replay_first.may_send():
                self.delivery.step(name, WAIT_SECONDS)
            else:
                stop.wait(WAIT_SECONDS)

        while not stop.is_set():
            if not self._safely(step):
                stop.wait(WAIT_SECONDS)

    def _safely(self, work: Callable[[], object]) -> bool:
        """Do it and report a failure instead of raising it. Did it succeed?"""
        try:
            work()
        except StorageUnavailable as error:
            self.report("storage_away", cause=str(error))
            if self.replay_first is not None:
                self.replay_first.note_trouble()
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
