"""Twilio's webhook endpoints. The signature first; then one message in, one answer out."""

import base64
import hmac
import time
from collections.abc import Collection, Sequence
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request
from twilio.request_validator import RequestValidator, get_signature_algorithm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from bot import metrics
from bot.channels.form import Form, Pair, is_about_ours, is_for_us, pairs_of
from bot.channels.twilio import Contacts, delivery_state, read_inbound, unknown_word
from bot.messages import MAX_TEXT
from bot.messaging.receipts import Receipts
from bot.messaging.runner import Runner
from bot.ports.unavailable import StorageUnavailable
from bot.rendering.texts import FORBIDDEN
from bot.web import MAX_BODY

_FORM = "application/x-www-form-urlencoded"
_USUAL_FORMS = (f"{_FORM}; charset=UTF-8", _FORM)
"""As Twilio writes it; other ways to write it are taken apart."""
_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
_REASONS = {
    400: "bad request",
    403: "forbidden",
    405: "method not allowed",
    413: "too large",
    415: "unsupported",
    503: "unavailable",
}


class SignatureGate:
    """Is this request from Twilio? Signed over PUBLIC_URL + raw path, with all fields, by any of our tokens."""

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._public_url = public_url
        self._tokens = [token.encode() for token in tokens]
        self._validators = [RequestValidator(token) for token in tokens]

    def passes(self, raw_path: str, pairs: Sequence[Pair], signature: str, settings: str = "") -> bool:
        """Compare in constant time. `settings` is Twilio's header for requests signed with a shared key.

        The SDK's own `validate` signs twice and costs twenty times as much. It is the second opinion: for the address
        with and without the port, for other algorithms, and for whatever Twilio may change.
        """
        if not signature or not signature.isascii():
            return False
        url = self._public_url + raw_path
        try:
            if not settings:  # the address and all names and values, sorted
                signed = "".join([url, *[name + value for name, value in sorted(set(pairs))]]).encode()
                for token in self._tokens:
                    mine = base64.b64encode(hmac.digest(token, signed, "sha1")).decode()
                    if hmac.compare_digest(mine, signature):
                        return True
            return self._sdk_agrees(url, MultiDict(pairs), signature, get_signature_algorithm(settings))
        except ValueError:  # an algorithm or an address the SDK cannot read
            return False

    def _sdk_agrees(self, url: str, fields: "MultiDict[str, str]", signature: str, algorithm: str) -> bool:
        return any(
            hmac.compare_digest(validator.compute_signature(url, fields, algorithm), signature)
            or validator.validate(url, fields, signature, algorithm)
            for validator in self._validators
        )


def make_blueprint(
    runner: Runner,
    receipts: Receipts,
    gate: SignatureGate,
    account_sid: str,
    contacts: Contacts,
    last_words: str,
    our_numbers: Collection[str] = (),
) -> Blueprint:
    """The webhook routes. last_words: the answer when everything else fails; numbers, in every live language.
    our_numbers: those the settings name; a message to another one is answered, and reported. Empty: not looked at."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/twilio")
    count_answered, count_silent = metrics.webhook_counter("answered"), metrics.webhook_counter("silent")
    count_status = metrics.webhook_counter("status")

    def message() -> Response:
        started = time.perf_counter()
        form = _signed_form(gate)
        if isinstance(form, Response):
            return form
        inbound = read_inbound(form, contacts) if is_for_us(form, account_sid) else None
        if inbound is None:
            return _refused(400)
        if our_numbers and inbound.our_number not in our_numbers:
            # The worker looks for lost messages, and for copies to delete, only at numbers that the settings name.
            metrics.report("number_not_named")
        reply = runner.receive(inbound)
        if reply:
            count_answered()
        else:
            count_silent()
        metrics.observe_turn(time.perf_counter() - started)
        return Response(twiml(reply), mimetype="text/xml")

    for route in ("/message", "/fallback"):
        blueprint.add_url_rule(
            route, route.strip("/"), message, methods=["POST"], provide_automatic_options=False, strict_slashes=False
        )

    def status() -> Response:
        """What became of a message of ours; `o` in the address is our id of it."""
        form = _signed_form(gate)
        if isinstance(form, Response):
            return form
        said, id = form.get("MessageStatus", ""), request.args.get("o", "")[:64]
        if not said or not is_about_ours(form, account_sid):
            return _refused(400)
        try:
            _apply(receipts, form, id, said)
        except StorageUnavailable as error:
            metrics.report("storage_away", cause=str(error))
            return _refused(503)
        count_status()
        return Response("", status=204)

    blueprint.add_url_rule(
        "/status", "status", status, methods=["POST"], provide_automatic_options=False, strict_slashes=False
    )

    _add_error_answers(blueprint, last_words)
    return blueprint


def _add_error_answers(blueprint: Blueprint, last_words: str) -> None:
    """What is answered where a view raises."""

    @blueprint.errorhandler(RequestEntityTooLarge)
    def too_large(_error: HTTPException) -> Response:
        return _refused(413)

    @blueprint.errorhandler(ClientDisconnected)
    def half_sent(_error: HTTPException) -> Response:
        """The body never came whole: nothing of ours failed, and nobody is left to read the numbers."""
        return _refused(400)

    @blueprint.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        """Whatever went wrong before or after the runner: the numbers still go out."""
        metrics.webhook_counter("failed")()
        metrics.report("webhook_failed", fault=type(error).__name__, error=error)
        return Response(twiml(last_words), mimetype="text/xml")


def _signed_form(gate: SignatureGate) -> Form | Response:
    """The fields of a request that Twilio has signed, empty ones too; else the refusal."""
    told = request._get_current_object()  # type: ignore[attr-defined] # each look through `request` takes a microsecond
    if told.environ.get("CONTENT_TYPE") not in _USUAL_FORMS and told.mimetype != _FORM:
        return _refused(415)
    body, header = told.get_data(cache=False), told.headers.get
    if len(body) > MAX_BODY:
        return _refused(413)
    pairs = pairs_of(body)
    if pairs is None:
        return _refused(400)
    # Path and query as they came over the wire: decoding `%C3%A9` would break a good signature.
    path = told.environ.get("RAW_URI") or told.environ.get("REQUEST_URI")
    if not isinstance(path, str) or not path.startswith("/"):
        path = told.full_path.rstrip("?")
    if not gate.passes(path, pairs, header("X-Twilio-Signature", ""), header(_SETTINGS, "")):
        return _refused(403)
    return dict(reversed(pairs))


def _apply(receipts: Receipts, form: Form, id: str, said: str) -> None:
    """Twilio may add states: the message then stays as it is."""
    state = delivery_state(said)
    if state is None:
        receipts.reported_unknown(id, unknown_word(said))
    else:
        receipts.reported(id, state, _code(form.get("ErrorCode", "")), form["MessageSid"])


def _code(given: str) -> str:
    """An error code as a label of counts: digits only. One we do not know is kept and counted like the others."""
    return given if given.isascii() and given.isdigit() and len(given) <= 6 else ""


def twiml(text: str) -> str:
    """Well-formed TwiML with one message, or none for "". Written by hand: it is one element, and the library's
    XML tree costs more than the whole dialogue (docs/performance.md)."""
    message = f"<Message>{escape(FORBIDDEN.sub('', text)[:MAX_TEXT])}</Message>" if text else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'


def _refused(status: int) -> Response:
    """A refusal: the code, no reason, counted."""
    metrics.webhook_counter(f"refused_{status}")()
    return Response(_REASONS[status], status=status, mimetype="text/plain")
