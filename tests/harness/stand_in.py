"""A stand-in for Twilio whose webhooks go to a test's own server, and twilio's own client for it."""

from typing import Any, TypeAlias

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client as SdkClient

from bot.devtools.twilio import StandIn
from tests.harness.recording_webhook import RecordingWebhook

ACCOUNT = "AC" + "0" * 32
TOKEN = "not-a-real-token"
PUBLIC = "https://bot.example.org"
STATUS_URL = f"{PUBLIC}/twilio/status?o=out-1&x=%C3%A9"
OURS = "+3197010200001"
OUR_WHATSAPP = "whatsapp:+14155238886"
ANNA = "+31612345601"
API = "https://api.twilio.com"

Client: TypeAlias = Any
"""twilio's own client. Not typed here: it types every field of a message as perhaps missing, and its words as enums
where plain strings arrive."""


def make_stand_in(webhook: RecordingWebhook, **changed: Any) -> StandIn:
    """Not started yet."""
    setup: dict[str, Any] = {
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "sms_number": OURS,
        "whatsapp_number": "+14155238886",
        "public_url": PUBLIC,
        "local_url": webhook.url,
    }
    return StandIn(**setup | changed)


class _HttpClient(TwilioHttpClient):
    """twilio's own, but for the host."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        assert self.session is not None
        self.session.trust_env = False  # no proxy may come in between
        self._url = url

    # twilio's two base classes do not agree on the name of the second parameter
    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:  # type: ignore[override]
        assert url.startswith(API)
        return super().request(method, self._url + url.removeprefix(API), *args, **more)


def client_for(stand_in: StandIn, token: str = TOKEN, timeout: float = 5) -> Client:
    return SdkClient(ACCOUNT, token, http_client=_HttpClient(stand_in.url, timeout))


def is_signed(webhook: RecordingWebhook, place: int) -> bool:
    """Does the signature of this request fit the public address it was meant for?"""
    signature = webhook.headers[place]["X-Twilio-Signature"]
    validated: bool = RequestValidator(TOKEN).validate(PUBLIC + webhook.paths[place], webhook.forms[place], signature)
    return validated
