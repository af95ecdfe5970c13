"""The part of Twilio's API that a helpline calls: create, list, fetch, redact and delete messages."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice
from urllib.parse import urlencode

from bot.devtools.behaviour import Behaviour, without_prefix
from bot.devtools.forms import API_VERSION, new_sid
from bot.devtools.ledger import Ledger, MessageResource

MAX_BODY = 1600
_SMART_ENCODING = str.maketrans({"…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
PAGE_SIZE, MAX_PAGE_SIZE = 50, 1000
_PATH = re.compile(rf"/{API_VERSION}/Accounts/(?P<account>\w+)/Messages(?:/(?P<sid>\w+))?\.json")
_ADDRESS = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}")
_SERVICE = re.compile("MG[0-9a-fA-F]{32}")
_ERRORS = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20009: (409, "Cannot delete this resource before it is complete"),
    20404: (404, "The requested resource {path} was not found"),
    20429: (429, "Too Many Requests"),
    20503: (503, "Service is unavailable. Please try again."),
    21211: (400, "The 'To' number {to} is not a valid phone number."),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}."),
    21603: (400, "A 'From' phone number is required to send to {to}."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number {sender} is not a valid, message-capable number to send to {to}."),
    21610: (400, "Attempt to send to unsubscribed recipient {to}"),
    21612: (400, "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {sender}."),
    21614: (400, "'To' number is not a valid mobile number: {to}"),
    21617: (400, "The concatenated message body to {to} exceeds the 1600 character limit."),
    21619: (400, "A text message body or media urls must be specified to send to {to}."),
    21705: (400, "The Messaging Service Sid {sender} is invalid."),
    21910: (400, "Invalid From and To pair. From {sender} and To {to} should be of the same channel."),
    63007: (400, "Twilio could not find a Channel with the specified From address {sender}"),
}
"""Code -> HTTP status and message. Like Twilio's, the messages quote the number, so nobody may log them. The status of
20009 is not documented."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What the API answers."""

    status: int
    body: object = None
    """Encoded as JSON; None for an empty body."""


def refusal(code: int, *, to: str = "", sender: str = "", path: str = "") -> ApiResponse:
    """An error response as Twilio's."""
    status, words = _ERRORS.get(code, (400, "The message to {to} was refused."))
    message = words.format(to=to, sender=sender, path=path)
    more = f"https://www.twilio.com/docs/errors/{code}"
    return ApiResponse(status, {"code": code, "message": message, "more_info": more, "status": status})


def lookup(table: Mapping[str, int], to: str) -> int | None:
    """The entry of `table` for this number: for its channel, else for both."""
    return table.get(to, table.get(without_prefix(to)))


