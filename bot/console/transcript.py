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
from bot.ports.conversations import Entry
from bot.ports.outbox import Record

MARKS = (
    AdvisorRequested, AdvisorCancelled, DangerSeen, CallRefused, DecoyStarted, KnownAgain, Stopped, CameLate, Claimed,
    Assigned, Agreed, Offered, OfferEnded, LeaseLost, HandedBack, Closed, PersonLeft, EngineFailed, PlaceTold,
    CodeMade, CodeBrought, Blocked,
)  # fmt: skip
"""Events shown as a line between the messages; the template has words for each."""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One line."""

    kind: str
    """One of "person", "bot", "advisor", "note" and "mark"."""

    minute: int
    what: str = ""
    """Which mark, or what kind of message or file came."""

    who: str = ""
    """Id of the advisor who did it."""

    other: str = ""
    """Id of the advisor it was done to; the country where somebody told a place."""

    text: str = ""
    """Words; never those of a mark."""

    sent: str = ""
    """Id of a message to the person."""

    state: str = ""
    """How far that message has come."""

    trouble: str = ""
    """Why it did not arrive, in words."""

    maybe_duplicate: bool = False
    """It may have arrived twice."""

    media: int = 0
    """How many files came."""

    forwarded: bool = False
    """The person passed it on."""

    answers_earlier: bool = False
    """It answers one earlier message."""

    card: Card | None = None
    """What stands behind a case code that was brought."""


def lines(
    history: Sequence[Entry], sent: Mapping[str, Record], problems: Mapping[str, Problem]
) -> list[TranscriptLine]:
    """The lines of a transcript, oldest first. `problems` has words for what can go wrong with a message."""
    found = (_line(entry, sent, problems) for entry in history)
    return [line for line in found if line is not None]


def _line(entry: Entry, sent: Mapping[str, Record], problems: Mapping[str, Problem]) -> TranscriptLine | None:
    event, minute = entry.event, entry.minute
    if isinstance(event, Heard):
        what = event.media_kind if event.kind in (Kind.TEXT, Kind.BUTTON) else event.kind
        if event.media and not what:
            what = Kind.DOCUMENT  # kept before the kind was
        return TranscriptLine(
            "person",
            minute,
            what=what,
            text=event.text,
            media=event.media,
            forwarded=event.forwarded,
            answers_earlier=event.answers_earlier,
        )
    if isinstance(event, Said):
        return TranscriptLine("bot", minute, text=event.text)
    if isinstance(event, Informed):
        return _outgoing("bot", minute, "", event.text, event.sent, sent, problems)
    if isinstance(event, Replied):
        return _outgoing("advisor", minute, event.advisor, event.text, event.sent, sent, problems)
    if isinstance(event, Noted):
        return TranscriptLine("note", minute, who=event.advisor, text=event.text)
    if isinstance(event, MARKS):
        who = str(getattr(event, "advisor", ""))
        other = str(getattr(event, "to", "") or getattr(event, "before", ""))
        what = type(event).__name__
        if isinstance(event, OfferEnded):
            what += "Lapsed" if event.lapsed else "Declined"
        if isinstance(event, PlaceTold):
            what, other = f"PlaceTold-{event.place}", event.country
        if isinstance(event, CameLate) and event.maybe_answered:
            what += "MaybeAnswered"
        brought = of_answers(event.answers) if isinstance(event, CodeBrought) else None
        return TranscriptLine("mark", minute, what=what, who=who, other=other, card=brought)
    return None


def _outgoing(
    kind: str,
    minute: int,
    who: str,
    text: str,
    id: str,
    sent: Mapping[str, Record],
    problems: Mapping[str, Problem],
) -> TranscriptLine:
    record = sent.get(id)
    if record is None:
        return TranscriptLine(kind, minute, who=who, text=text, sent=id)
    trouble = problem(record.code, problems).say if record.code else ""
    return TranscriptLine(
        kind,
        minute,
        who=who,
        text=text,
        sent=id,
        state=record.state,
        trouble=trouble,
        maybe_duplicate=record.maybe_duplicate,
    )
