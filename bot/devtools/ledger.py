"""What the stand-in for Twilio remembers: its messages, in both directions, and what reached the phones.

In memory only, and of each kind only the newest MOST.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from bot.devtools.forms import API_VERSION
from bot.devtools.setup import bare
from bot.rendering.segments import measure

MOST = 20_000
RANKS = {"received": 0, "queued": 0, "sent": 1, "delivered": 2, "undelivered": 2, "failed": 2, "read": 3}
"""A status never goes back, whatever order its callbacks come in."""


def _now() -> datetime:
    # Twilio's dates have whole seconds, and its filters compare those.
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True)
class Message:
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
        """As the API gives it."""
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
    """One message that the API took on."""

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
class Item:
    """One message on a phone. serial: grows from item to item. source: "reply" (TwiML) or "api"."""

    serial: int
    number: str
    channel: str
    text: str
    sid: str
    source: str


class Ledger:
    """All of it; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._messages: dict[str, Message] = {}
        self._accepted: deque[Accepted] = deque(maxlen=MOST)
        self._items: deque[Item] = deque(maxlen=MOST)
        self._count = 0
        # By the clock, so that a page which was open during a restart still finds what comes new.
        self._item = int(time.time() * 1000)

    def add(self, message: Message) -> bool:
        """Put it in the list. False when its id is there already."""
        with self._lock:
            if message.sid in self._messages:
                return False
            self._count += 1
            message.serial = self._count
            self._messages[message.sid] = message
            while len(self._messages) > MOST:
                del self._messages[next(iter(self._messages))]
            return True

    def accept(self, accepted: Accepted) -> None:
        """The API took it on."""
        with self._lock:
            self._accepted.append(accepted)

    def accepted(self) -> list[Accepted]:
        """In the order in which they were taken on."""
        with self._lock:
            return list(self._accepted)

    def reach(self, to: str, text: str, sid: str, source: str) -> None:
        """It is on the phone of `to` now."""
        channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
        with self._lock:
            self._item += 1
            self._items.append(Item(self._item, bare(to), channel, text, sid, source))

    def inbox(self, number: str, channel: str, after: int) -> list[Item]:
        """What reached this phone since the item `after`, oldest first."""
        found = []
        with self._lock:
            for item in reversed(self._items):
                if item.serial <= after:
                    break
                if (item.number, item.channel) == (number, channel):
                    found.append(item)
        return found[::-1]

    def resource(self, sid: str) -> dict[str, object] | None:
        """One message as the API gives it; None when it is not there, or no longer."""
        with self._lock:
            message = self._messages.get(sid)
            return message.resource() if message else None

    def newest_first(self) -> Iterator[Message]:
        """The whole list, as it is now."""
        with self._lock:
            messages = list(self._messages.values())
        return reversed(messages)

    def advance(self, sid: str, status: str, error_code: int | None) -> None:
        """A message that is gone, or further already, stays as it is."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None or RANKS[status] < RANKS[message.status]:
                return
            message.status, message.error_code, message.updated = status, error_code, _now()
            if status != "queued" and message.sent is None:
                message.sent = message.updated

    def redact(self, sid: str) -> None:
        """Empty its body. What the phone has stays."""
        with self._lock:
            if sid in self._messages:
                self._messages[sid].body, self._messages[sid].updated = "", _now()

    def delete(self, sid: str, *, min_age: float, min_tries: int) -> bool:
        """False: not yet."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None:
                return True
            message.deletes += 1
            if time.monotonic() - message.born < min_age or message.deletes <= min_tries:
                return False
            del self._messages[sid]
            return True