class Api:
    """Answers requests. Whether a request or its answer is lost is decided elsewhere."""

    def __init__(
        self, behaviour: Behaviour, ledger: Ledger, accepted: Callable[[MessageResource, Mapping[str, str]], None]
    ) -> None:
        """accepted: called with every created message and the form it came in."""
        self._behaviour = behaviour
        self._ledger = ledger
        self._accepted = accepted

    def answer(self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> ApiResponse:
        """Answer one request, its credentials already checked."""
        match = _PATH.fullmatch(path)
        if match is None or match["account"] != self._behaviour.account_sid:
            return refusal(20404, path=path)
        sid = match["sid"]
        if sid is None and method == "POST":
            return self._create(form)
        if sid is None and method == "GET":
            return self._list(path, query)
        resource = sid and self._ledger.resource(sid)
        if not sid or not resource:
            return refusal(20404, path=path)
        if method == "POST":
            return self._redact(sid, form)
        if method == "DELETE":
            return self._delete(sid)
        return ApiResponse(200, resource)

    def _create(self, form: Mapping[str, str]) -> ApiResponse:
        to, service = form.get("To", ""), form.get("MessagingServiceSid", "")
        of_channel = self._behaviour.whatsapp_sender if to.startswith("whatsapp:") else self._behaviour.sms_number
        sender = form.get("From", "") or (of_channel if service else "")
        code = self._fault(to, sender, service, form)
        if code is not None:
            return refusal(code, to=to, sender=service if code == 21705 else sender)
        message = MessageResource(
            sid=new_sid(), account_sid=self._behaviour.account_sid, to=to, sender=sender,
            body=self._encoded(form.get("Body", "")), direction="outbound-api", status="queued", service=service,
        )  # fmt: skip
        self._ledger.add(message)
        created = message.resource()
        self._accepted(message, form)
        return ApiResponse(201, created)

    def _encoded(self, body: str) -> str:
        return body.translate(_SMART_ENCODING) if self._behaviour.smart_encoding else body

    def _fault(self, to: str, sender: str, service: str, form: Mapping[str, str]) -> int | None:
        """The code this message is refused with; None for a good one."""
        checks = (
            (not to, 21604),
            (not _ADDRESS.fullmatch(to), 21211),
            (service and not _SERVICE.fullmatch(service), 21705),
            (not sender, 21603),
            (to.startswith("whatsapp:") != sender.startswith("whatsapp:"), 21910),
            (sender not in self._behaviour.senders, 63007 if sender.startswith("whatsapp:") else 21606),
            (not form.get("Body") and not form.get("MediaUrl"), 21619),
            (len(form.get("Body", "")) > MAX_BODY, 21617),
            (to in self._behaviour.opted_out or without_prefix(to) in self._behaviour.opted_out, 21610),
        )
        return next((code for is_wrong, code in checks if is_wrong), lookup(self._behaviour.refusals, to))

    def _list(self, path: str, query: Mapping[str, str]) -> ApiResponse:
        try:
            size = min(max(int(query.get("PageSize") or PAGE_SIZE), 1), MAX_PAGE_SIZE)
            page = int(query.get("Page") or 0)
            before = int(query.get("PageToken", "").removeprefix("PA") or 0)
            found = (
                message
                for message in self._ledger.newest_first()
                if (not before or message.serial < before) and _matches(message, query)
            )
            shown = list(islice(found, size + 1))
        except ValueError:
            return refusal(20001)

        def uri(number: int, token: str = "") -> str:
            filters = {name: query[name] for name in _FILTERS if query.get(name)}
            pages = {"PageSize": size, "Page": number} | ({"PageToken": token} if token else {})
            return f"{path}?{urlencode(filters | pages)}"

        # The token is a position in the list, so that messages arriving meanwhile shift nothing.
        following = uri(page + 1, f"PA{shown[size - 1].serial}") if len(shown) > size else None
        messages = [message.resource() for message in shown[:size]]
        return ApiResponse(
            200,
            {
                "end": page * size + max(len(messages) - 1, 0),
                "first_page_uri": uri(0),
                "messages": messages,
                "next_page_uri": following,
                "page": page,
                "page_size": size,
                "previous_page_uri": None,
                "start": page * size,
                "uri": uri(page, query.get("PageToken", "")),
            },
        )

    def _redact(self, sid: str, form: Mapping[str, str]) -> ApiResponse:
        if form.get("Body") != "":
            return refusal(20001)
        self._ledger.redact(sid)
        return ApiResponse(200, self._ledger.resource(sid))

    def _delete(self, sid: str) -> ApiResponse:
        gone = self._ledger.delete(
            sid, min_age=self._behaviour.deletable_after, min_tries=self._behaviour.delete_refusals
        )
        return ApiResponse(204) if gone else refusal(20009)


_FILTERS = ("To", "From", "DateSent", "DateSent>", "DateSent<")


def _matches(message: MessageResource, query: Mapping[str, str]) -> bool:
    """Whether a message passes the filters. Raises ValueError for a malformed date."""
    to, sender = query.get("To"), query.get("From")
    on, since, until = (_date(query.get(name)) for name in ("DateSent", "DateSent>", "DateSent<"))
    return (
        (not to or message.to == to)
        and (not sender or message.sender == sender)
        and (on is None or message.listed.date() == on.date())
        and (since is None or message.listed >= since)
        and (until is None or message.listed <= until)
    )


def _date(written: str | None) -> datetime | None:
    """A moment in UTC; a day alone is its first second."""
    if not written:
        return None
    if len(written) == len("2026-11-25"):
        return datetime.combine(datetime.fromisoformat(written).date(), time(tzinfo=UTC))
    return datetime.fromisoformat(written).astimezone(UTC)
