"""Messages whose webhook never came: our host was dark, or the network between. Twilio has them in its list."""

from collections.abc import Callable
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
"""Looked through again each time: a list may be late."""

SETTLED = timedelta(seconds=60)
"""A younger message may still be on its way to the webhook: Twilio tries for at most 15 s."""

FARTHEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Received:
    """One message in the provider's list."""

    inbound: Inbound
    at: datetime


class Inbox(Protocol):
    """The provider's list of messages to us."""

    def received(self, since: datetime) -> list[Received]:
        """Those sent to us since then, oldest first. Raises NotSent when the provider cannot be asked."""
        ...


class Reconcile:
    """Called in a loop by the worker; looks once a minute."""

    def __init__(
        self, runner: Runner, storage: Storage, inbox: Inbox, now: Callable[[], datetime], report: Callable[..., None]
    ) -> None:
        self._runner = runner
        self._storage = storage
        self._inbox = inbox
        self._now = now
        self._report = report
        self._every = Every(EVERY, now)

    def step(self) -> int:
        """Bring in what was missed; returns how many. Raises StorageUnavailable."""
        if not self._every.is_due():
            return 0
        now = self._now()
        looked = self._storage.chores.last_reconciled()
        since = max(looked or now, now - FARTHEST) - OVERLAP
        try:
            listed = self._inbox.received(since)
        except NotSent as error:
            self._report("not_reconciled", cause=str(error))
            return 0
        found = 0
        for message in listed:
            age = now - message.at
            if age < SETTLED or self._storage.conversations.was_erased(message.inbound):
                continue
            late = age > timedelta(minutes=FRESH_MINUTES)
            if self._runner.recover(message.inbound, message.at, late=late):
                found += 1
                self._report("recovered", cause="late" if late else "")
        self._storage.chores.set_last_reconciled(now)
        return found
