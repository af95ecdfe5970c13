"""What we remember of one conversation. Nothing in it names the person; only `fragment` holds words, for minutes."""

from enum import IntEnum, StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

SCHEMA = 2
"""Version of this shape. A stored conversation with a higher one was written by newer code (a rolling deploy)."""

SILENCE_MINUTES = 30
"""After this much silence the phone may be in other hands: nothing earlier is shown or resumed (ADR 14)."""

HISTORY_LENGTH = 6

GRACE_MINUTES = SILENCE_MINUTES
"""So long after an advisor has closed it, what the person writes comes back to the advisors."""

FRAGMENT_MINUTES = 2
"""So soon after a few words the next message may be the rest of the sentence."""


class Status(StrEnum):
    """Who has the conversation: the bot, nobody yet, an advisor, or it is over."""

    BOT = "bot"
    WAITING = "waiting"
    ADVISOR = "advisor"
    CLOSED = "closed"


class Urgency(IntEnum):
    """Who is helped first. Within one class: who has waited longest."""

    DANGER_REQUEUED = 0
    DANGER = 1
    REQUEUED = 2
    URGENT = 3
    ORDINARY = 4


class Place(StrEnum):
    """Where the person said they are. Never derived from a phone number."""

    UNKNOWN = "unknown"
    NETHERLANDS = "nl"
    ABROAD = "abroad"


class Agreement(msgspec.Struct, frozen=True, array_like=True):
    """What a person told an advisor: until when (a minute since 1970), and between which minutes of the day where they
    are, they may be written to although they have not just written. Neutral words only."""

    until_minute: int
    opens: int
    closes: int


