"""Conversations in this process only: for the terminal and for fast tests. The same contract as Redis."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import Answers, AnyEvent, CodeBrought, CodeMade, ErasureRequested, Stopped
from bot.dialogue.overrides import Overrides
from bot.handoff.acts import Lease
from bot.handoff.check_in import CheckIn
from bot.handoff.counting import counted, day_of
from bot.messages import Outgoing
from bot.ports.everything import Act, Block, Cause, Change, Entry, Held, LeaseAlive, Opened, TooManyTries, Waiting
from bot.storage.keys import TRIES


class MemoryStorage:
    """`ports.everything.Storage` in dictionaries. Nothing expires by itself; not for more than one process.

    outbox: what is to be sent, oldest first, as (contact, message). leases, offers: contacts whose lease stands;
    a test takes one out to let it lapse.
    """

    def __init__(self) -> None:
        self.outbox: list[tuple[str, Outgoing]] = []
        self.addresses: dict[str, str] = {}
        self.leases: dict[str, str] = {}
        self.offers: set[str] = set()
        self._typing: dict[str, str] = {}
        self._looked: datetime | None = None
        self._erased: set[str] = set()
        self._erased_at: dict[str, int] = {}
        self.duty: dict[str, tuple[str, ...]] = {}
        self._conversations: dict[str, tuple[Conversation, int]] = {}
        self._transcripts: dict[str, list[Entry]] = {}
        self._replies: dict[str, dict[str, str]] = {}
        self._codes: dict[str, tuple[str, Answers]] = {}
        self._tries: Counter[str] = Counter()
        self._blocks: dict[str, Block] = {}
        self._check_ins: dict[str, CheckIn] = {}
        self._feed: list[Change] = []
        self._switched = Overrides()
        self._counts: dict[str, Counter[str]] = {}

    def open(self, cause: Cause) -> Opened:
        """See `Storage.open`."""
        contacts = (cause.contact, *cause.former)
        blocked = any(contact in self._blocks for contact in contacts)
        for contact in contacts:
            if contact in self._conversations or cause.message_id in self._replies.get(contact, {}):
                return replace(self._opened(contact, cause.message_id), overrides=self._switched, blocked=blocked)
        return replace(self._opened(cause.contact, cause.message_id), overrides=self._switched, blocked=blocked)

    def commit(
        self,
        cause: Cause,
        opened: Opened,
        conversation: Conversation,
        events: Sequence[AnyEvent],
        reply: str,
        outgoing: Sequence[Outgoing] = (),
        lease: Lease = Lease.KEEP,
    ) -> Opened | None:
        """See `Storage.commit`."""
        contact = opened.contact
        current = self._opened(contact, cause.message_id)
        if current.reply is not None or current.revision != opened.revision:
            return current
        lost, lapsed = lease is Lease.LOST, lease is Lease.LAPSED
        if (lost and contact in self.leases) or (lapsed and contact in self.offers):
            raise LeaseAlive
        brought = next((event.words for event in events if isinstance(event, CodeBrought)), "")
        if brought and self._codes.pop(brought, None) is None:
            return current
        minute = cause.minute if isinstance(cause, Act) else conversation.heard_minute
        self._counts.setdefault(day_of(minute), Counter()).update(
            counted(opened.conversation, conversation, events, minute)
        )
        kinds = {type(event) for event in events}
        erased = ErasureRequested in kinds
        if erased:
            self._erased.update(self._replies.get(contact, ()))
            self._check_ins.pop(contact, None)
            self._erased_at[contact] = minute
            for kept in (self._conversations, self._transcripts, self._replies):
                kept.pop(contact, None)
        else:
            self._conversations[contact] = (conversation, opened.revision + 1)
            self._transcripts.setdefault(contact, []).extend(Entry(minute, event) for event in events)
        self._replies.setdefault(contact, {})[cause.message_id] = reply
        made = next((event for event in events if isinstance(event, CodeMade)), None)
        if made or erased:
            self._codes = {words: each for words, each in self._codes.items() if each[0] != contact}
        if made:
            self._codes[made.words] = (contact, made.answers)
        if (
            opened.conversation.handling.status is Status.BOT
            and conversation.handling.status is Status.BOT
            and not outgoing
        ):
            return None
        self._advisors(cause, contact, Conversation() if erased else conversation, lease)
        if kinds & {ErasureRequested, Stopped}:
            self.outbox = [each for each in self.outbox if each[0] != contact]
            self.addresses.pop(contact, None)
        self.outbox += [(contact, each) for each in outgoing]
        what = tuple(type(event).__name__ for event in events)
        self._feed.append(Change(f"{len(self._feed) + 1}-0", contact, what))
        return None

    def _advisors(self, cause: Cause, contact: str, conversation: Conversation, lease: Lease) -> None:
        if cause.address and conversation.handling.status is not Status.BOT:
            self.addresses[contact] = cause.address
        if conversation.handling.status is Status.BOT:
            self.addresses.pop(contact, None)
        if conversation.handling.status is not Status.ADVISOR:
            self.leases.pop(contact, None)
            self.offers.discard(contact)
            return
        if lease in (Lease.TAKE, Lease.OFFER):
            self.leases[contact] = conversation.handling.advisor
        if lease is Lease.OFFER:
            self.offers.add(contact)

    def code(self, words: str, who: str, *, take: bool = False) -> Answers | None:
        """See `Storage.code`."""
        self._tries[who] += 1
        if self._tries[who] > TRIES:
            raise TooManyTries
        found = self._codes.pop(words, None) if take else self._codes.get(words)
        if found is None:
            return None
        self._tries[who] -= 1
        return found[1]

    def transcript(self, contact: str) -> list[AnyEvent]:
        """See `Storage.transcript`."""
        return [entry.event for entry in self.history(contact)]

    def history(self, contact: str) -> list[Entry]:
        """See `Storage.history`."""
        return list(self._transcripts.get(contact, ()))

    def conversations(self, contacts: Sequence[str]) -> dict[str, Conversation]:
        """See `Storage.conversations`."""
        return {contact: self._conversations[contact][0] for contact in contacts if contact in self._conversations}

    def block(self, contact: str, advisor: str) -> None:
        """See `Storage.block`."""
        self._blocks[contact] = Block(contact, contact, advisor, 0)

    def blocks(self) -> list[Block]:
        """See `Storage.blocks`."""
        return list(self._blocks.values())

    def unblock(self, id: str) -> bool:
        """See `Storage.unblock`."""
        return self._blocks.pop(id, None) is not None

    def check_ins(self) -> list[CheckIn]:
        """See `Storage.check_ins`."""
        return sorted(self._check_ins.values(), key=lambda each: (each.due_minute, each.contact))

    def keep_check_in(self, check_in: CheckIn) -> None:
        """See `Storage.keep_check_in`."""
        self._check_ins[check_in.contact] = check_in

    def end_check_in(self, contact: str) -> bool:
        """See `Storage.end_check_in`."""
        return self._check_ins.pop(contact, None) is not None

    def overrides(self) -> Overrides:
        """See `Storage.overrides`."""
        return self._switched

    def set_overrides(self, overrides: Overrides) -> None:
        """See `Storage.set_overrides`."""
        self._switched = overrides

    def counts(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """See `Storage.counts`."""
        return {day: dict(self._counts.get(day, {})) for day in days}

    def waiting(self) -> list[Waiting]:
        """See `Storage.waiting`."""
        entries = (
            Waiting(contact, conversation.handling.waiting_minute, conversation.handling.urgency)
            for contact, (conversation, _revision) in self._conversations.items()
            if conversation.handling.status is Status.WAITING
        )
        return sorted(entries, key=lambda entry: (entry.urgency, entry.minute, entry.contact))

    def held(self) -> list[Held]:
        """See `Storage.held`."""
        held = (
            contact
            for contact, (conversation, _revision) in self._conversations.items()
            if conversation.handling.status is Status.ADVISOR
        )
        return [Held(contact, contact in self.leases, contact in self.offers) for contact in sorted(held)]

    def renew(self, contact: str, advisor: str) -> bool:
        """See `Storage.renew`."""
        return self.leases.get(contact) == advisor

    def types(self, contact: str, advisor: str) -> None:
        """See `Storage.types`."""
        self._typing[contact] = advisor

    def typing(self, contacts: Sequence[str]) -> dict[str, str]:
        """See `Storage.typing`."""
        return {contact: self._typing[contact] for contact in contacts if contact in self._typing}

    def looked(self, at: datetime | None = None) -> datetime | None:
        """See `Storage.looked`."""
        self._looked = at or self._looked
        return self._looked

    def forgotten(self, cause: Cause, minute: int | None = None) -> bool:
        """See `Storage.forgotten`."""
        later = minute is not None and self._erased_at.get(cause.contact, -1) > minute
        return later or cause.message_id in self._erased

    def present(self, advisor: str, languages: Sequence[str]) -> None:
        """See `Storage.present`."""
        self.duty[advisor] = tuple(languages)

    def on_duty(self) -> dict[str, tuple[str, ...]]:
        """See `Storage.on_duty`."""
        return dict(self.duty)

    def feed(self, after: str, most: int = 500) -> list[Change]:
        """See `Storage.feed`."""
        start = int(after.partition("-")[0]) if after else len(self._feed)
        return self._feed[start : start + most]

    def tidy(self) -> None:
        """See `Storage.tidy`."""

    def newest(self) -> str:
        """See `Storage.newest`."""
        return f"{len(self._feed)}-0"

    def _opened(self, contact: str, message_id: str) -> Opened:
        conversation, revision = self._conversations.get(contact, (Conversation(), 0))
        return Opened(contact, conversation, revision, self._replies.get(contact, {}).get(message_id))
