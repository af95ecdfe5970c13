"""What becomes of a message after the API took it on, and the callbacks that tell it."""

from dataclasses import dataclass

from bot.devtools.api import known
from bot.devtools.forms import API_VERSION
from bot.devtools.later import Later
from bot.devtools.ledger import Ledger, Message
from bot.devtools.randomness import Luck
from bot.devtools.setup import Setup
from bot.devtools.webhook import call


@dataclass(frozen=True, slots=True)
class _Step:
    """One status of one message. url: where to tell it; "" for nowhere."""

    sid: str
    to: str
    sender: str
    status: str
    error_code: int | None
    url: str


class Statuses:
    """Lets every message go its way: queued, sent, delivered, and on WhatsApp read."""

    def __init__(self, setup: Setup, ledger: Ledger, luck: Luck) -> None:
        self._setup = setup
        self._ledger = ledger
        self._luck = luck
        self._later = Later(self._report)
        self.start, self.stop, self.settled = self._later.start, self._later.stop, self._later.settled

    def begin(self, message: Message, url: str) -> None:
        """The API has just taken on this message, with this StatusCallback."""
        steps = [
            _Step(message.sid, message.to, message.sender, status, code, url)
            for status, code in self._course(message.to)
            for _ in range(2 if self._setup.double else 1)
        ]
        if self._setup.shuffle:
            self._luck.shuffle(steps)
        for place, step in enumerate(steps, 1):
            self._later.add(message.serial, place * self._setup.callback_delay, step)

    def _course(self, to: str) -> list[tuple[str, int | None]]:
        """Statuses with their error codes."""
        undelivered, failed = known(self._setup.outcomes, to), known(self._setup.failures, to)
        if failed is not None:
            return [("queued", None), ("failed", failed)]
        if undelivered is not None:
            return [("queued", None), ("sent", None), ("undelivered", undelivered)]
        read: list[tuple[str, int | None]] = [("read", None)] if to.startswith("whatsapp:") else []
        return [("queued", None), ("sent", None), ("delivered", None), *read]

    def _report(self, step: _Step) -> None:
        """The message has this status now; say so to whoever asked."""
        self._ledger.advance(step.sid, step.status, step.error_code)
        if not step.url:
            return
        if self._luck.draw() < self._setup.lose_callbacks:
            self._luck.count("lost_callbacks")
            return
        form = {
            "AccountSid": self._setup.account_sid,
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
        reply = call(step.url, form, auth_token=self._setup.auth_token, connect_to=self._setup.connect_to)
        self._luck.count("failed_callbacks" if reply.error else "callbacks")
