"""What becomes of a message that is sent: its states, and what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class DeliveryState(StrEnum):
    """How far a message has come. Reports arrive in any order; one of a lower RANK than the state is old news."""

    QUEUED = "queued"
    SENDING = "sending"
    UNSURE = "unsure"
    ACCEPTED = "accepted"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


RANK: Mapping[str, int] = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.UNSURE: 2,
    DeliveryState.ACCEPTED: 3,
    DeliveryState.SENT: 4,
    DeliveryState.UNDELIVERED: 5,
    DeliveryState.FAILED: 5,
    DeliveryState.DELIVERED: 6,
    DeliveryState.READ: 7,
}


def is_contradicted(state: str, code: str, by: DeliveryState) -> bool:
    """Whether the provider had the last word with `state` and now says another one. It may correct what we gave up
    ourselves, and a delivered message may be read later."""
    if state == DeliveryState.FAILED:
        return code not in OURS and by in (DeliveryState.DELIVERED, DeliveryState.READ)
    return state in (DeliveryState.DELIVERED, DeliveryState.READ) and by is DeliveryState.FAILED


class Action(StrEnum):
    """What is done about a message that did not arrive."""

    RETRY = "retry"
    """Send it again, waiting longer each time."""
    ONCE_MORE = "once_more"
    """Send it once more, later."""
    GIVE_UP = "give_up"
    """It will not arrive."""
    OPTED_OUT = "opted_out"
    """The person wants no messages."""
    ALARM = "alarm"
    """Our account or its settings; the operator is called."""
    OUR_NUMBER = "our_number"
    """The number of ours it came from cannot send; the operator is called, and the first of ours tries."""
    WINDOW = "window"
    """WhatsApp takes no answer later than 24 hours after the person's last message."""


LOST_ANSWER = "lost_answer"
TOO_LATE = "too_late"
CANCELLED = "cancelled"
NO_ADDRESS = "no_address"
UNREPORTED = "unreported"
UNKNOWN = "unknown"
OURS = (LOST_ANSWER, TOO_LATE, CANCELLED, NO_ADDRESS, UNREPORTED, UNKNOWN)
"""Problems that are not a code of the provider. A table has all of them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message did not arrive."""

    code: str
    """The provider's, or one of OURS."""
    action: Action
    say: str
    """One or two sentences for the advisor."""


def problem(code: str, table: Mapping[str, Problem]) -> Problem:
    """The problem with this `code`; for a code that is not in `table` its UNKNOWN, with the code in the words.

    code: as the provider gives it, or one of OURS; "" when it gave none. table: by code, with every one of OURS.
    """
    found = table.get(code, table[UNKNOWN])
    return replace(found, code=code, say=found.say.replace("{code}", code or "-"))
