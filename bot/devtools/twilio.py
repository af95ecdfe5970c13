"""A stand-in for Twilio on this machine, for tests and for `make run`: its API, its webhooks and the phones.

It signs requests and shapes its responses as Twilio does, as far as a helpline needs them. It can also fail in the ways
a remote service does (behaviour.Faults), and it knows what really happened: what the API accepted (`accepted`) and what
reached a phone (`inbox`).
"""

import hmac
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import msgspec

from bot.devtools.api import Api, ApiResponse, lookup, refusal
from bot.devtools.behaviour import Behaviour, Faults
from bot.devtools.forms import ChannelName, InboxRequest, MessageKind, SendRequest, inbound_fields, new_sid
from bot.devtools.ledger import Accepted, Ledger, MessageResource, PhoneMessage
from bot.devtools.randomness import EventCounter, SeededRandom
from bot.devtools.server import ApiRequest, ApiServer
from bot.devtools.statuses import Statuses
from bot.devtools.webhook import WebhookError, WebhookResponse, call, messages

__all__ = ["Accepted", "InboundResult", "Faults", "PhoneMessage", "StandIn"]

_NOTHING_DONE = {"too_many": 20429, "server_error": 20503}
_FALLBACK_CODES = {"unreachable": 11205, "not_twiml": 12100}
"""Any other failure is 11200, "HTTP retrieval failure"."""


@dataclass(frozen=True, slots=True)
class InboundResult:
    """The outcome of one inbound message."""

    sid: str
    twiml: str = ""
    texts: tuple[str, ...] = ()
    status: int | None = None
    """Of the webhook, the fallback not counted; so are `attempts`."""
    attempts: int = 0
    by_fallback: bool = False
    error: str = ""
    """"" when one of them answered with TwiML, "lost" when none was called, else the code of a WebhookError."""


