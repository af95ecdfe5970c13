"""Tests that read like a conversation: say(), hears(), in_state(), caused()."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.dialogue.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.dialogue.events import AnyEvent
from bot.messages import Channel, Inbound, Kind
from bot.services.runner import Runner
from bot.services.spool import Spooled
from bot.storage.memory import MemoryStorage

CONTACT = "c" * 22


class ListSpool:
    """A spool that only remembers."""

    def __init__(self) -> None:
        self.kept: list[Spooled] = []

    def add(self, spooled: Spooled) -> None:
        self.kept.append(spooled)


class Reports(list[tuple[str, dict[str, object]]]):
    """What the runner reported."""

    def __call__(self, what: str, **fields: object) -> None:
        self.append((what, fields))

    def names(self) -> list[str]:
        return [what for what, _fields in self]


class DialogueTester:
    """One person's conversation."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine = engine
        self.now = now
        self.storage = MemoryStorage()
        self.spool = ListSpool()
        self.reports = Reports()
        self.runner = Runner(engine, self.storage, self.spool, lambda: self.now, self.reports)
        self.reply = ""
        self._numbers = itertools.count(1)

    def begin(self, conversation: Conversation) -> "DialogueTester":
        """Start from a given conversation."""
        inbound = self.message("")
        opened = self.storage.open(inbound)
        assert self.storage.commit(inbound, opened, conversation, (), "") is None
        return self

    def message(self, text: str, **fields: object) -> Inbound:
        kind = Kind.TEXT if text.strip() else Kind.EMPTY
        values = {"channel": Channel.SMS, "kind": kind, "text": text, "contact": CONTACT} | fields
        return Inbound(message_id=f"SM{next(self._numbers)}", **values)  # type: ignore[arg-type]

    def say(self, *texts: str, **fields: object) -> "DialogueTester":
        """The person writes; the last answer is in `reply`."""
        for text in texts:
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
        assert self.conversation.state == state
        return self

    @property
    def conversation(self) -> Conversation:
        return self.storage.open(Inbound(message_id="", contact=CONTACT, channel=Channel.SMS)).conversation

    @property
    def events(self) -> Sequence[AnyEvent]:
        return self.storage.transcript(CONTACT)

    def caused(self, *kinds: type) -> "DialogueTester":
        seen = {type(event) for event in self.events}
        assert set(kinds) <= seen, f"only {sorted(kind.__name__ for kind in seen)}"
        return self
