"""One signed webhook at a time, where no load is measured."""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.load import smsload

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Account:
    """What the caller and the server must agree on."""

    sid: str
    token: str
    sms_number: str
    whatsapp_number: str


@dataclass(frozen=True)
class Answer:
    """The response, and how long it took."""

    status: int
    body: str
    seconds: float


class Senders:
    """Hands out unused senders, so that no slice meets a state left by another."""

    def __init__(self) -> None:
        """Start with the first seven-digit number."""
        self._next = 1_000_000

    def take(self, count: int = 1) -> int:
        """The first of `count` fresh ones."""
        first, self._next = self._next, self._next + count
        if self._next > 9_999_999:
            raise smsload.LoadError("out of senders: too many cycles")
        return first


class Caller:
    """A keep-alive connection that posts SMS webhooks the way Twilio does."""

    _run = secrets.token_hex(8)
    _serial = itertools.count()

    def __init__(self, port: int, account: Account) -> None:
        """Connect at the first message."""
        self._url = f"http://127.0.0.1:{port}/twilio/message"
        self._account = account
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def send(self, sender: int, text: str) -> Answer:
        """Post one message of one sender and wait for the answer."""
        account = self._account
        params = smsload.webhook_params("sms", text, account.sid, account.sms_number)
        # The numbers the load generator uses as placeholders become a sender and a MessageSid.
        sid = f"{self._run}{next(self._serial):016x}"
        filled = json.dumps(params).replace(smsload.NUMBER, f"{sender:07d}").replace(smsload.SID, sid)
        params = json.loads(filled)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": smsload.sign(account.token, self._url, params),
        }
        body = urlencode(params)
        begun = time.perf_counter()
        try:
            self._connection.request("POST", "/twilio/message", body, headers)
            response = self._connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        return Answer(response.status, text, time.perf_counter() - begun)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
