"""From Twilio's fields to our message. Only the fields read here enter the program; all others are dropped."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping

from bot.channels.tapbacks import is_tapback
from bot.handoff.delivery import DeliveryState
from bot.messages import MAX_TEXT, Channel, Inbound, Kind

Contacts = Callable[[str, str], tuple[str, ...]]
"""(channel, address) -> opaque ids, newest pepper first."""

_WHATSAPP = "whatsapp:"
_MEDIA = (
    ("image/webp", Kind.STICKER),
    ("image/", Kind.PHOTO),
    ("audio/", Kind.VOICE),
    ("video/", Kind.VIDEO),
    ("text/vcard", Kind.CONTACT),
    ("text/x-vcard", Kind.CONTACT),
)
_TYPES = {
    "reaction": Kind.REACTION,
    "location": Kind.LOCATION,
    "contacts": Kind.CONTACT,
    "sticker": Kind.STICKER,
    "image": Kind.PHOTO,
    "audio": Kind.VOICE,
    "video": Kind.VIDEO,
    "document": Kind.DOCUMENT,
}
_OPTED = frozenset({"STOP", "START", "HELP"})
_STAYING = frozenset({"START", "HELP"})
_LONG = 60
_TAPBACK_HOLDS = re.compile('[“"]| an? ')
"""Every tapback has one of these; nearly no other text by SMS has. It spares those a look."""
_WORD = re.compile(r"[A-Za-z0-9_-]{1,32}")

_STATUSES = {
    "accepted": DeliveryState.ACCEPTED,
    "scheduled": DeliveryState.ACCEPTED,
    "queued": DeliveryState.ACCEPTED,
    "sending": DeliveryState.ACCEPTED,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
    "read": DeliveryState.READ,
}
"""Twilio's "queued" and "sending" are not ours: there, the message is in Twilio's hands already."""


def read_inbound(form: Mapping[str, str], contacts: Contacts) -> Inbound | None:
    """The message in a webhook's fields; None without From or MessageSid.

    From is a number, "whatsapp:" and a number, or "whatsapp:" and a user id that is not a number: all are only
    hashed. A caption beside a photo is a text like any other. A tapback by SMS is a reaction.
    """
    message_id, sender = form.get("MessageSid", "").strip(), form.get("From", "").strip()
    if not message_id or not sender or sender == _WHATSAPP:
        return None
    by_whatsapp = sender.startswith(_WHATSAPP) or form.get("To", "").startswith(_WHATSAPP)
    channel = Channel.WHATSAPP if by_whatsapp else Channel.SMS
    ids = contacts(channel, sender.removeprefix(_WHATSAPP))
    kind = _kind(form)
    media = _count(form) if form.get("NumMedia", "0") != "0" else 0
    text = form.get("Body", "") or form.get("ButtonText", "")
    opted = form.get("OptOutType", "").upper()
    if len(text) >= _LONG:
        text = _decoded(text)
    if channel is Channel.SMS and kind is Kind.TEXT and not media and _TAPBACK_HOLDS.search(text) and is_tapback(text):
        kind = Kind.REACTION
    return Inbound(
        message_id=message_id,
        contact=ids[0],
        former=ids[1:],
        address=sender.removeprefix(_WHATSAPP),
        our_number=form.get("To", "").strip().removeprefix(_WHATSAPP),
        channel=channel,
        kind=kind,
        text="" if kind is Kind.REACTION else text[:MAX_TEXT],
        payload=form.get("ButtonPayload", "")[:256],
        media=media,
        media_kind=_media_kind(form) if media and kind is Kind.TEXT else "",
        forwarded="true" in (form.get("Forwarded", "").lower(), form.get("FrequentlyForwarded", "").lower()),
        answers_earlier=bool(form.get("OriginalRepliedMessageSid") or form.get("OriginalRepliedMessageSender")),
        opt_out=opted in _OPTED,
        stays=opted in _STAYING,
    )


def delivery_state(status: str) -> DeliveryState | None:
    """Our state for a message status of Twilio; None for one we do not know."""
    return _STATUSES.get(status)


def unknown_word(said: str) -> str:
    """A state that we do not know, fit to be kept and counted: "other" unless it looks like a word."""
    return said if _WORD.fullmatch(said) else "other"


def _kind(form: Mapping[str, str]) -> Kind:
    declared = _TYPES.get(form.get("MessageType", "").lower())
    if declared is Kind.REACTION:
        return declared
    if form.get("ButtonPayload"):
        return Kind.BUTTON
    if form.get("Body", "").strip():
        return Kind.TEXT
    if form.get("Latitude"):
        return Kind.LOCATION
    if _count(form):
        return _media_kind(form)
    return declared or Kind.EMPTY


def _media_kind(form: Mapping[str, str]) -> Kind:
    """What the first file is."""
    media = form.get("MediaContentType0", "").lower()
    declared = _TYPES.get(form.get("MessageType", "").lower(), Kind.DOCUMENT)
    return next((kind for prefix, kind in _MEDIA if media.startswith(prefix)), declared)


def _count(form: Mapping[str, str]) -> int:
    number = form.get("NumMedia", "0")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 2 else 0


def _decoded(body: str) -> str:
    """A long text. It sometimes arrives base64-encoded as a whole."""
    if len(body) % 4 or any(character.isspace() for character in body):
        return body
    try:
        decoded = base64.b64decode(body, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return body
    return decoded if " " in decoded and decoded.replace("\n", " ").isprintable() else body
