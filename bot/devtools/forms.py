"""The fields Twilio posts to a webhook for a message from a phone."""

import json
import secrets
from typing import Annotated, Literal

import msgspec

from bot.rendering.segments import measure

API_VERSION = "2010-04-01"
Number = Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{6,14}\Z")]
ChannelName = Literal["sms", "whatsapp"]
MessageKind = Literal["text", "empty", "photo", "voice", "location", "contact", "sticker", "reaction"]

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


class SendRequest(msgspec.Struct, frozen=True):
    """One message that the page asks to send from one of its two phones."""

    person: Literal["a", "b"]
    channel: ChannelName
    sender: Number = msgspec.field(name="from")
    kind: MessageKind = "text"
    body: Annotated[str, msgspec.Meta(max_length=4096)] = ""
    again: bool = False
    sid: Annotated[str, msgspec.Meta(pattern=r"^(SM|MM)[0-9a-f]{32}\Z")] | None = None
    """With `again`, the id to repeat. The page passes it along because another worker process may have sent the first
    one; without it, the last id this process gave that person is repeated."""


class InboxRequest(msgspec.Struct, frozen=True):
    """What reached one phone after the message with the serial `after`?"""

    number: Number
    channel: ChannelName
    after: int = 0


def new_sid(kind: str = "text") -> str:
    """An id as Twilio gives one to a message."""
    return ("MM" if kind in MEDIA_TYPES else "SM") + secrets.token_hex(16)


def _country(number: str) -> str:
    # No country code is the beginning of another, so at most one fits.
    return next((name for prefix, name in COUNTRIES.items() if number.startswith(prefix)), "")


def inbound_fields(sending: SendRequest, *, sid: str, to: str, account_sid: str) -> dict[str, str]:
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
        "ApiVersion": API_VERSION,
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
        message = f"https://api.twilio.com/{API_VERSION}/Accounts/{account_sid}/Messages/{sid}"
        form["MediaUrl0"] = f"{message}/Media/ME{sid[2:]}"
    if sending.kind == "location":
        # Dam Square, Amsterdam: nobody's home.
        form |= {"Latitude": "52.373080", "Longitude": "4.892453"}
    return form


def _sms_fields(sending: SendRequest, to: str, body: str) -> dict[str, str]:
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


def _whatsapp_fields(sending: SendRequest, to: str) -> dict[str, str]:
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
