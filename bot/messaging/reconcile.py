"""Finds messages whose webhook never reached us, because this host or the network was down, in the provider's list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.handoff.acts import FRESH_MINUTES
from bot.messages import Inbound
from bot.messaging.every import Every
from bot.messaging.runner import Runner
from bot.ports.sender import NotSent
from bot.ports.storage import Storage

EVERY = timedelta(seconds=60)
OVERLAP = timedelta(minutes=5)
"""How much of the list is read again each time: a list may be late."""

MIN_AGE = timedelta(seconds=60)
"""A younger message may still be on its way to the webhook: Twilio tries for at most 15 s."""

MAX_DEFER = timedelta(minutes=5)
"""How long a spool is waited for. One that empties does so in seconds; this one's host is gone, or its worker ended."""

MAX_LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """One message in the provider's list."""

    inbound: Inbound
    at: datetime
    """To the second."""

    @property
    def came(self) -> int:
        """The end of that second, in milliseconds since 1970."""
        return int(self.at.timestamp()) * 1000 + 999


class InboundList(Protocol):
    """The provider's list of messages to our numbers."""

    def received(self, since: datetime) -> list[ListedMessage]:
        """Messages received since then, oldest first. Raises NotSent when the provider cannot be asked."""
        ...


class Reconcile:
    """Called in a loop by the worker; reads the list once a minute.

    A message may have been answered while the storage was away, and lie in the spool of any host. So it is left for
    later until every spool has reported that nothing of that time is in it. What lies there and cannot be read will
    never say whose it is: a message of those minutes is kept for an advisor, and nothing is sent.
    """

    def __init__(
        self,
        runner: Runner,
        storage: Storage,
        inbox: InboundList,
        now: Callable[[], datetime],
        report: Callable[..., None],
    ) -> None:
        self._runner = runner
        self._storage = storage
        self._inbox = inbox
        self._now = now
        self._report = report
        self._every = Every(EVERY, now)
        self._deferring: datetime | None = None
        """Since when something is left for later."""

    def step(self) -> int:
        """Handle the messages that were missed; returns how many. Raises StorageUnavailable."""
        if not self._every.is_due():
            return 0
        now = self._now()
        last = self._storage.chores.last_reconciled()
        since = max(last or now, now - MAX_LOOK_BACK) - OVERLAP
        try:
            listed = self._inbox.received(since)
        except NotSent as error:
            self._report("not_reconciled", cause=str(error))
            return 0
        found = [message for message in listed if now - message.at >= MIN_AGE]
        deferred = self._deferred(found, now)
        unreadable = self._storage.chores.unreadable_minutes()
        recovered = 0
        for message in found:
            if message in deferred or self._storage.conversations.was_erased(message.inbound, message.came):
                continue
            late = now - message.at > timedelta(minutes=FRESH_MINUTES)
            perhaps = not unreadable.isdisjoint(_minutes_around(message.at))
            if self._runner.recover(message.inbound, message.at, late=late, maybe_answered=perhaps):
                recovered += 1
                self._report("recovered", cause="unreadable" if perhaps else "late" if late else "")
        self._storage.chores.set_last_reconciled(min([now, *(message.at for message in deferred)]))
        return recovered

    def _deferred(self, found: Sequence[ListedMessage], now: datetime) -> list[ListedMessage]:
        """What a spool may hold the answer to. A spool that has been waited for long enough is forgotten."""
        spools = self._storage.chores.spools()
        deferred = [message for message in found if any(message.at >= clear for clear in spools.values())]
        if not deferred:
            self._deferring = None
            return []
        since = self._deferring = self._deferring or now
        if now - since < MAX_DEFER:
            return deferred
        for id, clear in spools.items():
            if any(message.at >= clear for message in deferred):
                self._report("spool_silent")
                self._storage.chores.forget_spool(id)
        self._deferring = None
        return []


def _minutes_around(at: datetime) -> range:
    """In which minutes an answer to a message of that moment may have been kept."""
    minute = int(at.timestamp()) // 60
    return range(minute - 1, minute + 2)
