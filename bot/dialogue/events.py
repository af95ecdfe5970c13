"""Everything a turn can cause, in the past tense. The transcript and the counters are made of these."""

import msgspec


class Event(msgspec.Struct, frozen=True, tag=True):
    """Base of all events; the tag in storage is the class name."""


class Heard(Event, frozen=True):
    """The person wrote. `text` is stored sealed and goes nowhere else."""

    kind: str
    text: str


class Said(Event, frozen=True):
    """The bot answered."""

    text: str


class AdvisorRequested(Event, frozen=True):
    """The person asked for a human being, or the bot asked for one after a fault."""


class AdvisorCancelled(Event, frozen=True):
    """The person no longer wants an advisor."""


class DangerSeen(Event, frozen=True):
    """Words that mean danger now."""


class CallRefused(Event, frozen=True):
    """The person asked not to be called."""


class LanguageChosen(Event, frozen=True):
    locale: str


class PlaceTold(Event, frozen=True):
    place: str
    country: str


class DecoyStarted(Event, frozen=True):
    """Somebody may be looking at the phone."""


class ErasureRequested(Event, frozen=True):
    """Everything about this person must go."""


class Stopped(Event, frozen=True):
    """The person wants no more messages."""


class EngineFailed(Event, frozen=True):
    """A bug. The message is kept and a person is asked to look; `fault` is the class name of the exception."""

    fault: str


AnyEvent = (
    Heard
    | Said
    | AdvisorRequested
    | AdvisorCancelled
    | DangerSeen
    | CallRefused
    | LanguageChosen
    | PlaceTold
    | DecoyStarted
    | ErasureRequested
    | Stopped
    | EngineFailed
)
