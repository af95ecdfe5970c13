"""What of a turn is counted, a day at a time: names of one kind each, never two together, never of a person. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.dialogue.conversation import SILENCE_MINUTES, Conversation
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    AnyEvent,
    Assigned,
    Claimed,
    Closed,
    DangerSeen,
    Heard,
    Informed,
    PersonLeft,
    PlaceTold,
    Replied,
    Said,
    TopicShown,
)

WAITS = (("0", 1), ("1", 5), ("5", 15), ("15", 60), ("60", 0))
"""How long somebody waited for an advisor: name of the class, and the minute from which it is the next one."""

SENT = "all:sent"
"""Messages that were answered or written, by bot and advisors."""

HOME = ZoneInfo("Europe/Amsterdam")
"""Days are those of the advisors."""

KINDS = ("all", "language", "topic", "country", "wait", "outcome")


def counted(before: Conversation, after: Conversation, events: Sequence[AnyEvent], minute: int) -> list[str]:
    """Names to add one to, each "kind:name". minute: of the turn, since 1970."""
    found = []
    for event in events:
        if isinstance(event, Heard):
            if not before.heard_minute or minute - before.heard_minute > SILENCE_MINUTES:
                found += ["all:conversations", f"language:{after.locale or 'unknown'}"]
        elif isinstance(event, Said | Replied | Informed):
            found.append(SENT)
        elif isinstance(event, TopicShown):
            found.append(f"topic:{event.state.partition('.')[0]}")
        elif isinstance(event, PlaceTold) and event.country:
            found.append(f"country:{event.country}")
        elif isinstance(event, Claimed | Assigned) and not event.before and before.handling.waiting_minute:
            found.append(f"wait:{_wait(minute - before.handling.waiting_minute)}")
        elif isinstance(event, Closed):
            found.append(f"outcome:{event.outcome or 'unsaid'}")
        elif type(event) in _PLAIN:
            found.append(f"all:{_PLAIN[type(event)]}")
    return found


@lru_cache(maxsize=16)
def day_of(minute: int) -> str:
    """The day a minute since 1970 (UTC) is counted on, such as "2026-11-28"."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(HOME).date().isoformat()


_PLAIN: dict[type, str] = {
    AdvisorRequested: "asked",
    DangerSeen: "danger",
    AdvisorCancelled: "left",
    PersonLeft: "left",
}


def _wait(minutes: int) -> str:
    return next((name for name, below in WAITS if minutes < below), WAITS[-1][0])