class Pace(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """How much was written recently, see `flood`, and when, see `continuation`."""

    minute: int = 0
    """When the counting began, in minutes since 1970."""
    count: int = 0
    """Messages since then."""
    mark: str = ""
    """Of the last text, enough to know it again."""
    same: int = 0
    """How often in a row it was the same text."""
    answered: int = 0
    """The second of the last answer, since 1970."""
    heard: int = 0
    """The second of the last message, since 1970."""
    day: int = 0
    """The day since 1970 (UTC) that `today` counts."""
    today: int = 0
    """Messages on that day."""
    blocked: bool = False
    """Was the sender blocked at the last message? Set again with each message."""


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the dialogue is."""

    state: str = ""
    """ "flow.state" that was shown last, "" before the first answer."""
    history: tuple[str, ...] = ()
    """The states `back` returns to, oldest first."""
    candidates: tuple[str, ...] = ()
    """Topics offered as "did you mean"."""
    fallback_count: int = 0
    """Messages in a row that were not understood."""
    listened: int = 0
    """How often it was said that what they tell is read."""
    deferred_topic: str = ""
    """A general topic that was asked about before the opener was answered."""
    fragment: str = ""
    """The last message when it was only a few words, to be read together with the next one: people break a sentence
    over messages. Sealed like everything here, said nowhere, gone with the next message."""
    numbers_for: str = ""
    """The place that the block of numbers was given for in full, see `Engine`; "" before that."""


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person told of themselves."""

    place: Place = Place.UNKNOWN
    country: str = ""
    """ISO 3166 code of a country they confirmed."""
    mentioned_country: str = ""
    """One they mentioned and have not confirmed."""
    role: str = ""
    """For whom they write: "self", "other", "work" or ""."""
    phone: str = ""
    """Who reads this phone: "mine", "shared" or ""."""
    safe: bool | None = None
    """The answer to "can you type safely", None when not asked."""
    subject_disclosed: bool = False
    """They used a word about the subject or said it is safe, so plain speech is fine (ADR 16)."""
    crisis: str = ""
    """The topic, danger or suicide, that they are in a crisis about; see `crisis`."""
    advisor_declined: bool = False
    """In that crisis they said that they want no advisor."""
    no_call: bool = False
    """They asked not to be called."""
    language: str = ""
    """What they wrote in recently (BCP 47), where it is not the language they are answered in; see `language`."""


class Handling(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who has the conversation and how it stands in the queue. A silence or an outage leaves it as it is."""

    status: Status = Status.BOT
    channel: str = ""
    """Network of the last message, while advisors have to do with it."""
    advisor: str = ""
    """Id of who has it, only in Status.ADVISOR."""
    offered: str = ""
    """Id of the colleague it is offered to."""
    introduced: bool = False
    """The person was told that a human being is here, since it was claimed."""
    requeued: bool = False
    """It fell back into the queue through no fault of theirs, so they stand at the front."""
    urgent: bool = False
    """Something in it must not wait: amber danger, or a topic of the first priority."""
    danger: bool = False
    """Red danger was seen since the conversation began."""
    waiting_minute: int = 0
    """Of the request for an advisor, since 1970 (UTC)."""
    closed_minute: int = 0
    """Of the end by an advisor, since 1970 (UTC)."""
    pending_minute: int = 0
    """Of the first message that the advisor who has it has not answered yet, since 1970 (UTC)."""
    pending_notice: str = ""
    """Id of a shared text that is true and could not be sent; the next answer begins with it."""

    @property
    def urgency(self) -> Urgency:
        """Its class in the queue."""
        if self.danger:
            return Urgency.DANGER_REQUEUED if self.requeued else Urgency.DANGER
        if self.requeued:
            return Urgency.REQUEUED
        return Urgency.URGENT if self.urgent else Urgency.ORDINARY


class SetAside(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a silence puts away until the person gives their own word."""

    position: Position = Position()
    """Only the state and the history."""
    told: Told = Told()


class Privacy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who may read along, and what the person arranged against that."""

    observed: bool = False
    """A decoy word was used: somebody may read along."""
    hide_word: str = ""
    """Mark of the word they chose to hide with, see `own_words`."""
    return_word: str = ""
    """Mark of the word they chose to be known by again."""
    set_aside: SetAside | None = None
    """What comes back with the second word."""
    agreement: Agreement | None = None
    """When they may be written to without having written."""


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's conversation between two messages."""

    schema: int = SCHEMA
    locale: str = ""
    """Language of the answers, "" before the first message."""
    heard_minute: int = 0
    """Of the last message, in minutes since 1970 (UTC)."""
    case_code: str = ""
    """The case code that was given last, to say it once more."""
    position: Position = Position()
    told: Told = Told()
    handling: Handling = Handling()
    privacy: Privacy = Privacy()
    pace: Pace = Pace()

    @property
    def heard_language(self) -> str:
        """The language the person writes, as far as it is known, else the one they are answered in."""
        return self.told.language or self.locale

    def with_position(self, **changes: Any) -> "Conversation":
        """The same conversation with some of `position` changed."""
        return replace(self, position=replace(self.position, **changes))

    def with_told(self, **changes: Any) -> "Conversation":
        """The same conversation with some of `told` changed."""
        return replace(self, told=replace(self.told, **changes))

    def with_handling(self, **changes: Any) -> "Conversation":
        """The same conversation with some of `handling` changed."""
        return replace(self, handling=replace(self.handling, **changes))

    def with_privacy(self, **changes: Any) -> "Conversation":
        """The same conversation with some of `privacy` changed."""
        return replace(self, privacy=replace(self.privacy, **changes))

    def with_status(self, status: Status, **changes: Any) -> "Conversation":
        """The same conversation with a new status, in nobody's hands and in no queue. changes: of `handling`, too."""
        before = self.handling
        after = Handling(
            status=status,
            channel=before.channel,
            urgent=before.urgent,
            danger=before.danger,
            pending_notice=before.pending_notice,
        )
        return replace(self, handling=replace(after, **changes))

    def without_context(self) -> "Conversation":
        """The same conversation without its context: who has it, language, danger and "no call" stay, nothing else."""
        return Conversation(
            locale=self.locale,
            heard_minute=self.heard_minute,
            told=Told(no_call=self.told.no_call, language=self.told.language),
            handling=replace(self.handling, pending_notice=""),
            privacy=self.privacy,
        )
