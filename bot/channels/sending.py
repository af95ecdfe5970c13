"""The way out through Twilio's REST API. The only file that sends; it is called by the worker alone."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from bot.channels.twilio import Contacts, delivery_state, read_inbound, unknown_word
from bot.messages import Channel
from bot.messaging.asking import Answer
from bot.messaging.provider_eraser import NotDeletableYet, ProviderCopy
from bot.messaging.reconcile import ListedMessage
from bot.ports.sender import AnswerLost, NotSent, SendFailed
from bot.settings import TWILIO_API, WEBHOOK_OVERRIDES, Settings

ANSWER_SECONDS = 5
"""twilio-python waits for ever by default."""

MAX_LISTED = 5000
"""Copies to delete that are listed at once; the next round lists the others."""

PAGE_SIZE = 1000

LOOKED_AT = 50
"""Newest messages to one person that are looked through for one whose answer was lost."""


class TwilioSender:
    """`ports.everything.Sender`."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_url: str,
        *,
        sms_numbers: Sequence[str],
        whatsapp_numbers: Sequence[str],
        messaging_service_sid: str,
        public_url: str,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """sms_numbers, whatsapp_numbers: all of ours, as +31…; the first sends what no other is named for."""
        self._client = Client(account_sid, auth_token, http_client=_Http(api_url, seconds))
        self._numbers = {Channel.SMS: sms_numbers, Channel.WHATSAPP: whatsapp_numbers}
        self._service = messaging_service_sid
        self._status_url = f"{public_url}/twilio/status"

    def send(self, channel: str, address: str, text: str, id: str, seconds: int, our_number: str = "") -> str:
        """See `Sender.send`. A messaging service picks no number of its own where one is named."""
        ours = self._numbers[Channel(channel)]
        more: dict[str, Any] = {"from_": _address(channel, our_number if our_number in ours else ours[0])}
        if self._service and channel == Channel.SMS:
            more["messaging_service_sid"] = self._service
        try:
            message = self._client.messages.create(
                to=_address(channel, address),
                body=text,
                status_callback=f"{self._status_url}?{urlencode({'o': id})}{WEBHOOK_OVERRIDES}",
                validity_period=seconds,
                **more,
            )
        except TwilioRestException as error:
            # Its text quotes the number: from here on only the code goes on.
            raise _failure(error.status, error.code) from None
        except RequestException as error:
            raise (NotSent if _never_left(error) else AnswerLost)(type(error).__name__) from None
        except TwilioException as error:
            raise AnswerLost(type(error).__name__) from None
        return str(message.sid)

    def listed(self, since: datetime) -> list[Any]:
        """Messages to our numbers since then, as Twilio describes them. Raises NotSent."""
        try:
            return [
                message
                for number in self._senders()
                for message in self._client.messages.stream(to=number, date_sent_after=since, page_size=PAGE_SIZE)
                if str(message.direction) == "inbound"
            ]
        except (TwilioException, RequestException) as error:
            raise NotSent(type(error).__name__) from None

    def everything(self, before: datetime, address: str = "") -> list[Any]:
        """Messages to and from our numbers, sent before a moment, as Twilio describes them; address: only with this
        one, as Twilio writes it. Raises NotSent."""
        try:
            return [
                message
                for number in self._senders()
                for way in ({"to": number, "from_": address}, {"from_": number, "to": address})
                for message in self._client.messages.list(
                    **{name: value for name, value in way.items() if value},  # type: ignore[arg-type]
                    date_sent_before=before,
                    limit=MAX_LISTED,
                )
            ]
        except (TwilioException, RequestException) as error:
            raise NotSent(type(error).__name__) from None

    def _senders(self) -> list[str]:
        """All our numbers, as Twilio writes them."""
        return [_address(channel, number) for channel, numbers in self._numbers.items() for number in numbers]

    def delete(self, sid: str) -> None:
        """Delete one message; its media go with it. Raises NotDeletableYet or NotSent."""
        try:
            self._client.messages(sid).delete()
        except TwilioRestException as error:
            if error.status == 404:
                return
            if error.status == 429 or error.status >= 500:
                raise NotSent(str(error.status)) from None
            raise NotDeletableYet from None
        except (TwilioException, RequestException) as error:
            raise NotSent(type(error).__name__) from None

    def empty(self, sid: str) -> None:
        """Take the words out of one message. Raises NotSent."""
        try:
            self._client.messages(sid).update(body="")
        except TwilioRestException as error:
            if error.status == 429 or error.status >= 500:
                raise NotSent(str(error.status)) from None
        except (TwilioException, RequestException) as error:
            raise NotSent(type(error).__name__) from None

    def state_of(self, provider_id: str) -> Answer | None:
        """See `ProviderStates.state_of`."""
        try:
            message = self._client.messages(provider_id).fetch()
        except TwilioRestException as error:
            if error.status == 404:
                return None
            raise NotSent(str(error.status)) from None
        except (TwilioException, RequestException) as error:
            raise NotSent(type(error).__name__) from None
        said = str(message.status)
        state = delivery_state(said)
        return Answer(state, str(message.error_code or ""), "" if state else unknown_word(said))

    def find(self, channel: str, address: str, text: str, known: Collection[str], minutes: int) -> str | None:
        """See `Sender.find`."""
        oldest = datetime.now(UTC) - timedelta(minutes=minutes)
        try:
            listed = self._client.messages.list(to=_address(channel, address), limit=LOOKED_AT)
        except (TwilioException, RequestException) as error:
            raise NotSent(type(error).__name__) from None
        for message in listed:
            outbound = str(message.direction or "").startswith("outbound")
            fresh = message.date_created is None or message.date_created >= oldest
            same = _comparable(str(message.body or "")) == _comparable(text)
            if outbound and fresh and same and message.sid not in known:
                return str(message.sid)
        return None


