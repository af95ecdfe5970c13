"""Deletes the provider's copies: what was sent and received goes there as well, minutes after it is settled.

The provider's own list is the queue: what still stands in it is still to be deleted, so a restart forgets nothing and
no id has to be kept here. Twilio refuses to delete some messages for a minute, rarely for days (error 20009); then the
body is emptied at once and deleting is tried again, ever more rarely.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.messaging.every import Every
from bot.messaging.reconcile import SETTLED
from bot.ports.sender import NotSent
from bot.ports.storage import Storage

EVERY = timedelta(seconds=30)
AFTER = timedelta(minutes=9)
"""Not sooner: a message whose webhook was lost, or whose sending is not sure, is found in the same list."""

ABANDONED = timedelta(minutes=30)
"""A message that was never reported delivered is settled by then: it may be under way for ten minutes at most."""

MOST = 200
"""Deletions in one round, so that other chores have their turn."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Copy:
    """One message in the provider's list. settled: nothing will become of it any more. inbound: it was sent to us."""

    id: str
    at: datetime
    settled: bool
    inbound: bool
    empty: bool


class NotYet(Exception):
    """The provider does not delete it now."""


class Copies(Protocol):
    """The provider's copies of messages to and from our numbers. Every method may raise NotSent: it cannot be asked."""

    def copies(self, before: datetime, channel: str = "", address: str = "") -> list[Copy]:
        """Those sent before a moment; channel and address: only to and from this person."""
        ...

    def delete(self, id: str) -> None:
        """Delete one, and its media. Raises NotYet."""
        ...

    def empty(self, id: str) -> None:
        """Take its words out."""
        ...


class ProviderEraser:
    """Called in a loop by the worker."""

    def __init__(
        self, storage: Storage, copies: Copies, now: Callable[[], datetime], report: Callable[..., None]
    ) -> None:
        self._storage = storage
        self._copies = copies
        self._now = now
        self._report = report
        self._every = Every(EVERY, now)
        self._refused: dict[str, tuple[datetime, timedelta]] = {}

    def step(self) -> int:
        """Delete what is due; returns how many. Raises StorageUnavailable."""
        if not self._every.is_due():
            return 0
        now = self._now()
        looked = self._storage.chores.last_reconciled()
        done = 0
        try:
            listed = self._copies.copies(now - AFTER)
            self._refused = {copy.id: self._refused[copy.id] for copy in listed if copy.id in self._refused}
            for copy in (copy for copy in listed if self._is_due(copy, now, looked)):
                done += self._deleted(copy, now)
                if done >= MOST:
                    break
        except NotSent as error:
            self._report("not_shredded", cause=str(error))
        if done:
            self._report("shredded", count=done)
        return done

    def _is_due(self, copy: Copy, now: datetime, looked: datetime | None) -> bool:
        if copy.id in self._refused and self._refused[copy.id][0] > now:
            return False
        if copy.inbound:  # only what the search for lost messages has seen
            return looked is not None and copy.at < looked - SETTLED
        return copy.settled or now - copy.at > ABANDONED

    def _deleted(self, copy: Copy, now: datetime) -> bool:
        try:
            self._copies.delete(copy.id)
        except NotYet:
            _until, pause = self._refused.get(copy.id, (now, FIRST_PAUSE / 2))
            pause = min(pause * 2, LONGEST_PAUSE)
            self._refused[copy.id] = (now + pause, pause)
            if not copy.empty:
                self._copies.empty(copy.id)
            return False
        return True
