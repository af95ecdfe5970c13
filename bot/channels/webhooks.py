"""The door Twilio knocks on. Signature first; then one message in, one answer out."""

import hmac
import time
from collections.abc import Sequence
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request
from twilio.request_validator import RequestValidator, get_signature_algorithm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from bot import metrics
from bot.channels.twilio import Contacts, read_inbound
from bot.handoff.delivery import from_twilio
from bot.messaging.delivery import Receipts
from bot.messaging.runner import Runner
from bot.ports.unavailable import StorageUnavailable
from bot.rendering.texts import clean

MAX_BODY = 32 * 1024
MAX_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
_REASONS = {
    400: "bad request",
    403: "forbidden",
    405: "method not allowed",
    413: "too large",
    415: "unsupported",
    503: "unavailable",
}


class Fields(dict[str, str]):
    """A form in which every name occurs once, as the SDK's signing likes to read it."""

    def getall(self, name: str) -> tuple[str]:
        """The one value of `name`."""
        return (self[name],)


Form = Fields | MultiDict[str, str]


class SignatureGate:
    """Is this request from Twilio? Signed over PUBLIC_URL + raw path, with all fields, by any of our tokens."""

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._public_url = public_url
        self._validators = [RequestValidator(token) for token in tokens]

    def passes(self, raw_path: str, form: Form, signature: str, settings: str = "") -> bool:
        """Compare in constant time. `settings` is Twilio's header for requests signed with a shared key.

        The SDK's own `validate` raises on a missing header and signs twice; it is the second opinion for the
        variants of the address with and without the port.
        """
        if not signature or not signature.isascii():
            return False
        url, algorithm = self._public_url + raw_path, get_signature_algorithm(settings)
        try:
            return any(
                hmac.compare_digest(validator.compute_signature(url, form, algorithm), signature)
                or validator.validate(url, form, signature, algorithm)
                for validator in self._validators
            )
        except ValueError:  # an algorithm or an address the SDK cannot read
            return False


def make_blueprint(
    runner: Runner, receipts: Receipts, gate: SignatureGate, contacts: Contacts, last_words: str
) -> Blueprint:
    """The webhook routes. last_words: the answer when everything else fails; numbers, in every live language."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/twilio")

    def message() -> Response:
        started = time.perf_counter()
        form = _signed_form(gate)
        if isinstance(form, Response):
            return form
        inbound = read_inbound(form, contacts)
        if inbound is None:
            return _refused(400)
        reply = runner.receive(inbound)
        metrics.webhook("answered" if reply else "silent")
        metrics.turn(time.perf_counter() - started)
        return _answer(reply)

    for route in ("/message", "/fallback"):
        blueprint.add_url_rule(
            route, route.strip("/"), message, methods=["POST"], provide_automatic_options=False, strict_slashes=False
        )

    def status() -> Response:
        """What became of a message of ours; `o` in the address is our id of it."""
        form = _signed_form(gate)
        if isinstance(form, Response):
            return form
        provider_id, state = form.get("MessageSid", ""), from_twilio(form.get("MessageStatus", ""))
        if not provider_id or state is None:
            return _refused(400)
        try:
            receipts.reported(request.args.get("o", "")[:64], state, _code(form.get("ErrorCode", "")), provider_id)
        except StorageUnavailable as error:
            metrics.report("storage_away", cause=str(error))
            return _refused(503)
        metrics.webhook("status")
        return Response("", status=204)

    blueprint.add_url_rule(
        "/status", "status", status, methods=["POST"], provide_automatic_options=False, strict_slashes=False
    )

    @blueprint.errorhandler(RequestEntityTooLarge)
    def too_large(_error: HTTPException) -> Response:
        return _refused(413)

    @blueprint.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        """Whatever went wrong before or after the runner: the numbers still go out."""
        metrics.webhook("failed")
        metrics.report("webhook_failed", fault=type(error).__name__, error=error)
        return _answer(last_words)

    return blueprint


def _signed_form(gate: SignatureGate) -> Form | Response:
    """The fields of a request that Twilio has signed, else the refusal."""
    if request.mimetype != _FORM:
        return _refused(415)
    body, header = request.get_data(cache=False), request.headers.get
    if len(body) > MAX_BODY:
        return _refused(413)
    form = _fields(body)
    if form is None:
        return _refused(400)
    if not gate.passes(_raw_path(), form, header("X-Twilio-Signature", ""), header(_SETTINGS, "")):
        return _refused(403)
    return form


def _fields(body: bytes) -> Form | None:
    """The form's fields, empty ones too; None when there are too many."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return None
    form = Fields(pairs)
    return form if len(form) == len(pairs) else MultiDict(pairs)


def _code(given: str) -> str:
    """An error code as a label of counts: digits only."""
    return given if given.isascii() and given.isdigit() and len(given) <= 6 else ""


def _raw_path() -> str:
    """Path and query as they came over the wire: decoding `%C3%A9` would break a good signature."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if isinstance(raw, str) and raw.startswith("/"):
        return raw
    return request.full_path.rstrip("?")


def twiml(text: str) -> str:
    """Well-formed TwiML with one message, or none for "". Written by hand: it is one element, and the library's
    XML tree costs more than the whole dialogue (docs/performance.md)."""
    message = f"<Message>{escape(clean(text))}</Message>" if text else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'


def _answer(text: str) -> Response:
    return Response(twiml(text), mimetype="text/xml")


def _refused(status: int) -> Response:
    """A refusal: the code, no reason, counted."""
    metrics.webhook(f"refused_{status}")
    return Response(_REASONS[status], status=status, mimetype="text/plain")
