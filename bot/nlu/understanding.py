"""What a message is about: the only thing the dialogue asks of language understanding."""

from typing import Protocol

import msgspec


class Candidate(msgspec.Struct, frozen=True):
    """A topic the message may be about."""

    topic: str
    confidence: float


class Understanding(msgspec.Struct, frozen=True):
    """The result. Ids are those of the closed topic list; languages are BCP 47."""

    language: str
    language_confidence: float
    topic: str | None = None
    """None where the bot would not answer directly."""
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    """At most three, best first; never a command or danger."""
    command: str | None = None
    """Only when the whole message is that command."""
    free_command: str | None = None
    """The command that a sentence of other words probably asks for."""
    danger: str = "none"
    """red, amber or none."""
    emergency_line: bool = True
    """Whether the reply should carry the emergency numbers."""
    wants_advisor: bool = False
    no_call: bool = False
    """The person says not to be called."""
    country: str | None = None
    """ISO 3166 code of a country that is mentioned."""
    place: str | None = None
    """nl or abroad, when the person says so."""
    who: str | None = None
    """For whom they probably write: self, other, work; or stranger: not the person."""
    where: str | None = None
    """Where the writer probably is: nl, under_way, abroad; or that a place in the message is none of these:
    others_place, going, none."""
    when: str | None = None
    """Whether it is probably about what is coming, what goes on (now) or what is past."""
    switch_to: str | None = None
    """The language asked for, when one is named."""
    stands_alone: bool = False
    """The whole message is a command, a greeting or thanks: no part of a sentence."""


class Understander(Protocol):
    """Understands messages. Pure: the same text and session language give the same result."""

    def understand(self, text: str, locale: str | None, spelled: str | None = None) -> Understanding:
        """`text` in the session language `locale` (None before the first answer). spelled: the text normalised, where
        that is done already."""
        ...
