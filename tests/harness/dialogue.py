"""Tests that read like a conversation: say(), hears(), in_state(), caused()."""

import dataclasses
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.dialogue.conversation import Conversation, Pace
from bot.dialogue.engine import Engine
from bot.dialogue.events import AnyEvent
from bot.dialogue.pace import CONTINUATION_SECONDS
from bot.messages import Channel, Inbound, Kind
from bot.messaging.runner import Runner
from bot.messaging.upkeep import Upkeep
from bot.nlu.understanding import Understander
from bot.ports.conversations import Committed, Decision
from bot.storage.memory.storage import MemoryStorage
from tests.harness.events import events_of
from tests.harness.fakes import ListSpool, Reports

CONTACT = "c" * 22


def with_understander(engine: Engine, understander: Understander) -> Engine:
    """The same engine with another reader of texts."""
    return Engine(dataclasses.replace(engine.rules, understander=understander))


class DialogueTester:
    """One person's conversation."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine = engine
        self.now = now
        self.storage = MemoryStorage()
        self.spool = ListSpool()
        self.reports = Reports()
        self.runner = Runner(engine, self.storage, self.spool, lambda: self.now, self.reports)
        self.desk = Desk(self.runner, self.storage, {}, lambda: self.now)
        self.alarms = 0
        self.upkeep = Upkeep(self.runner, self.storage, lambda: self.now, self._alarm, self.reports, minutes=5)
        self.reply = ""
        self.contact = CONTACT
        self._numbers = itertools.count(1)

    def _alarm(self) -> None:
        self.alarms += 1

    def begin(self, conversation: Conversation) -> "DialogueTester":
        """Start from a given conversation."""
        inbound = self.message("")
        opened = self.storage.conversations.open(inbound)
        assert isinstance(self.storage.conversations.commit(inbound, opened, Decision(conversation, (), "")), Committed)
        return self

    def message(self, text: str, **fields: object) -> Inbound:
        kind = Kind.TEXT if text.strip() else Kind.EMPTY
        values = {"channel": Channel.SMS, "kind": kind, "text": text, "contact": self.contact} | fields
        return Inbound(message_id=f"SM{self.contact[0]}{next(self._numbers)}", **values)  # type: ignore[arg-type]

    def say(self, *texts: str, seconds: float = CONTINUATION_SECONDS + 1, **fields: object) -> "DialogueTester":
        """The person writes, `seconds` after the message before; the last answer is in `reply`."""
        for text in texts:
            self.now += timedelta(seconds=seconds)
            self.reply = self.runner.receive(self.message(text, **fields))
        return self

    def wait(self, minutes: float) -> "DialogueTester":
        self.now += timedelta(minutes=minutes)
        return self

    def hears(self, *parts: str) -> "DialogueTester":
        for part in parts:
            assert part in self.reply, f"{part!r} is not in:\n{self.reply}"
        return self

    def hears_not(self, *parts: str) -> "DialogueTester":
        for part in parts:
            assert part not in self.reply, f"{part!r} is in:\n{self.reply}"
        return self

    def in_state(self, state: str) -> "DialogueTester":
        assert self.conversation.position.state == state
        return self

    def advisor(self, who: str, what: str) -> str:
        """An advisor does something ("claims", "writes hoi", "is gone", …); returns what is sent to the person."""
        verb, _space, words = what.partition(" ")
        before, act, her = len(self.storage.state.messages), f"act{next(self._numbers)}", Advisor(who)
        if verb == "claims":
            self.desk.claim(her, CONTACT, act)
        elif verb == "writes":
            self.desk.reply(her, CONTACT, words.removesuffix(" (sure)"), act, sure=words.endswith(" (sure)"))
        elif verb == "notes":
            self.desk.note(her, CONTACT, words, act)
        elif verb == "offers":
            self.desk.transfer(her, CONTACT, words.removeprefix("to "), act)
        elif verb == "declines":
            self.desk.decline(her, CONTACT, act)
        elif verb == "hands":
            self.desk.hand_back(her, CONTACT, act)
        elif verb == "closes":
            self.desk.close(her, CONTACT, act)
        elif verb == "is":
            self.storage.state.leases.pop(CONTACT, None)
            self.upkeep.step()
        else:
            raise ValueError(what)
        return "\n".join(sent.text for sent in self.storage.state.messages[before:])

    @property
    def conversation(self) -> Conversation:
        """As it stands now, without how much was written recently: only tests of floods ask for that."""
        asked = Inbound(message_id="", contact=self.contact, channel=Channel.SMS)
        return replace(self.storage.conversations.open(asked).conversation, pace=Pace())

    @property
    def events(self) -> Sequence[AnyEvent]:
        return events_of(self.storage, self.contact)

    def caused(self, *kinds: type) -> "DialogueTester":
        seen = {type(event) for event in self.events}
        assert set(kinds) <= seen, f"only {sorted(kind.__name__ for kind in seen)}"
        return self
