"""The phones of the stand-in for Twilio, reached over HTTP."""

import http.client
from base64 import b64encode
from urllib.parse import urlencode, urlsplit

import msgspec

from bot.devtools.forms import SendRequest
from bot.devtools.webhook import WebhookError

INBOX_SECONDS = 3
SEND_SECONDS = 35
"""Twilio spends up to 15 s on the webhook and as much on the fallback."""


class Arrived(msgspec.Struct, frozen=True):
    """One message that reached a phone via the API."""

    serial: int
    text: str


class _Inbox(msgspec.Struct, frozen=True):
    messages: list[Arrived]


class _Outcome(msgspec.Struct, frozen=True):
    twiml: str
    status: int | None
    error: str


class Phones:
    """Sends from the phones and reads what reached them. Raises WebhookError when the stand-in does not answer."""

    def __init__(self, url: str, account_sid: str, auth_token: str) -> None:
        """url: the address of the stand-in."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._headers = {
            "Authorization": "Basic " + b64encode(f"{account_sid}:{auth_token}".encode()).decode(),
            "Content-Type": "application/json",
        }

    def send(self, sending: SendRequest, sid: str) -> str:
        """Send it from its phone under this id; returns the TwiML of the webhook or its fallback."""
        body = msgspec.json.encode(msgspec.structs.replace(sending, sid=sid))
        try:
            outcome = msgspec.json.decode(self._ask("POST", "/phones/messages", SEND_SECONDS, body), type=_Outcome)
        except msgspec.MsgspecError:
            raise WebhookError("unreachable") from None
        if outcome.error:
            raise WebhookError(outcome.error, status=outcome.status)
        return outcome.twiml

    def inbox(self, number: str, channel: str, after: int) -> list[Arrived]:
        """What reached this phone via the API after the message with this serial."""
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
