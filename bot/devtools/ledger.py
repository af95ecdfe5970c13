"""What the stand-in for Twilio remembers: messages in both directions, and what reached the phones.

In memory only, the newest MAX_KEPT of each.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from bot.devtools.behaviour import without_prefix
from bot.devtools.forms import API_VERSION
from bot.rendering.segments import measure

MAX_KEPT = 20_000
STATUS_RANKS = {"received": 0, "queued": 0, "sent": 1, "delivered": 2, "undelivered": 2, "failed": 2, "read": 3}
"""A status never goes back, whatever order the callbacks come in."""


def _now() -> datetime:
    # Twilio's dates have whole seconds, and its filters compare those.
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True)
class MessageResource:
    """One message resource. Changed by the ledger only."""

    sid: str
    account_sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    num_media: str = "0"
    service: str = ""
    error_code: int | None = None
    created: datetime = field(default_factory=_now)
    updated: datetime = field(default_factory=_now)
    sent: datetime | None = None
    born: float = field(default_factory=time.monotonic)
    deletes: int = 0
    serial: int = 0

    @property
    def listed(self) -> datetime:
        """The date that filters compare."""
        return self.sent or self.created

    def resource(self) -> dict[str, object]:
        """As the API returns it."""
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.sent) if self.sent else None,
            "date_updated": format_datetime(self.updated),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.service or None,
            "num_media": self.num_media,
            "num_segments": "1" if self.to.startswith("whatsapp:") else str(measure(self.body).segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that the API accepted."""

    sid: str
    to: str
    sender: str
    body: str
    outbox_id: str
    """The `o` in the query of its StatusCallback."""
    validity_period: int | None
    when: float
    """By time.monotonic()."""


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """One message on a phone."""

    serial: int
    """Grows from message to message."""
    number: str
    channel: str
    text: str
    sid: str
    source: str
    """reply (by TwiML) or api."""


class Ledger:
    """The store. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._messages: dict[str, MessageResource] = {}
        self._accepted: deque[Accepted] = deque(maxlen=MAX_KEPT)
        self._on_phones: deque[PhoneMessage] = deque(maxlen=MAX_KEPT)
        self._count = 0
        # Starts at the clock, so that a page that stayed open during a restart still finds new messages.
        self._phone_serial = int(time.time() * 1000)

    def add(self, message: MessageResource) -> bool:
        """Put it in the list. False when its id is there already."""
        with self._lock:
            if message.sid in self._messages:
                return False
            self._count += 1
            message.serial = self._count
            self._messages[message.sid] = message
            while len(self._messages) > MAX_KEPT:
                del self._messages[next(iter(self._messages))]
            return True

    def accept(self, accepted: Accepted) -> None:
        """The API accepted a message."""
        with self._lock:
            self._accepted.append(accepted)

    def accepted(self) -> list[Accepted]:
        """All accepted messages, in order."""
        with self._lock:
            return list(self._accepted)

    def arrive(self, to: str, text: str, sid: str, source: str) -> None:
        """The message is now on the phone of `to`."""
        channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
        with self._lock:
            self._phone_serial += 1
            self._on_phones.append(PhoneMessage(self._phone_serial, without_prefix(to), channel, text, sid, source))

    def inbox(self, number: str, channel: str, after: int) -> list[PhoneMessage]:
        """What reached this phone since the message `after`, oldest first."""
        found = []
        with self._lock:
            for message in reversed(self._on_phones):
                if message.serial <= after:
                    break
                if (message.number, message.channel) == (number, channel):
                    found.append(message)
        return found[::-1]

    def resource(self, sid: str) -> dict[str, object] | None:
        """One message as the API returns it; None when there is none (any more)."""
        with self._lock:
            message = self._messages.get(sid)
            return message.resource() if message else None

    def newest_first(self) -> Iterator[MessageResource]:
        """The whole list, as it is now."""
        with self._lock:
            messages = list(self._messages.values())
        return reversed(messages)

    def advance(self, sid: str, status: str, error_code: int | None) -> None:
        """Set the status, unless the message is deleted or already further."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None or STATUS_RANKS[status] < STATUS_RANKS[message.status]:
                return
            message.status, message.error_code, message.updated = status, error_code, _now()
            if status != "queued" and message.sent is None:
                message.sent = message.updated

    def redact(self, sid: str) -> None:
        """Empty the body. What the phone has stays."""
        with self._lock:
            if sid in self._messages:
                self._messages[sid].body, self._messages[sid].updated = "", _now()

    def delete(self, sid: str, *, min_age: float, min_tries: int) -> bool:
        """Remove a message. False: not yet."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None:
                return True
            message.deletes += 1
            if time.monotonic() - message.born < min_age or message.deletes <= min_tries:
                return False
            del self._messages[sid]
            return True
