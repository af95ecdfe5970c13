"""What a message is about: the one question the dialogue asks of language."""

from typing import Protocol

import msgspec


class Candidate(msgspec.Struct, frozen=True):
    topic: str
    confidence: float


class Understanding(msgspec.Struct, frozen=True):
    """The answer. Ids are those of the closed topic list; languages are BCP 47.

    topic: None where the bot would not answer directly. candidates: at most three, best first; never a command or
    danger. danger: "red", "amber" or "none". emergency_line: would the reply carry the emergency numbers.
    command: only when the whole message is that command. switch_to: the language asked for, when one is named.
    no_call: the person says not to be called. country: ISO 3166 code of a country that is
    mentioned. place: "nl" or "abroad" when the person says so.
    """

    language: str
    language_confidence: float
    topic: str | None = None
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    command: str | None = None
    danger: str = "none"
    emergency_line: bool = True
    wants_advisor: bool = False
    no_call: bool = False
    country: str | None = None
    place: str | None = None
    switch_to: str | None = None


class Understander(Protocol):
    """Whatever understands. Pure: the same text and session language give the same answer."""

    def understand(self, text: str, locale: str | None) -> Understanding:
        """`text` in the session language `locale` (None before the first answer)."""
        ...
