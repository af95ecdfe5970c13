"""Raises an alarm when more messages than expected go out in a day: a flood, a machine, a fault of ours. Nothing is
stopped: the numbers must go out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.handoff.counting import SENT, day_of
from bot.messaging.every import Every
from bot.ports.storage import Storage

CHECK_EVERY = timedelta(minutes=1)


class Spending:
    """Called in a loop by the worker. Alarms at most once a day."""

    def __init__(
        self,
        storage: Storage,
        now: Callable[[], datetime],
        alarm: Callable[[], None],
        report: Callable[..., None],
        limit: int,
    ) -> None:
        """limit: messages a day. alarm: as for people who wait."""
        self._storage = storage
        self._now = now
        self._alarm = alarm
        self._report = report
        self._limit = limit
        self._alarmed = ""
        self._checks = Every(CHECK_EVERY, now)

    def step(self) -> None:
        """One round. Raises StorageUnavailable."""
        if not self._checks.is_due():
            return
        today = day_of(int(self._now().timestamp()) // 60)
        sent = self._storage.counts.of([today])[today].get(SENT, 0)
        if sent > self._limit and today != self._alarmed:
            self._alarmed = today
            self._report("spend_alarm", count=sent)
            self._alarm()
