"""What we remember of one conversation. Nothing in it names the person; only `fragment` holds words, for minutes."""

from enum import StrEnum

import msgspec

SCHEMA = 1
"""Version of this shape. A stored conversation with a higher one was written by newer code (a rolling deploy)."""

SILENCE_MINUTES = 30
"""After this much silence the phone may be in other hands: nothing earlier is shown or resumed (decision 10)."""

TRAIL_LENGTH = 6

FRAGMENT_MINUTES = 2
"""So soon after a few words the next message may be the rest of the sentence."""


class Status(StrEnum):
    """Who has the conversation: the bot, nobody yet, an advisor, or it is over."""

    BOT = "bot"
    WAITING = "waiting"
    ADVISOR = "advisor"
    CLOSED = "closed"


class Place(StrEnum):
    """Where the person said they are. Never derived from a phone number."""

    UNKNOWN = "unknown"
    NETHERLANDS = "nl"
    ABROAD = "abroad"


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's conversation between two messages.

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
    danger: red danger was seen since the conversation began. maybe_read: a decoy word was used.
    heard_minute, waiting_minute: minutes since 1970 (UTC) of the last message and of the request for an advisor.
    """

    schema: int = SCHEMA
    state: str = ""
    status: Status = Status.BOT
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

    def restarted(self) -> "Conversation":
        """The same conversation without its context: language, owner, danger and "no call" stay, nothing else."""
        return Conversation(
            status=self.status,
            locale=self.locale,
            no_call=self.no_call,
            danger=self.danger,
            maybe_read=self.maybe_read,
            heard_minute=self.heard_minute,
            waiting_minute=self.waiting_minute,
        )
