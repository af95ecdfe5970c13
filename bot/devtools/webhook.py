"""Posts to a webhook as Twilio does: signed over the public address, and retried as the address says.

After `#` in the address come Twilio's connection overrides, as in
`https://host/twilio/message#rc=3&rp=ct,rt,5xx&ct=2000&rt=4000&tt=14000`. They are neither sent nor signed.
"""

import http.client
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)

MAX_REPLY_BYTES = 256 * 1024
MAX_RETRIES = 5
MAX_SECONDS = 15.0
PAUSE_SECONDS = 0.05
"""Between two attempts. Twilio does not say how long it waits; a short pause is the hard case for us."""
POLICIES = frozenset({"4xx", "5xx", "ct", "rt"})


class WebhookError(Exception):
    """The webhook gave no TwiML."""

    def __init__(self, code: str, *, status: int | None = None, policy: str = "") -> None:
        """code: selects the sentence the page shows. policy: the `rp` under which Twilio retries."""
        super().__init__(code)
        self.code = code
        self.status = status
        self.policy = policy


@dataclass(frozen=True, slots=True)
class ConnectionOverrides:
    """When Twilio gives up and when it retries. Without a fragment these are Twilio's defaults."""

    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})
    connect_seconds: float = 5.0
    read_seconds: float = MAX_SECONDS
    total_seconds: float = MAX_SECONDS

    @classmethod
    def read(cls, fragment: str) -> "ConnectionOverrides":
        """`rc=3&rp=ct,rt&ct=2000`. Raises ValueError for what Twilio would refuse."""
        given = dict(parse_qsl(fragment, keep_blank_values=True, strict_parsing=bool(fragment)))
        policies = frozenset(given.pop("rp", "ct").split(","))
        if not policies <= POLICIES | {"all"}:
            raise ValueError("rp")
        retries = int(given.pop("rc", "1"))
        if not 0 <= retries <= MAX_RETRIES:
            raise ValueError("rc")
        seconds = {name: int(given.pop(name, default)) / 1000 for name, default in _MILLISECONDS.items()}
        if given or min(seconds.values()) < 0.1 or max(seconds.values()) > MAX_SECONDS:
            raise ValueError("a time, or an unknown name")
        return cls(retries, POLICIES if "all" in policies else policies, seconds["ct"], seconds["rt"], seconds["tt"])


_MILLISECONDS = {"ct": "5000", "rt": "15000", "tt": "15000"}


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """The outcome of posting to a webhook."""

    text: str
    status: int | None
    attempts: int
    error: str
    """"" when the last attempt was answered with 2xx, else the code of a WebhookError."""


def call(url: str, fields: Mapping[str, str], *, auth_token: str, connect_to: Callable[[str], str]) -> WebhookResponse:
    """Post the fields to `url`, again when its fragment says so.

    connect_to: maps the public address to the one that is really opened.
    """
    address, _, fragment = url.partition("#")
    wanted = ConnectionOverrides.read(fragment)
    headers = {
        "Host": urlsplit(address).netloc,
        "X-Twilio-Signature": sign(auth_token, address, fields),
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),  # the same for every attempt
    }
    ends = time.monotonic() + wanted.total_seconds
    attempts = 0
    while True:
        attempts += 1
        left = max(ends - time.monotonic(), 0.01)
        try:
            status, text = post(
                connect_to(address),
                fields,
                headers,
                connect_seconds=min(wanted.connect_seconds, left),
                read_seconds=min(wanted.read_seconds, left),
            )
        except WebhookError as error:
            last = error
        else:
            return WebhookResponse(text, status, attempts, "")
        is_over = attempts > wanted.retries or time.monotonic() + PAUSE_SECONDS >= ends
        if is_over or last.policy not in wanted.policies:
            return WebhookResponse("", last.status, attempts, last.code)
        time.sleep(PAUSE_SECONDS)


def sign(auth_token: str, address: str, fields: Mapping[str, str]) -> str:
    """The X-Twilio-Signature of a form posted to this public address."""
    signature: str = RequestValidator(auth_token).compute_signature(address, fields)
    return signature


def post(
    url: str, fields: Mapping[str, str], headers: Mapping[str, str], *, connect_seconds: float, read_seconds: float
) -> tuple[int, str]:
    """Post once: the status, which is 2xx, and the body. Raises WebhookError.

    http.client and not urllib: it takes no proxy from the environment and follows no redirect, and
    a webhook that redirects is broken for Twilio too.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=connect_seconds)
    policy = "ct"
    try:
        connection.connect()
        # A connection that breaks before the answer counts as one that never answers: "rt".
        policy = "rt"
        connection.sock.settimeout(read_seconds)
        connection.request(
            "POST",
            parts.path + (f"?{parts.query}" if parts.query else ""),
            body=urlencode(fields).encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "Accept": "*/*",
                "User-Agent": "TwilioProxy/1.1",
                **headers,
            },
        )
        response = connection.getresponse()
        status = response.status
        text = response.read(MAX_REPLY_BYTES).decode("utf-8", "replace")
    except TimeoutError:
        raise WebhookError("timeout", policy=policy) from None
    except (OSError, http.client.HTTPException):
        raise WebhookError("unreachable", policy=policy) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        code = "refused" if status == 403 else "failed"
        raise WebhookError(code, status=status, policy=f"{status // 100}xx")
    return status, text


def messages(twiml: str) -> list[str]:
    """The texts Twilio would send for this TwiML, unchanged; empty for silence. Raises WebhookError."""
    try:
        root = ET.fromstring(twiml)  # noqa: S314 - our own answer
    except ET.ParseError:
        raise WebhookError("not_twiml", status=200) from None
    if root.tag != "Response":
        raise WebhookError("not_twiml", status=200)
    texts = []
    for message in root.findall("Message"):
        body = message.find("Body")
        texts.append((message if body is None else body).text or "")
    return texts
