"""Deletes the provider's copies of messages, minutes after they are settled.

The provider's own list is the queue: what is still in it is still to be deleted, so a restart forgets nothing and no id
has to be kept here. Twilio refuses to delete some messages for a minute, rarely for days (error 20009); then the
body is emptied at once and deleting is tried again, with growing pauses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.messaging.every import Every
from bot.messaging.reconcile import MIN_AGE
from bot.ports.sender import NotSent
from bot.ports.storage import Storage

EVERY = timedelta(seconds=30)
MIN_AGE_TO_DELETE = timedelta(minutes=9)
"""Not sooner: messages whose webhook was lost, or whose sending is unconfirmed, are found in the same list."""

SETTLED_AFTER = timedelta(minutes=30)
"""By then a message is settled even if no report came: it may be under way for ten minutes at most."""

MAX_DELETIONS = 200
"""Deletions in one round."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProviderCopy:
    """One message in the provider's list."""

    id: str
    at: datetime
    settled: bool
    """Its status is final."""
    inbound: bool
    """It was sent to us."""
    empty: bool


class NotDeletableYet(Exception):
    """The provider refuses to delete this message now."""


class ProviderCopies(Protocol):
    """The provider's copies of messages to and from our numbers. Every method may raise NotSent: it cannot be asked."""

    def copies(self, before: datetime, channel: str = "", address: str = "") -> list[ProviderCopy]:
        """Those sent before a moment; channel and address: only to and from this person."""
        ...

    def delete(self, id: str) -> None:
        """Delete one, and its media. Raises NotDeletableYet."""
        ...

    def empty(self, id: str) -> None:
        """Remove its text."""
        ...


class ProviderEraser:
    """Called in a loop by the worker."""

    def __init__(
        self, storage: Storage, copies: ProviderCopies, now: Callable[[], datetime], report: Callable[..., None]
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
        reconciled = self._storage.chores.last_reconciled()
        done = 0
        try:
            listed = self._copies.copies(now - MIN_AGE_TO_DELETE)
            self._refused = {copy.id: self._refused[copy.id] for copy in listed if copy.id in self._refused}
            for copy in (copy for copy in listed if self._is_due(copy, now, reconciled)):
                done += self._delete(copy, now)
                if done >= MAX_DELETIONS:
                    break
        except NotSent as error:
            self._report("not_shredded", cause=str(error))
        if done:
            self._report("shredded", count=done)
        return done

    def _is_due(self, copy: ProviderCopy, now: datetime, reconciled: datetime | None) -> bool:
        if copy.id in self._refused and self._refused[copy.id][0] > now:
            return False
        if copy.inbound:  # only what the search for lost messages has seen
            return reconciled is not None and copy.at < reconciled - MIN_AGE
        return copy.settled or now - copy.at > SETTLED_AFTER

    def _delete(self, copy: ProviderCopy, now: datetime) -> bool:
        try:
            self._copies.delete(copy.id)
        except NotDeletableYet:
            _until, pause = self._refused.get(copy.id, (now, FIRST_PAUSE / 2))
            pause = min(pause * 2, LONGEST_PAUSE)
            self._refused[copy.id] = (now + pause, pause)
            if not copy.empty:
                self._copies.empty(copy.id)
            return False
        return True
