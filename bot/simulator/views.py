"""A page that texts with the bot the way two people's phones would, through the real webhook.

Whoever can open the page can write to the bot as any telephone number, with a valid signature: the
application decides where the blueprint is registered, and must not offer it to strangers.

Nothing here logs or keeps what is written. The page holds the conversation, in the browser tab.
"""

import http.client
import json
import secrets
import time
import xml.etree.ElementTree as ET
from typing import Annotated, Any, Literal
from urllib.parse import urlencode, urlsplit

import msgspec
from flask import Blueprint, Response, render_template, request
from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)

from bot.rendering.segments import measure

WEBHOOK_PATH = "/twilio/message"
TIMEOUT_SECONDS = 10
MAX_REPLY_BYTES = 256 * 1024

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

MEDIA_TYPES = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "contact": "text/vcard",
    "sticker": "image/webp",
}
MESSAGE_TYPES = {
    "text": "text",
    "empty": "text",
    "photo": "image",
    "voice": "audio",
    "location": "location",
    "contact": "contacts",
    "sticker": "sticker",
    "reaction": "reaction",
}
# A phone cannot send these by SMS or MMS, so Twilio has no fields for them there.
ONLY_ON_WHATSAPP = frozenset({"location", "sticker", "reaction"})

# Enough to give the countries people write from; an unknown prefix leaves the field empty, which
# Twilio does as well.
COUNTRIES = {
    "+20": "EG",
    "+212": "MA",
    "+213": "DZ",
    "+216": "TN",
    "+251": "ET",
    "+252": "SO",
    "+291": "ER",
    "+31": "NL",
    "+32": "BE",
    "+44": "GB",
    "+49": "DE",
    "+90": "TR",
    "+92": "PK",
    "+93": "AF",
    "+962": "JO",
    "+963": "SY",
    "+964": "IQ",
    "+967": "YE",
    "+98": "IR",
}


class Sending(msgspec.Struct, frozen=True):
    """What the page asks for: one message by one of the two people.

    sid: with `again`, the id to repeat. The page passes it along because another worker process may
    have sent the first one; without it, the last id this process gave that person is repeated.
    """

    person: Literal["a", "b"]
    channel: Literal["sms", "whatsapp"]
    sender: Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{6,14}\Z")] = msgspec.field(name="from")
    kind: Literal["text", "empty", "photo", "voice", "location", "contact", "sticker", "reaction"] = "text"
    body: Annotated[str, msgspec.Meta(max_length=4096)] = ""
    again: bool = False
    sid: Annotated[str, msgspec.Meta(pattern=r"^(SM|MM)[0-9a-f]{32}\Z")] | None = None


class WebhookError(Exception):
    """The webhook gave no TwiML."""

    def __init__(self, code: str, *, status: int | None = None) -> None:
        """`code` chooses the sentence the page shows."""
        super().__init__(code)
        self.code = code
        self.status = status


def make_blueprint(
    *,
    sms_number: str,
    whatsapp_number: str,
    account_sid: str,
    auth_token: str,
    public_url: str,
    local_url: str,
) -> Blueprint:
    """The simulator, for an application whose webhook is reachable at `local_url`.

    public_url: the address Twilio is told, which the webhook checks signatures against.
    local_url: where the same webhook answers from this machine.
    """
    blueprint = Blueprint(
        "simulator",
        __name__,
        url_prefix="/simulator",
        template_folder="templates",
        static_folder="static",
    )
    signed_url = public_url.rstrip("/") + WEBHOOK_PATH
    posted_url = local_url.rstrip("/") + WEBHOOK_PATH
    validator = RequestValidator(auth_token)
    last_sid: dict[str, str] = {}

    @blueprint.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("")
    @blueprint.get("/")
    def page() -> str:
        return render_template("simulator/phone.html", sms_number=sms_number, whatsapp_number=whatsapp_number)

    @blueprint.post("/send")
    def send() -> Response:
        # Another site could make the browser of whoever has this page open write to the bot.
        if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            return _json({"error": "cross_site"}, 403)
        if request.mimetype != "application/json":
            return _json({"error": "not_json"}, 415)
        try:
            sending = msgspec.json.decode(request.get_data(), type=Sending)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return _json({"error": "invalid"}, 400)
        if sending.channel == "sms" and sending.kind in ONLY_ON_WHATSAPP:
            return _json({"error": "only_on_whatsapp"}, 400)

        sid = (sending.sid or last_sid.get(sending.person)) if sending.again else None
        if sending.again and sid is None:
            return _json({"error": "nothing_to_repeat"}, 409)
        sid = sid or _new_sid(sending.kind)
        last_sid[sending.person] = sid

        number = sms_number if sending.channel == "sms" else whatsapp_number
        form = _form(sending, sid=sid, to=number, account_sid=account_sid)
        signature: str = validator.compute_signature(signed_url, form)
        started = time.perf_counter()
        try:
            twiml = _post(posted_url, form, signature)
            messages = _messages(twiml)
        except WebhookError as error:
            # The id goes back too: Twilio repeats a message when the webhook failed.
            return _json({"error": error.code, "status": error.status, "sid": sid}, 502)
        elapsed = round((time.perf_counter() - started) * 1000)
        return _json(
            {
                "status": 200,
                "twiml": twiml,
                "messages": messages,
                "segments": [_segments(text) for text in messages],
                "sid": sid,
                "ms": elapsed,
            },
            200,
        )

    return blueprint