@dataclass(kw_only=True, eq=False)
class StandIn(Behaviour):
    """Twilio, for one account. Its arguments are those of Behaviour; all methods may be called from any thread."""

    def __post_init__(self) -> None:
        self._random = SeededRandom(self.seed)
        self._counter = EventCounter()
        self._lock = threading.Lock()
        self._losing = (0.0, 0)
        self._stopping = threading.Event()
        self._ledger = Ledger()
        self._statuses = Statuses(self, self._ledger, self._random, self._counter)
        self._api = Api(self, self._ledger, self._accept)
        self._server = ApiServer(self.port, self._handle)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> "StandIn":
        """Begin to answer and to call back. The port is bound from construction on."""
        self._statuses.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and calling back. What it remembers can still be read."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._statuses.stop()

    @property
    def url(self) -> str:
        """What stands in for https://api.twilio.com."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def accepted(self) -> list[Accepted]:
        """Every message the API accepted, in that order."""
        return self._ledger.accepted()

    @property
    def counts(self) -> Counter[str]:
        """How often: "requests" to the API; "lost_answers", where a message was accepted but its sender not told so;
        each of the Faults by name; "callbacks", "failed_callbacks", "lost_callbacks"; "inbound", "lost_inbound"."""
        return self._counter.counts()

    def inbox(self, number: str, channel: str, after: int = 0) -> list[PhoneMessage]:
        """What reached this phone after the message with the serial `after`, oldest first."""
        return self._ledger.inbox(number, channel, after)

    def settled(self, timeout: float = 10) -> bool:
        """Wait until every callback has been made. False when it took too long."""
        return self._statuses.settled(timeout)

    # -- inbound -------------------------------------------------------------------------------------------------

    def text(
        self,
        sender: str,
        body: str,
        channel: ChannelName = "sms",
        *,
        kind: MessageKind = "text",
        sid: str | None = None,
        **fields: str,
    ) -> InboundResult:
        """A phone sends a message. fields: of the webhook's form, in place of what Twilio would send."""
        return self._deliver(SendRequest("a", channel, sender, kind, body, sid=sid), fields)

    def lose(self, share: float = 0.0, next: int = 0) -> None:
        """From now on this share of the inbound messages never comes to our webhook, and the `next` ones neither.

        They are in the list of messages all the same."""
        with self._lock:
            self._losing = (share, next)

    def _deliver(self, sending: SendRequest, more: Mapping[str, str]) -> InboundResult:
        to = self.whatsapp_number if sending.channel == "whatsapp" else self.sms_number
        sid = sending.sid or new_sid(sending.kind)
        form = inbound_fields(sending, sid=sid, to=to, account_sid=self.account_sid) | dict(more)
        self._keep(sid, form, "inbound", "received")
        self._counter.count("inbound")
        if self._is_lost():
            self._counter.count("lost_inbound")
            return InboundResult(sid, error="lost")
        webhook = self.webhook or f"{self.public_url.rstrip('/')}/twilio/message"
        reply = answer = self._call(webhook, form)
        texts, error = _read(reply)
        by_fallback = False
        if error and self.fallback:
            code = _FALLBACK_CODES.get(error, 11200)
            answer = self._call(self.fallback, form | {"ErrorCode": str(code), "ErrorUrl": webhook.partition("#")[0]})
            texts, fallback_error = _read(answer)
            by_fallback = not fallback_error
            error = error if fallback_error else ""
        for text in texts:
            replied = {"From": form["To"], "To": form["From"], "Body": text, "NumMedia": "0"}
            reply_sid = new_sid()
            self._keep(reply_sid, replied, "outbound-reply", "delivered")
            self._ledger.arrive(form["From"], text, reply_sid, "reply")
        twiml = "" if error else answer.text
        return InboundResult(sid, twiml, tuple(texts), reply.status, reply.attempts, by_fallback, error)

    def _keep(self, sid: str, form: Mapping[str, str], direction: str, status: str) -> None:
        message = MessageResource(
            sid=sid, account_sid=self.account_sid, to=form["To"], sender=form["From"], body=form["Body"],
            direction=direction, status=status, num_media=form["NumMedia"],
        )  # fmt: skip
        message.sent = message.created
        self._ledger.add(message)  # a repeated message is there already

    def _is_lost(self) -> bool:
        with self._lock:
            share, more = self._losing
            self._losing = (share, max(more - 1, 0))
        return more > 0 or self._random.draw() < share

    def _call(self, url: str, form: Mapping[str, str]) -> WebhookResponse:
        return call(url, form, auth_token=self.auth_token, connect_to=self.connect_to)

    # -- the API -------------------------------------------------------------------------------------------------

    def _handle(self, request: ApiRequest) -> ApiResponse | None:
        """Any request to the server; None to hang up without an answer."""
        user, password = request.credentials
        if not hmac.compare_digest(f"{user}:{password}".encode(), f"{self.account_sid}:{self.auth_token}".encode()):
            return refusal(20003)
        if request.path.startswith("/phones/"):
            return self._phones(request)
        self._counter.count("requests")
        fault = self.faults.draw(self._random.draw())
        if fault:
            self._counter.count(fault)
        is_done = fault not in _NOTHING_DONE and (fault != "hang" or self._random.draw() < 0.5)
        answer = self._api.answer(request.method, request.path, request.query, request.form) if is_done else None
        if not fault:
            return answer
        if answer is not None and answer.status == 201:
            self._counter.count("lost_answers")
        if fault == "hang":
            self._stopping.wait(self.faults.hang_seconds)
        if fault in ("hang", "drop"):
            return None
        return refusal(_NOTHING_DONE.get(fault, 20503))

    def _accept(self, message: MessageResource, form: Mapping[str, str]) -> None:
        """The API created a message: it goes to the phone, and its statuses begin."""
        url, period = form.get("StatusCallback", ""), form.get("ValidityPeriod", "")
        self._ledger.accept(
            Accepted(
                sid=message.sid, to=message.to, sender=message.sender, body=message.body,
                outbox_id=parse_qs(urlsplit(url).query).get("o", [""])[0],
                validity_period=int(period) if period.isdecimal() else None, when=message.born,
            )
        )  # fmt: skip
        if lookup(self.outcomes, message.to) is None and lookup(self.failures, message.to) is None:
            self._ledger.arrive(message.to, message.body, message.sid, "api")
        self._statuses.begin(message, url)

    # -- the phones of the simulator's page ----------------------------------------------------------------------

    def _phones(self, request: ApiRequest) -> ApiResponse:
        """Not part of Twilio's API: one phone's inbox, and sending from it."""
        if (request.method, request.path) == ("GET", "/phones/inbox"):
            try:
                asked = msgspec.convert(request.query, InboxRequest, strict=False)
            except msgspec.ValidationError:
                return refusal(20001)
            items = self.inbox(asked.number, asked.channel, asked.after)
            # The page shows the replies itself: they come back to it from POST /phones/messages.
            shown = [{"serial": item.serial, "text": item.text} for item in items if item.source == "api"]
            return ApiResponse(200, {"messages": shown})
        if (request.method, request.path) == ("POST", "/phones/messages"):
            try:
                sending = msgspec.json.decode(request.body, type=SendRequest)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                return refusal(20001)
            return ApiResponse(200, msgspec.to_builtins(self._deliver(sending, {})))
        return refusal(20404, path=request.path)


def _read(reply: WebhookResponse) -> tuple[list[str], str]:
    """The texts of an answer to a webhook, and "" or what was wrong with it."""
    if reply.error:
        return [], reply.error
    try:
        return messages(reply.text), ""
    except WebhookError as error:
        return [], error.code