_PLAIN = str.maketrans(dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-"))


def _comparable(text: str) -> str:
    """A text without what the provider may change to save segments: typographic signs and kinds of spaces."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_PLAIN)).split())


class TwilioInbox:
    """`messaging.reconcile.InboundList`: what Twilio received for our numbers."""

    def __init__(self, sender: TwilioSender, contacts: Contacts) -> None:
        self._sender = sender
        self._contacts = contacts

    def received(self, since: datetime) -> list[ListedMessage]:
        """See `InboundList.received`."""
        found = []
        for message in self._sender.listed(since):
            form = {
                "MessageSid": str(message.sid),
                "From": str(message.from_),
                "To": str(message.to),
                "Body": str(message.body or ""),
                "NumMedia": str(message.num_media or "0"),
            }
            inbound = read_inbound(form, self._contacts)
            at = message.date_sent or message.date_created
            if inbound is not None and at is not None:
                found.append(ListedMessage(inbound, at))
        return sorted(found, key=lambda each: each.at)


FINAL_STATUSES = frozenset({"delivered", "undelivered", "failed", "read", "canceled", "received"})
"""States of a message at Twilio after which nothing becomes of it."""


class TwilioCopies:
    """`messaging.provider_eraser.ProviderCopies`."""

    def __init__(self, sender: TwilioSender) -> None:
        self._sender = sender

    def copies(self, before: datetime, channel: str = "", address: str = "") -> list[ProviderCopy]:
        """See `ProviderCopies.copies`."""
        return [
            ProviderCopy(
                id=str(message.sid),
                at=message.date_sent or message.date_created or before,
                settled=str(message.status) in FINAL_STATUSES,
                inbound=str(message.direction) == "inbound",
                empty=not message.body,
            )
            for message in self._sender.everything(before, _address(channel, address))
        ]

    def delete(self, id: str) -> None:
        """See `ProviderCopies.delete`."""
        self._sender.delete(id)

    def empty(self, id: str) -> None:
        """See `ProviderCopies.empty`."""
        self._sender.empty(id)


def make_sender(settings: Settings) -> TwilioSender:
    """The sender of this installation."""
    return TwilioSender(
        settings.account_sid,
        settings.auth_tokens[0],
        settings.api_url,
        sms_numbers=settings.sms_numbers,
        whatsapp_numbers=settings.whatsapp_numbers,
        messaging_service_sid=settings.messaging_service_sid,
        public_url=settings.public_url,
    )


class _Http(TwilioHttpClient):
    """Twilio's own client with a time-out, and with another address in tests and on a developer's machine."""

    def __init__(self, api_url: str, seconds: float) -> None:
        super().__init__(timeout=seconds)
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:  # type: ignore[override]
        if url.startswith(TWILIO_API):
            url = self._api_url + url[len(TWILIO_API) :]
        return super().request(method, url, *arguments, **options)


def _address(channel: str, address: str) -> str:
    return f"whatsapp:{address}" if channel == Channel.WHATSAPP else address


def _failure(status: int, code: int | None) -> Exception:
    if status == 429:
        return NotSent("429")
    if status >= 500:
        return AnswerLost(str(status))
    return SendFailed(str(code or status))


def _never_left(error: RequestException) -> bool:
    """Was there no connection at all? Then nobody has the message."""
    if isinstance(error, ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if isinstance(error, NoConnection) and error.args else None
    return isinstance(reason, NewConnectionError)
