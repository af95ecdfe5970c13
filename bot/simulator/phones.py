"""The phones of the stand-in for Twilio, as the page's server reaches them."""

import http.client
from base64 import b64encode
from urllib.parse import urlencode, urlsplit

import msgspec

from bot.devtools.forms import Sending
from bot.devtools.webhook import WebhookError

INBOX_SECONDS = 3
SEND_SECONDS = 35
"""Twilio spends up to 15 s on the webhook and as much on the fallback."""


class Arrived(msgspec.Struct, frozen=True):
    """One message that came to a phone by the API."""

    serial: int
    text: str


class _Inbox(msgspec.Struct, frozen=True):
    messages: list[Arrived]


class _Delivery(msgspec.Struct, frozen=True):
    twiml: str
    status: int | None
    error: str


class Phones:
    """url: of the stand-in. Everything raises WebhookError when it does not answer as it should."""

    def __init__(self, url: str, account_sid: str, auth_token: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._headers = {
            "Authorization": "Basic " + b64encode(f"{account_sid}:{auth_token}".encode()).decode(),
            "Content-Type": "application/json",
        }

    def send(self, sending: Sending, sid: str) -> str:
        """Send it from its phone, under this id; the TwiML of whoever answered."""
        body = msgspec.json.encode(msgspec.structs.replace(sending, sid=sid))
        try:
            delivery = msgspec.json.decode(self._ask("POST", "/phones/messages", SEND_SECONDS, body), type=_Delivery)
        except msgspec.MsgspecError:
            raise WebhookError("unreachable") from None
        if delivery.error:
            raise WebhookError(delivery.error, status=delivery.status)
        return delivery.twiml

    def inbox(self, number: str, channel: str, after: int) -> list[Arrived]:
        """What reached this phone by the API after the message with this serial."""
        query = urlencode({"number": number, "channel": channel, "after": after})
        try:
            return msgspec.json.decode(self._ask("GET", f"/phones/inbox?{query}", INBOX_SECONDS), type=_Inbox).messages
        except msgspec.MsgspecError:
            raise WebhookError("unreachable") from None

    def _ask(self, method: str, path: str, seconds: float, body: bytes | None = None) -> bytes:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            raise WebhookError("unreachable") from None
        finally:
            connection.close()
        if response.status != 200:
            raise WebhookError("unreachable", status=response.status)
        return answer
