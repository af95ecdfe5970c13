"""The statuses of a message after the API accepted it, and the callbacks that report them."""

from dataclasses import dataclass

from bot.devtools.api import lookup
from bot.devtools.behaviour import Behaviour
from bot.devtools.forms import API_VERSION
from bot.devtools.ledger import Ledger, MessageResource
from bot.devtools.randomness import EventCounter, SeededRandom
from bot.devtools.scheduler import Scheduler
from bot.devtools.webhook import call


@dataclass(frozen=True, slots=True)
class _Step:
    """One status of one message."""

    sid: str
    to: str
    sender: str
    status: str
    error_code: int | None
    url: str
    """Where to report it; "" for nowhere."""


class Statuses:
    """Takes every message through its statuses: queued, sent, delivered, and on WhatsApp read."""

    def __init__(self, behaviour: Behaviour, ledger: Ledger, random: SeededRandom, counter: EventCounter) -> None:
        self._behaviour = behaviour
        self._ledger = ledger
        self._random = random
        self._counter = counter
        self._scheduler = Scheduler(self._report)
        self.start, self.stop, self.settled = self._scheduler.start, self._scheduler.stop, self._scheduler.settled

    def begin(self, message: MessageResource, url: str) -> None:
        """The API has just accepted this message, with this StatusCallback."""
        steps = [
            _Step(message.sid, message.to, message.sender, status, code, url)
            for status, code in self._course(message.to)
            for _ in range(2 if self._behaviour.double else 1)
        ]
        if self._behaviour.shuffle:
            self._random.shuffle(steps)
        for place, step in enumerate(steps, 1):
            self._scheduler.add(message.serial, place * self._behaviour.callback_delay, step)

    def _course(self, to: str) -> list[tuple[str, int | None]]:
        """Statuses with their error codes."""
        undelivered, failed = lookup(self._behaviour.outcomes, to), lookup(self._behaviour.failures, to)
        if failed is not None:
            return [("queued", None), ("failed", failed)]
        if undelivered is not None:
            return [("queued", None), ("sent", None), ("undelivered", undelivered)]
        read: list[tuple[str, int | None]] = [("read", None)] if to.startswith("whatsapp:") else []
        return [("queued", None), ("sent", None), ("delivered", None), *read]

    def _report(self, step: _Step) -> None:
        """Set the status, and report it to the callback."""
        self._ledger.advance(step.sid, step.status, step.error_code)
        if not step.url:
            return
        if self._random.draw() < self._behaviour.lose_callbacks:
            self._counter.count("lost_callbacks")
            return
        form = {
            "AccountSid": self._behaviour.account_sid,
            "ApiVersion": API_VERSION,
            "From": step.sender,
            "MessageSid": step.sid,
            "MessageStatus": step.status,
            "SmsSid": step.sid,
            "SmsStatus": step.status,
            "To": step.to,
        }
        if step.error_code is not None:
            form["ErrorCode"] = str(step.error_code)
        reply = call(step.url, form, auth_token=self._behaviour.auth_token, connect_to=self._behaviour.connect_to)
        self._counter.count("failed_callbacks" if reply.error else "callbacks")
