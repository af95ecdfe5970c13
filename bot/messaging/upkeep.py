"""Expires leases and offers, and raises the alarm for people nobody helps."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.handoff import acts as handoff
from bot.handoff.moves import Move
from bot.handoff.refusals import Refused
from bot.messages import Channel
from bot.messaging.every import Every
from bot.messaging.runner import Runner
from bot.ports.conversations import Act, LeaseAlive
from bot.ports.queue import Waiting
from bot.ports.sender import AnswerLost, NotSent, Sender, SendFailed
from bot.ports.storage import Storage

NOBODY_THERE_MINUTES = 1
"""The patience while no advisor is at a console: nobody would see the queue."""

TIDY_EVERY = timedelta(minutes=10)

ALARM_LIFE = 3600
"""Seconds in which the alarm may arrive."""


class Upkeep:
    """Called in a loop by the worker. Safe in several workers at once: every change goes through the runner."""

    def __init__(
        self,
        runner: Runner,
        storage: Storage,
        now: Callable[[], datetime],
        alarm: Callable[[], None],
        report: Callable[..., None],
        minutes: int,
    ) -> None:
        """alarm: tells whoever is on duty, without any content. minutes: how long a person may wait unseen."""
        self._runner = runner
        self._storage = storage
        self._now = now
        self._alarm = alarm
        self._report = report
        self._minutes = minutes
        self._alarmed: set[Waiting] = set()
        self._tidies = Every(TIDY_EVERY, now)

    def step(self) -> None:
        """One round. Raises StorageUnavailable."""
        if self._tidies.is_due():
            self._storage.chores.tidy()
        for held in self._storage.queue.held():
            if not held.leased:
                self._act(held.contact, handoff.lose_lease)
            elif not held.offered:
                self._act(held.contact, lambda conversation, _minute: handoff.lapse(conversation))
        self._watch()

    def _act(self, contact: str, decide: Callable[..., Move]) -> None:
        try:
            self._runner.act(Act(secrets.token_hex(8), contact), decide)
        except (Refused, LeaseAlive):
            return  # another worker was faster, or there is nothing to do

    def _watch(self) -> None:
        """Raise the alarm for people who wait too long, once for each; log and count it in any case."""
        waiting = self._storage.queue.waiting()
        self._alarmed &= set(waiting)
        patience = self._minutes if self._storage.presence.on_duty() else min(NOBODY_THERE_MINUTES, self._minutes)
        minute = int(self._now().timestamp()) // 60
        late = [entry for entry in waiting if minute - entry.minute >= patience and entry not in self._alarmed]
        if not late:
            return
        self._alarmed.update(late)
        self._report("waits_unseen", count=len(late))
        self._alarm()


class Alarm:
    """A text message to whoever is on duty: something needs them, nothing else."""

    def __init__(self, sender: Sender, number: str, text: str, report: Callable[..., None]) -> None:
        self._sender = sender
        self._number = number
        self._text = text
        self._report = report

    def __call__(self) -> None:
        """Send it, if there is a number. Never raises: the event is logged and counted already."""
        if not self._number:
            return
        try:
            self._sender.send(Channel.SMS, self._number, self._text, f"alarm-{secrets.token_hex(8)}", ALARM_LIFE)
        except (SendFailed, NotSent, AnswerLost) as error:
            self._report("alarm_failed", cause=type(error).__name__)
