"""A page with two phones that text with the bot through the real webhook.

Whoever can open the page can write to the bot as any telephone number, with a valid signature: the
application decides where the blueprint is registered, and must not offer it to strangers.

Nothing here logs or keeps what is written. The browser tab holds the conversation; the stand-in for Twilio, where
there is one, has its own memory of it.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, request

from bot.devtools.forms import ONLY_ON_WHATSAPP, InboxRequest, SendRequest, inbound_fields, new_sid
from bot.devtools.webhook import WebhookError, messages, post, sign
from bot.rendering.segments import measure
from bot.simulator.phones import Phones

WEBHOOK_PATH = "/twilio/message"
TIMEOUT_SECONDS = 10

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def make_blueprint(
    *,
    sms_number: str,
    whatsapp_number: str,
    account_sid: str,
    auth_token: str,
    public_url: str,
    local_url: str,
    twilio_url: str | None = None,
) -> Blueprint:
    """The simulator, for an application whose webhook is reachable at `local_url`.

    public_url: the address Twilio is told, which the webhook checks signatures against.
    local_url: where the same webhook answers from this machine.
    twilio_url: a stand-in for Twilio (bot.devtools.twilio). Messages then go through it, and the page shows what the
    bot sends via its API. None: the API is the real one, and messages go directly to the webhook.
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
    phones = Phones(twilio_url, account_sid, auth_token) if twilio_url else None
    last_sid: dict[str, str] = {}

    direct = _direct(signed_url, posted_url, auth_token, account_sid, sms_number, whatsapp_number)
    deliver = direct if phones is None else _through(phones, direct)

    blueprint.after_request(_with_headers)

    @blueprint.get("")
    @blueprint.get("/")
    def page() -> str:
        return render_template(
            "simulator/phone.html",
            sms_number=sms_number,
            whatsapp_number=whatsapp_number,
            has_inbox=phones is not None,
        )

    @blueprint.post("/send")
    def send() -> Response:
        sending = _sending()
        if isinstance(sending, Response):
            return sending
        sid = (sending.sid or last_sid.get(sending.person)) if sending.again else None
        if sending.again and sid is None:
            return _json({"error": "nothing_to_repeat"}, 409)
        sid = sid or new_sid(sending.kind)
        last_sid[sending.person] = sid

        started = time.perf_counter()
        try:
            twiml = deliver(sending, sid)
            texts = messages(twiml)
        except WebhookError as error:
            # The id goes back too: Twilio repeats a message when the webhook failed.
            return _json({"error": error.code, "status": error.status, "sid": sid}, 502)
        elapsed = round((time.perf_counter() - started) * 1000)
        return _json(
            {
                "status": 200,
                "twiml": twiml,
                "messages": texts,
                "segments": [_segments(text) for text in texts],
                "sid": sid,
                "ms": elapsed,
            },
            200,
        )

    @blueprint.get("/inbox")
    def inbox() -> Response:
        if phones is None:
            return _json({"error": "no_stand_in"}, 404)
        try:
            asked = msgspec.convert(request.args.to_dict(), InboxRequest, strict=False)
        except msgspec.ValidationError:
            return _json({"error": "invalid"}, 400)
        try:
            arrived = phones.inbox(asked.number, asked.channel, asked.after)
        except WebhookError as error:
            return _json({"error": error.code}, 502)
        return _json(
            {
                "messages": [
                    {"serial": each.serial, "text": each.text, "cost": _segments(each.text)} for each in arrived
                ]
            },
            200,
        )

    return blueprint


def _sending() -> SendRequest | Response:
    """What the page asks to send, or the refusal."""
    # Another site could make the browser of somebody with this page open write to the bot.
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return _json({"error": "cross_site"}, 403)
    if request.mimetype != "application/json":
        return _json({"error": "not_json"}, 415)
    try:
        sending = msgspec.json.decode(request.get_data(), type=SendRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _json({"error": "invalid"}, 400)
    if sending.channel == "sms" and sending.kind in ONLY_ON_WHATSAPP:
        return _json({"error": "only_on_whatsapp"}, 400)
    return sending


def _with_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _direct(
    signed_url: str, posted_url: str, auth_token: str, account_sid: str, sms_number: str, whatsapp_number: str
) -> Callable[[SendRequest, str], str]:
    """Delivers by posting to the webhook itself."""

    def deliver(sending: SendRequest, sid: str) -> str:
        number = sms_number if sending.channel == "sms" else whatsapp_number
        fields = inbound_fields(sending, sid=sid, to=number, account_sid=account_sid)
        headers = {"X-Twilio-Signature": sign(auth_token, signed_url, fields)}
        _status, twiml = post(
            posted_url, fields, headers, connect_seconds=TIMEOUT_SECONDS, read_seconds=TIMEOUT_SECONDS
        )
        return twiml

    return deliver


def _through(phones: Phones, direct: Callable[[SendRequest, str], str]) -> Callable[[SendRequest, str], str]:
    """Delivers through the stand-in; `direct` when it is another one, without phones."""

    def deliver(sending: SendRequest, sid: str) -> str:
        try:
            return phones.send(sending, sid)
        except WebhookError as error:
            if error.status != 404:
                raise
            return direct(sending, sid)

    return deliver


def _json(answer: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(answer), status=status, mimetype="application/json")


def _segments(text: str) -> dict[str, str | int]:
    counted = measure(text)
    return {
        "encoding": counted.encoding,
        "segments": counted.segments,
        "characters": counted.characters,
    }
