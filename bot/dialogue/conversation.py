"""What we remember of one conversation. Nothing in it names the person; only `fragment` holds words, for minutes."""

from enum import IntEnum, StrEnum

import msgspec
from msgspec.structs import replace

SCHEMA = 1
"""Version of this shape. A stored conversation with a higher one was written by newer code (a rolling deploy)."""

SILENCE_MINUTES = 30
"""After this much silence the phone may be in other hands: nothing earlier is shown or resumed (decision 10)."""

TRAIL_LENGTH = 6

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

    DANGER_RETURNED = 0
    DANGER = 1
    RETURNED = 2
    URGENT = 3
    ORDINARY = 4


class Place(StrEnum):
    """Where the person said they are. Never derived from a phone number."""

    UNKNOWN = "unknown"
    NETHERLANDS = "nl"
    ABROAD = "abroad"


OWNERSHIP = (
    "status", "channel", "advisor", "offered", "greeted", "returned", "urgent", "danger", "maybe_read",
    "waiting_minute", "closed_minute", "pending_minute",
)  # fmt: skip
"""The fields that say who has a conversation and how it stands in the queue. A silence or an outage leaves them."""


class Context(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a silence puts away: where the conversation was, and what the person had told. See `Conversation`."""

    state: str = ""
    place: Place = Place.UNKNOWN
    country: str = ""
    asked_country: str = ""
    role: str = ""
    phone: str = ""
    safe: bool | None = None
    open: bool = False
    trail: tuple[str, ...] = ()


class Agreement(msgspec.Struct, frozen=True, array_like=True):
    """What a person told an advisor: until when (a minute since 1970), and between which minutes of the day where they
    are, they may be written to although they have not just written. Neutral words only."""

    until_minute: int
    opens: int
    closes: int


class Pace(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """How much was written of late. minute: when the counting began, since 1970. count: messages since then. mark: of
    the last text. same: how often in a row it was the same. heard, answered: the second of the last message and of the
    last answer, since 1970. day, today: the day since 1970 (UTC), and how many messages on it. blocked: was its sender
    blocked at the last message; told anew with each."""

    minute: int = 0
    count: int = 0
    mark: str = ""
    same: int = 0
    answered: int = 0
    heard: int = 0
    day: int = 0
    today: int = 0
    blocked: bool = False


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's conversation between two messages.

    channel: network of the last message, while advisors have to do with it.
    advisor: id of who has it, only in Status.ADVISOR. offered: id of the colleague it is offered to.
    greeted: the person was told that a human being is here, since it was claimed.
    returned: it fell back into the queue through no doing of theirs, so they stand at the front.
    urgent: something in it must not wait: amber danger, or a topic of the first priority.
    tell: id of a shared text that is true and could not be sent; the next answer begins with it.
    phone: who reads this phone, as told: "mine", "shared" or "".
    state: "flow.state" last shown, "" before the first answer.
    locale: language of the answers, "" before the first message.
    country: ISO 3166 code the person confirmed; asked_country: one they mentioned and have not confirmed.
    safe: their answer to "can you type safely", None when not asked.
    open: they used a word about the subject or said it is safe, so plain speech is fine (decision 12).
    asked: a general topic asked about before the opener was answered.
    trail: the states `back` returns to, oldest first. candidates: topics offered as "did you mean".
    misses: messages in a row that were not understood.
    fragment: the last message when it was only a few words, to be read together with the next one: people break a
    sentence over messages. Sealed like everything here, said nowhere, gone with the next message.
    no_call: they asked not to be called.
    pace: how much was written of late (`flood`), and when it was answered (`interrupted`).
    code: the case code that was given last, to say it once more.
    agreed: when they may be written to without having written.
    hide_word, return_word: marks of the words they chose (`own_words`). kept: what comes back with the second.
    danger: red danger was seen since the conversation began. maybe_read: a decoy word was used.
    heard_minute, waiting_minute, closed_minute: minutes since 1970 (UTC) of the last message, of the request for an
    advisor, of the end by an advisor. pending_minute: of the first message the advisor who has it has not answered yet.
    """

    schema: int = SCHEMA
    state: str = ""
    status: Status = Status.BOT
    channel: str = ""
    advisor: str = ""
    offered: str = ""
    greeted: bool = False
    returned: bool = False
    urgent: bool = False
    tell: str = ""
    phone: str = ""
    locale: str = ""
    place: Place = Place.UNKNOWN
    country: str = ""
    asked_country: str = ""
    role: str = ""
    safe: bool | None = None
    open: bool = False
    asked: str = ""
    trail: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    misses: int = 0
    fragment: str = ""
    no_call: bool = False
    danger: bool = False
    maybe_read: bool = False
    heard_minute: int = 0
    waiting_minute: int = 0
    closed_minute: int = 0
    pending_minute: int = 0
    hide_word: str = ""
    return_word: str = ""
    kept: Context | None = None
    pace: Pace = Pace()
    agreed: Agreement | None = None
    code: str = ""

    @property
    def urgency(self) -> Urgency:
        """Its class in the waiting list."""
        if self.danger:
            return Urgency.DANGER_RETURNED if self.returned else Urgency.DANGER
        if self.returned:
            return Urgency.RETURNED
        return Urgency.URGENT if self.urgent else Urgency.ORDINARY

    def restarted(self) -> "Conversation":
        """The same conversation without its context: who has it, language, danger and "no call" stay, nothing else."""
        kept = {name: getattr(self, name) for name in OWNERSHIP}
        return Conversation(
            locale=self.locale,
            no_call=self.no_call,
            heard_minute=self.heard_minute,
            hide_word=self.hide_word,
            return_word=self.return_word,
            kept=self.kept,
            agreed=self.agreed,
            **kept,
        )

    def passed(self, status: Status) -> "Conversation":
        """The same conversation with a new status, in nobody's hands and in no queue."""
        return replace(
            self,
            status=status,
            advisor="",
            offered="",
            greeted=False,
            returned=False,
            waiting_minute=0,
            closed_minute=0,
            pending_minute=0,
        )
