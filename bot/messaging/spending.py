"""An alarm when more messages go out in a day than anybody expected: a flood, a machine, a fault of ours. Nothing is
stopped by it: the numbers must go out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.handoff.counting import SENT, day_of
from bot.messaging.every import Every
from bot.ports.storage import Storage

LOOK_EVERY = timedelta(minutes=1)


class Spending:
    """Called in a loop by the worker. most: messages a day. alarm: as for people who wait. Alarms once a day."""

    def __init__(
        self,
        storage: Storage,
        now: Callable[[], datetime],
        alarm: Callable[[], None],
        report: Callable[..., None],
        most: int,
    ) -> None:
        self._storage = storage
        self._now = now
        self._alarm = alarm
        self._report = report
        self._most = most
        self._alarmed = ""
        self._looks = Every(LOOK_EVERY, now)

    def step(self) -> None:
        """One round. Raises StorageUnavailable."""
        if not self._looks.is_due():
            return
        today = day_of(int(self._now().timestamp()) // 60)
        sent = self._storage.counts.of([today])[today].get(SENT, 0)
        if sent > self._most and today != self._alarmed:
            self._alarmed = today
            self._report("spend_alarm", count=sent)
            self._alarm()
