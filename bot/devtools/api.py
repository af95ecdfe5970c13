"""The part of Twilio's API that a helpline calls: create, list, fetch, redact and delete messages."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice
from urllib.parse import urlencode

from bot.devtools.forms import API_VERSION, new_sid
from bot.devtools.ledger import Ledger, Message
from bot.devtools.setup import Setup, bare

MAX_BODY = 1600
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
"""Code to HTTP status and words. They quote the number, as Twilio's do: nobody may log them. The status of 20009 is
not documented."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, and what becomes its JSON; None for an empty body."""

    status: int
    body: object = None


def refusal(code: int, *, to: str = "", sender: str = "", path: str = "") -> Answer:
    """An error in Twilio's shape."""
    status, words = _ERRORS.get(code, (400, "The message to {to} was refused."))
    message = words.format(to=to, sender=sender, path=path)
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": message, "more_info": more, "status": status})


def known(table: Mapping[str, int], to: str) -> int | None:
    """What `table` has for this number: for its channel, else for both."""
    return table.get(to, table.get(bare(to)))


class Api:
    """Answers requests; whether they arrive, and whether the answer does, is not its concern."""

    def __init__(self, setup: Setup, ledger: Ledger, accepted: Callable[[Message, Mapping[str, str]], None]) -> None:
        """accepted: told of every message that was created, with the form it came in."""
        self._setup = setup
        self._ledger = ledger
        self._accepted = accepted

    def answer(self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> Answer:
        """One request, its credentials already checked."""
        match = _PATH.fullmatch(path)
        if match is None or match["account"] != self._setup.account_sid:
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
        return Answer(200, resource)

    def _create(self, form: Mapping[str, str]) -> Answer:
        to, service = form.get("To", ""), form.get("MessagingServiceSid", "")
        of_channel = self._setup.whatsapp_sender if to.startswith("whatsapp:") else self._setup.sms_number
        sender = form.get("From", "") or (of_channel if service else "")
        code = self._fault(to, sender, service, form)
        if code is not None:
            return refusal(code, to=to, sender=service if code == 21705 else sender)
        message = Message(
            sid=new_sid(), account_sid=self._setup.account_sid, to=to, sender=sender, body=form.get("Body", ""),
            direction="outbound-api", status="queued", service=service,
        )  # fmt: skip
        self._ledger.add(message)
        created = message.resource()
        self._accepted(message, form)
        return Answer(201, created)

    def _fault(self, to: str, sender: str, service: str, form: Mapping[str, str]) -> int | None:
        """The code with which this message is refused; None for a good one."""
        checks = (
            (not to, 21604),
            (not _ADDRESS.fullmatch(to), 21211),
            (service and not _SERVICE.fullmatch(service), 21705),
            (not sender, 21603),
            (to.startswith("whatsapp:") != sender.startswith("whatsapp:"), 21910),
            (sender.startswith("whatsapp:") and sender != self._setup.whatsapp_sender, 63007),
            (not sender.startswith("whatsapp:") and sender != self._setup.sms_number, 21606),
            (not form.get("Body") and not form.get("MediaUrl"), 21619),
            (len(form.get("Body", "")) > MAX_BODY, 21617),
            (to in self._setup.opted_out or bare(to) in self._setup.opted_out, 21610),
        )
        return next((code for is_wrong, code in checks if is_wrong), known(self._setup.refusals, to))

    def _list(self, path: str, query: Mapping[str, str]) -> Answer:
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

        # The token is a place in the list, so that what comes in meanwhile shifts nothing.
        following = uri(page + 1, f"PA{shown[size - 1].serial}") if len(shown) > size else None
        messages = [message.resource() for message in shown[:size]]
        return Answer(
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

    def _redact(self, sid: str, form: Mapping[str, str]) -> Answer:
        if form.get("Body") != "":
            return refusal(20001)
        self._ledger.redact(sid)
        return Answer(200, self._ledger.resource(sid))

    def _delete(self, sid: str) -> Answer:
        gone = self._ledger.delete(sid, min_age=self._setup.deletable_after, min_tries=self._setup.delete_refusals)
        return Answer(204) if gone else refusal(20009)


_FILTERS = ("To", "From", "DateSent", "DateSent>", "DateSent<")


def _matches(message: Message, query: Mapping[str, str]) -> bool:
    """Raises ValueError when the query holds a date that is none."""
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
    """A day, which stands for its first second, or a moment; in UTC."""
    if not written:
        return None
    if len(written) == len("2026-11-25"):
        return datetime.combine(datetime.fromisoformat(written).date(), time(tzinfo=UTC))
    return datetime.fromisoformat(written).astimezone(UTC)
