"""Whether the fields of a webhook have their form.

Twilio signs names and values one after the other with nothing between them, so whoever has captured one request can
move bytes from one field to another and keep the signature. Ids of a fixed length, our own account and our own numbers
leave nothing to move.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_MESSAGE_ID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_SENDER = re.compile(
    r"(whatsapp:|rcs:)?\+?[0-9]{3,18}"  # a number, or a short code
    r"|whatsapp:[A-Z]{2}\.[0-9A-Za-z]{1,128}"  # a user id of WhatsApp
    r"|[0-9A-Za-z&._ -]{1,11}"  # the name of a company, by SMS
)


@dataclass(frozen=True, slots=True)
class Ours:
    """What Twilio says of ourselves."""

    account_sid: str
    addresses: frozenset[str]
    """Our numbers as they stand in `To`: "+31…", "whatsapp:+31…"."""


def is_for_us(form: Mapping[str, str], ours: Ours) -> bool:
    """Has an incoming message the form of one, and is it to us?"""
    return (
        _MESSAGE_ID.fullmatch(form.get("MessageSid", "")) is not None
        and form.get("AccountSid", "") == ours.account_sid
        and form.get("To", "") in ours.addresses
        and _SENDER.fullmatch(form.get("From", "")) is not None
    )


def is_about_ours(form: Mapping[str, str], ours: Ours) -> bool:
    """Has a status callback the form of one, and is it about a message of our account?"""
    is_message = _MESSAGE_ID.fullmatch(form.get("MessageSid", "")) is not None
    return is_message and form.get("AccountSid", "") == ours.account_sid
