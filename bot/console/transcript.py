"""A transcript as a page shows it: one line an event that tells an advisor something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    Agreed,
    Assigned,
    Blocked,
    CallRefused,
    CameLate,
    Claimed,
    Closed,
    CodeBrought,
    CodeMade,
    DangerSeen,
    DecoyStarted,
    EngineFailed,
    HandedBack,
    Heard,
    Informed,
    KnownAgain,
    LeaseLost,
    Noted,
    Offered,
    OfferEnded,
    PersonLeft,
    PlaceTold,
    Replied,
    Said,
    Stopped,
)
from bot.handoff.card import Card, of_answers
from bot.handoff.delivery import Problem, problem
from bot.messages import Kind
from bot.ports.everything import Entry, Record

MARKS = (
    AdvisorRequested, AdvisorCancelled, DangerSeen, CallRefused, DecoyStarted, KnownAgain, Stopped, CameLate, Claimed,
    Assigned, Agreed, Offered, OfferEnded, LeaseLost, HandedBack, Closed, PersonLeft, EngineFailed, PlaceTold,
    CodeMade, CodeBrought, Blocked,
)  # fmt: skip
"""Events shown as a line between the messages; the template has words for each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. kind: "person", "bot", "advisor", "note" or "mark". what: which mark, or what kind of message came.
    who, other: ids of advisors. text: words, never of a mark. state, twice: how far a message to the person has come.
    trouble: why it did not arrive, in words. sent: its id. media: how many files came.
    card: what stands behind a case code that was brought."""

    kind: str
    minute: int
    what: str = ""
    who: str = ""
    other: str = ""
    text: str = ""
    sent: str = ""
    state: str = ""
    trouble: str = ""
    twice: bool = False
    media: int = 0
    card: Card | None = None


def lines(history: Sequence[Entry], sent: Mapping[str, Record], problems: Mapping[str, Problem]) -> list[Line]:
    """The lines of a transcript, oldest first. sent: how each message stands. problems: words for what went wrong."""
    found = (_line(entry, sent, problems) for entry in history)
    return [line for line in found if line is not None]


def _line(entry: Entry, sent: Mapping[str, Record], problems: Mapping[str, Problem]) -> Line | None:
    event, minute = entry.event, entry.minute
    if isinstance(event, Heard):
        what = "" if event.kind in (Kind.TEXT, Kind.BUTTON) else event.kind
        return Line("person", minute, what=what, text=event.text, media=event.media)
    if isinstance(event, Said):
        return Line("bot", minute, text=event.text)
    if isinstance(event, Informed):
        return _outgoing("bot", minute, "", event.text, event.sent, sent, problems)
    if isinstance(event, Replied):
        return _outgoing("advisor", minute, event.advisor, event.text, event.sent, sent, problems)
    if isinstance(event, Noted):
        return Line("note", minute, who=event.advisor, text=event.text)
    if isinstance(event, MARKS):
        who = str(getattr(event, "advisor", ""))
        other = str(getattr(event, "to", "") or getattr(event, "before", ""))
        what = type(event).__name__
        if isinstance(event, OfferEnded):
            what += "Lapsed" if event.lapsed else "Declined"
        if isinstance(event, PlaceTold):
            what, other = f"PlaceTold-{event.place}", event.country
        brought = of_answers(event.answers) if isinstance(event, CodeBrought) else None
        return Line("mark", minute, what=what, who=who, other=other, card=brought)
    return None


def _outgoing(
    kind: str,
    minute: int,
    who: str,
    text: str,
    id: str,
    sent: Mapping[str, Record],
    problems: Mapping[str, Problem],
) -> Line:
    record = sent.get(id)
    if record is None:
        return Line(kind, minute, who=who, text=text, sent=id)
    trouble = problem(record.code, problems).say if record.code else ""
    return Line(kind, minute, who=who, text=text, sent=id, state=record.state, trouble=trouble, twice=record.twice)