def _json(answer: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(answer), status=status, mimetype="application/json")


def _new_sid(kind: str) -> str:
    return ("MM" if kind in MEDIA_TYPES else "SM") + secrets.token_hex(16)


def _country(number: str) -> str:
    # No country code is the beginning of another, so at most one fits.
    return next((name for prefix, name in COUNTRIES.items() if number.startswith(prefix)), "")


def _form(sending: Sending, *, sid: str, to: str, account_sid: str) -> dict[str, str]:
    """The fields Twilio posts for this message.

    Everything follows from the message and its id, so that a repeated message is the same message.
    """
    body = sending.body if sending.kind in ("text", "photo") else ""
    if sending.kind == "reaction":
        body = sending.body or "\N{THUMBS UP SIGN}"
    form = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "SmsStatus": "received",
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "NumMedia": "0",
    }
    if sending.channel == "whatsapp":
        form |= _whatsapp_fields(sending, to)
    else:
        form |= _sms_fields(sending, to, body)
    if sending.kind in MEDIA_TYPES:
        form["NumMedia"] = "1"
        form["MediaContentType0"] = MEDIA_TYPES[sending.kind]
        form["MediaUrl0"] = f"https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Messages/{sid}/Media/ME{sid[2:]}"
    if sending.kind == "location":
        # Dam Square, Amsterdam: nobody's home.
        form |= {"Latitude": "52.373080", "Longitude": "4.892453"}
    return form


def _sms_fields(sending: Sending, to: str, body: str) -> dict[str, str]:
    return {
        "From": sending.sender,
        "To": to,
        "NumSegments": str(measure(body).segments),
        "FromCountry": _country(sending.sender),
        "FromState": "",
        "FromCity": "",
        "FromZip": "",
        "ToCountry": _country(to),
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
    }


def _whatsapp_fields(sending: Sending, to: str) -> dict[str, str]:
    profile = {"ProfileName": f"Test {sending.person.upper()}", "WaId": sending.sender[1:]}
    metadata = {"type": "whatsapp", "data": {"context": profile}}
    return profile | {
        "From": f"whatsapp:{sending.sender}",
        # The setting may or may not carry the prefix; Twilio sends it once.
        "To": f"whatsapp:{to.removeprefix('whatsapp:')}",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageType": MESSAGE_TYPES[sending.kind],
        "ChannelMetadata": json.dumps(metadata, separators=(",", ":")),
    }


def _post(url: str, form: dict[str, str], signature: str) -> str:
    """Post to the webhook and return its answer.

    http.client and not urllib: it takes no proxy from the environment and follows no redirect, and
    a webhook that redirects is broken for Twilio too.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST",
            parts.path,
            body=urlencode(form).encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "Accept": "*/*",
                "User-Agent": "TwilioProxy/1.1",
                "X-Twilio-Signature": signature,
            },
        )
        response = connection.getresponse()
        status = response.status
        text = response.read(MAX_REPLY_BYTES).decode("utf-8", "replace")
    except TimeoutError:
        raise WebhookError("timeout") from None
    except (OSError, http.client.HTTPException):
        raise WebhookError("unreachable") from None
    finally:
        connection.close()
    if status == 403:
        raise WebhookError("refused", status=status)
    if status != 200:
        raise WebhookError("failed", status=status)
    return text


def _messages(twiml: str) -> list[str]:
    """The texts Twilio would send for this TwiML, untouched; empty when it says nothing."""
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


def _segments(text: str) -> dict[str, str | int]:
    counted = measure(text)
    return {
        "encoding": counted.encoding,
        "segments": counted.segments,
        "characters": counted.characters,
    }
