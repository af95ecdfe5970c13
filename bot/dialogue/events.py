"""Everything a turn can cause, in the past tense. The transcript and the counters are made of these."""

import msgspec


class Event(msgspec.Struct, frozen=True, tag=True):
    """Base of all events; the tag in storage is the class name."""


class Heard(Event, frozen=True):
    """The person wrote."""

    kind: str
    text: str
    """Stored sealed; it goes nowhere else."""
    media: int = 0
    """How many files came; none is fetched."""
    media_kind: str = ""
    """What the first of them is, where text came with it."""
    forwarded: bool = False
    """It was passed on: the words may be somebody else's."""
    answers_earlier: bool = False
    """It was written as an answer to one earlier message."""


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


class Answered(Event, frozen=True):
    """The person chose an answer to one of our few questions: can you type safely, who reads this phone, for whom."""

    field: str
    value: str


class TopicShown(Event, frozen=True):
    """The bot showed this state of a topic ("topic.state")."""

    state: str


class LanguageChosen(Event, frozen=True):
    locale: str


class PlaceTold(Event, frozen=True):
    place: str
    country: str


class DecoyStarted(Event, frozen=True):
    """Somebody may be looking at the phone."""


class KnownAgain(Event, frozen=True):
    """The person gave the word they had chosen to be known by."""


class ErasureRequested(Event, frozen=True):
    """Everything about this person must go."""


class Stopped(Event, frozen=True):
    """The person wants no more messages."""


class CameLate(Event, frozen=True):
    """The message reached us long after it was sent, when an answer could have met another reader. `maybe_answered`: it
    may be one that was answered in an outage, and of which nothing else can be read any more."""

    maybe_answered: bool = False


class Claimed(Event, frozen=True):
    """An advisor took the conversation. `before`: the colleague who had it, "" when nobody did."""

    advisor: str
    before: str = ""


class Replied(Event, frozen=True):
    """An advisor wrote to the person. `sent` is the outbox id under which what became of it is known."""

    advisor: str
    text: str
    sent: str


class Noted(Event, frozen=True):
    """An advisor wrote a note for colleagues. Nothing sends it."""

    advisor: str
    text: str


class Informed(Event, frozen=True):
    """The bot told the person, between two of their messages, who has the conversation."""

    text: str
    sent: str


class Offered(Event, frozen=True):
    """An advisor offered the conversation to a colleague and keeps it until that one takes it."""

    advisor: str
    to: str


class Assigned(Event, frozen=True):
    """A supervisor gave the conversation to an advisor. `before`: who had it, "" when nobody did."""

    advisor: str
    to: str
    before: str = ""


class Agreed(Event, frozen=True):
    """An advisor recorded that the person may be written to later; see `conversation.Agreement`."""

    advisor: str
    until_minute: int


class OfferEnded(Event, frozen=True):
    """The colleague declined (`lapsed` False) or did not react in time; it stays where it was."""

    to: str
    lapsed: bool


class LeaseLost(Event, frozen=True):
    """The advisor's console is gone; the person is back at the front of the queue."""

    advisor: str


class HandedBack(Event, frozen=True):
    """An advisor gave the conversation back to the bot."""

    advisor: str


class Closed(Event, frozen=True):
    """An advisor ended the conversation. outcome: the name of how, only for counting; "" = not said."""

    advisor: str
    outcome: str = ""


class Blocked(Event, frozen=True):
    """An advisor blocked this sender for a day."""

    advisor: str


class PersonLeft(Event, frozen=True):
    """The person said stop, or erased, while an advisor had the conversation."""


class Answers(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person chose, "" or None where nothing was: all that a case code leads to. topics: ids of what they read
    about last, the newest last. The other fields are those of `conversation.Conversation`."""

    language: str = ""
    place: str = ""
    country: str = ""
    role: str = ""
    phone: str = ""
    safe: bool | None = None
    no_call: bool = False
    danger: bool = False
    topics: tuple[str, ...] = ()


class CodeAsked(Event, frozen=True):
    """The person wants a case code; a turn that is done has CodeMade in its place."""


class CodeMade(Event, frozen=True):
    """The person got a case code. `words` are here for the storage, which keeps only a hash of them."""

    words: str
    answers: Answers


class CodeBrought(Event, frozen=True):
    """The person gave a case code made for another number; it is used up. answers: what stood behind it."""

    words: str
    answers: Answers


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
    | Answered
    | TopicShown
    | LanguageChosen
    | PlaceTold
    | DecoyStarted
    | KnownAgain
    | ErasureRequested
    | Stopped
    | CameLate
    | Claimed
    | Assigned
    | Agreed
    | Replied
    | Noted
    | Informed
    | Offered
    | OfferEnded
    | LeaseLost
    | HandedBack
    | Closed
    | Blocked
    | PersonLeft
    | CodeAsked
    | CodeMade
    | CodeBrought
    | EngineFailed
)
