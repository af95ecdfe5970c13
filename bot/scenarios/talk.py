"""A whole conversation through the real parts: read from Twilio's fields, then the runner, the engine and the texts.

Only the storage is thrown away after each conversation, and clock and random numbers are fixed, so that the same
messages give the same answers.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated

import msgspec

from bot.assembly import ROOT, throw_away_runner
from bot.channels.twilio import read_inbound
from bot.content.building import build_engine
from bot.content.library import read_library
from bot.content.models import read_encoder
from bot.dialogue.case_code import RANDOM_BITS
from bot.dialogue.conversation import Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import DecoyStarted
from bot.dialogue.states import OFFERING, StateName
from bot.dialogue.turn import Turn
from bot.errors import StartError
from bot.messages import Channel, Inbound
from bot.nlu.embedding import Encoder
from bot.nlu.understanding import Understanding
from bot.nlu.weights import Array
from bot.rendering.segments import measure
from bot.storage.sealing import Identity

BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""When every conversation begins: a Monday at noon, with advisors there."""

DIGITS = {"9": "advisor", "0": "menu"}
"""Numbers that mean a command wherever they are not a choice."""

ASKING = {"stop": StateName.CONFIRM_STOP}
"""Commands that are asked about first when free words ask for them."""

STAYING = ("back", "language")
"""Commands that lead to no state of their own."""


LONGEST_PAUSE = 366 * 24 * 3600


class MessageIn(msgspec.Struct, frozen=True):
    """One message of a person."""

    text: str = ""
    after_s: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_PAUSE)] = 0
    """Seconds since the message before; a year at most."""
    media: tuple[str, ...] = ()
    """Content types of the files that come with it."""


class ConversationIn(msgspec.Struct, frozen=True):
    """One line of standard input: a whole conversation."""

    id: str
    messages: tuple[MessageIn, ...]
    channel: Channel = Channel.SMS
    sender: str = msgspec.field(default="+31612345678", name="from")


class TurnOut(msgspec.Struct, frozen=True):
    """What came of one message."""

    reply: str
    """"" for silence."""
    state: str
    """The state on the person's screen."""
    topic: str | None
    command: str | None
    """The command that led there."""
    offered: tuple[str, ...]
    """What a "did you mean" offers."""
    status: Status
    danger: str
    place: Place
    country: str
    role: str
    locale: str
    numbers: tuple[str, ...]
    """Referrals whose number stands in the reply, in its order."""
    segments: int


class ConversationOut(msgspec.Struct, frozen=True):
    """One line of standard output."""

    id: str
    turns: tuple[TurnOut, ...]


class NobodyToAnswer(StartError):
    """The sender of a conversation has no address that can be answered."""


def talking_engine() -> Engine:
    """The engine with the content as it is on disk, and the encoder where it is installed. Raises ContentError."""
    encoder = read_encoder()
    return build_engine(read_library(ROOT, BEGIN.date()), _RememberingEncoder(encoder) if encoder else None)


class Talk:
    """One conversation, from its first message to its last, on a storage of its own."""

    def __init__(self, engine: Engine, asked: ConversationIn) -> None:
        self._engine = engine
        self._asked = asked
        self._now = BEGIN
        self._contacts = Identity(["throw-away"]).contacts
        self._turn: Turn | None = None
        chance = random.Random(0)  # noqa: S311 - fixed, so that the same lines give the same answers
        self._runner, _storage = throw_away_runner(
            engine, lambda: self._now, lambda: chance.getrandbits(RANDOM_BITS), self._remember
        )

    def turns(self) -> Iterator[TurnOut]:
        """What came of each message, in their order."""
        for number, said in enumerate(self._asked.messages, start=1):
            self._now += timedelta(seconds=said.after_s)
            inbound = read_inbound(_form(self._asked, said, number), self._contacts)
            if inbound is None:
                raise NobodyToAnswer(f"{self._asked.id}: nobody to answer: {self._asked.sender!r}")
            yield self._shown(inbound, self._runner.receive(inbound))

    def _remember(self, turn: Turn) -> None:
        self._turn = turn

    def _shown(self, inbound: Inbound, reply: str) -> TurnOut:
        turn = self._turn
        assert turn is not None  # noqa: S101 - no message comes twice, so each is decided
        conversation = turn.conversation
        state = (turn.say.state if turn.say else "") or conversation.position.state
        topic = state.partition(".")[0]
        content = self._engine.content(conversation.locale)
        understood = turn.understood
        amber = understood is not None and understood.danger == "amber"
        return TurnOut(
            reply=reply,
            state=state,
            topic=topic if topic in content.topics else None,
            command=self._command(inbound.text, state, understood),
            offered=conversation.position.candidates if state in OFFERING else (),
            status=conversation.handling.status,
            danger="red" if conversation.handling.danger else "amber" if amber else "none",
            place=conversation.told.place,
            country=conversation.told.country,
            role=conversation.told.role,
            locale=conversation.locale,
            numbers=_numbers(reply, content.numbers),
            segments=measure(reply).segments if reply else 0,
        )

    def _command(self, text: str, state: str, understood: Understanding | None) -> str | None:
        """The command of a message, when it led to this state, or to the question whether it was meant."""
        if self._turn is not None and any(isinstance(event, DecoyStarted) for event in self._turn.events):
            return "decoy"
        command = DIGITS.get(text.strip(), "")
        if understood is not None:
            command = understood.command or understood.free_command or command
        led = command in STAYING or state in (self._engine.rules.commands.get(command), ASKING.get(command))
        return command if led else None


def _form(asked: ConversationIn, said: MessageIn, number: int) -> dict[str, str]:
    """The fields in which the provider would deliver a message."""
    prefix = "whatsapp:" if asked.channel is Channel.WHATSAPP else ""
    types = {f"MediaContentType{place}": kind for place, kind in enumerate(said.media)}
    return {
        "MessageSid": f"SM{number}",
        "From": f"{prefix}{asked.sender}",
        "Body": said.text,
        "NumMedia": str(len(said.media)),
        **types,
    }


def _numbers(reply: str, numbers: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the referrals whose number (or address) stands in a reply, in the order of their first mention."""
    found = []
    for name, number in numbers.items():
        first = re.search(rf"(?<![\w+]){re.escape(number)}(?!\w)", reply)
        if first:
            found.append((first.start(), name))
    return tuple(name for _start, name in sorted(found))


class _RememberingEncoder(Encoder):
    """An encoder that reads the same text once: here the same lines come again and again."""

    def __init__(self, encoder: Encoder) -> None:
        self._known = cache(encoder.layers)

    def layers(self, texts: Sequence[str]) -> Array:
        return self._known(tuple(texts))
