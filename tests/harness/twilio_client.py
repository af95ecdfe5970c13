"""Twilio's side of a webhook: signs, posts, and reads the answer."""

import contextlib
import http.client
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from tests.harness.fixed import ACCOUNT, OURS, PUBLIC_URL

PATH = "/twilio/message"
ABROAD = "+31 247 247 247"
IDLE_SECONDS = 5
"""A connection unused for longer is reopened, before the server closes it."""
TWILIO_SECONDS = 15
"""So long Twilio waits for an answer. Ours comes much sooner, which `python -m bench soak` measures; a test asserts
only this, for its machine may be busy."""
FORM = "application/x-www-form-urlencoded"
Form = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """One response of the web server."""

    status: int
    body: bytes
    kind: str
    seconds: float

    @property
    def messages(self) -> list[str]:
        """The texts in the TwiML. Fails unless it is well-formed."""
        root = ET.fromstring(self.body)  # noqa: S314 - our own answer
        assert root.tag == "Response"
        return [element.text or "" for element in root]

    @property
    def text(self) -> str:
        assert self.status == 200, f"{self.status} {self.body!r}"
        assert self.kind.startswith("text/xml")
        assert len(self.messages) == 1, self.body
        return self.messages[0]

    @property
    def from_outage(self) -> bool:
        """Was this answer to "menu" given without Redis? The menu itself carries no number."""
        return ABROAD in self.text


def assert_numbers_first(text: str) -> None:
    """The numbers for both places, above every other word of the answer."""
    assert ABROAD in text
    assert "112" in text
    words = [text.find(word) for word in ("storing", "problem", "Kun je nu veilig typen", "Waar gaat het over")]
    first_words = min((place for place in words if place >= 0), default=len(text))
    assert max(text.index(ABROAD), text.index("112")) < first_words, text


class TwilioClient:
    """Signs and posts as Twilio does; one connection per thread, kept open."""

    def __init__(self, port: int, token: str) -> None:
        self.public_url = PUBLIC_URL
        self._port = port
        self._validator = RequestValidator(token)
        self._here = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def sign(self, path: str, fields: Form) -> str:
        params = fields if isinstance(fields, Mapping) else MultiDict(fields)
        signature: str = self._validator.compute_signature(self.public_url + path, params)
        return signature

    def post(self, fields: Form, path: str = PATH, signature: str | None = None) -> Answer:
        """A signed webhook. Raises OSError or HTTPException when the server goes away meanwhile."""
        headers = {"X-Twilio-Signature": self.sign(path, fields) if signature is None else signature}
        return self.send("POST", path, urlencode(fields).encode(), headers)

    def insist(self, fields: Form, tries: int = 40) -> Answer:
        """As Twilio with `rp=all`: the same message again until somebody answers."""
        for _ in range(tries):
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.post(fields)
                if answer.status < 500:
                    return answer
            time.sleep(0.1)
        raise AssertionError("nobody answered")

    def send(
        self,
        method: str,
        path: str,
        body: "bytes | Iterable[bytes] | None" = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any request."""
        connection = self._connection()
        started = time.monotonic()
        try:
            sent = {"Content-Type": f"{FORM}; charset=UTF-8"} | dict(headers or {})
            connection.request(method, path, body, sent, encode_chunked=not isinstance(body, bytes | None))
            response = connection.getresponse()
            answer = response.read()
        except BaseException:
            connection.close()
            raise
        kind = response.headers.get("Content-Type", "")
        return Answer(response.status, answer, kind, time.monotonic() - started)

    def close(self) -> None:
        for connection in self._open:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._here.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._open.append(connection)
        elif time.monotonic() - self._here.used > IDLE_SECONDS:
            connection.close()
        self._here.used = time.monotonic()
        return connection


def sms(number: int | str, text: str, sender: str, **more: str) -> dict[str, str]:
    """The fields of one SMS; the same number is the same message."""
    return {
        "MessageSid": sid(number),
        "SmsSid": sid(number),
        "AccountSid": ACCOUNT,
        "From": sender,
        "To": OURS,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
        **more,
    }


def sid(number: int | str) -> str:
    """An id as Twilio gives one; the same for the same number or word."""
    name = str(number)
    return f"SM{name:0>32}" if name.isdigit() else f"SM{blake2b(name.encode(), digest_size=16).hexdigest()}"


def person(number: int) -> str:
    """A made-up telephone number."""
    return f"+316{number:08}"
