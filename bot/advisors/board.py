"""What advisors see: who waits, what is held, and one conversation. No number, no address, no name passes here.

Every method may raise StorageUnavailable.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Status, Urgency
from bot.dialogue.overrides import Overrides
from bot.handoff.acts import WINDOW_MINUTES
from bot.handoff.card import Card, card
from bot.handoff.check_in import CheckIn
from bot.handoff.clocks import local_times
from bot.handoff.refusals import Reason, Refused
from bot.ports.blocks import Block
from bot.ports.conversations import Entry
from bot.ports.feed import Change
from bot.ports.outbox import Record
from bot.ports.storage import Storage

SHOWN = 100
"""So many of those who wait have a row. What a board costs must not grow with the number of people: the process that
makes it answers messages too."""

OPENED = 1000
"""So many are looked at to choose those, the most urgent first, then who waits longest: their languages are sealed."""


@dataclass(frozen=True, slots=True)
class Advisor:
    """Somebody who is logged in."""

    id: str
    languages: tuple[str, ...] = ()
    """Those they answer in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board, as one advisor sees it. Minutes are since 1970 (UTC)."""

    contact: str
    status: Status
    urgency: Urgency
    language: str
    """The one the person writes."""

    channel: str
    place: str
    holder: str
    """Id of the advisor who has it; "" while it waits."""

    offered: str
    """Id of the colleague it is offered to."""

    typing: str
    """Id of the advisor who is typing to the person."""

    waiting_minute: int
    heard_minute: int
    pending_minute: int
    """Of the first message that is not answered yet; 0 where none is."""

    observed: bool
    yours: bool
    """This advisor has it, or it is offered to them."""

    spoken: bool
    """This advisor answers in the language."""

    covered: bool
    """Somebody who is on duty does."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The board, as one advisor sees it."""

    rows: Sequence[Row]
    """Who waits, in the order in which they are to be helped, SHOWN at the most; then all that are held."""

    unseen: int
    """How many wait further back, without a row."""

    unseen_in_danger: int
    """How many of those are in danger."""

    @property
    def waiting(self) -> int:
        """How many wait, with a row or without."""
        return sum(row.status is Status.WAITING for row in self.rows) + self.unseen


@dataclass(frozen=True, slots=True)
class Page:
    """One open conversation."""

    contact: str
    conversation: Conversation
    transcript: Sequence[Entry]
    card: Card
    local_times: tuple[str, ...]
    """The time of day where the person said they are: one, or the earliest and the latest."""

    sent: Mapping[str, Record]
    """How far each message has come, by the id in its Replied or Informed event."""

    window_minutes: int | None
    """How long WhatsApp still takes an answer; None on SMS."""


class Board:
    """Reads conversations for advisors. `zones`: ISO 3166 code of a country -> its time zones."""

    def __init__(self, storage: Storage, zones: Mapping[str, tuple[tzinfo, ...]], now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._zones = zones
        self._now = now

    def board(self, advisor: Advisor) -> Overview:
        """Who waits and what is held. Looking counts as being there.

        Among people of one urgency those come first whose language this advisor speaks, or nobody there does.
        """
        self._storage.presence.mark_present(advisor.id, advisor.languages)
        there, queue = self._languages_there(), self._storage.queue.waiting()
        held = [entry.contact for entry in self._storage.queue.held()]
        opened = dict.fromkeys([*(entry.contact for entry in queue[:OPENED]), *held])
        found = self._storage.conversations.read(list(opened))
        typing = self._storage.presence.typing(held)
        rows = sorted(
            (
                self._row(contact, found[contact], advisor, there, typing.get(contact, ""))
                for contact in opened
                if contact in found
            ),
            key=_order,
        )
        waiting = [row for row in rows if row.status is Status.WAITING]
        unseen = [row.urgency for row in waiting[SHOWN:]] + [entry.urgency for entry in queue[OPENED:]]
        return Overview(
            rows=[*waiting[:SHOWN], *rows[len(waiting) :]],
            unseen=len(unseen),
            unseen_in_danger=sum(urgency <= Urgency.DANGER for urgency in unseen),
        )

    def row(self, advisor: Advisor, contact: str) -> Row | None:
        """The row of somebody who waits, wherever they stand in the queue; None for anybody else."""
        found = self._storage.conversations.read([contact]).get(contact)
        if found is None or found.handling.status is not Status.WAITING:
            return None
        return self._row(contact, found, advisor, self._languages_there(), "")

    def open(self, advisor: Advisor, contact: str) -> Page:
        """Everything of a conversation this advisor has, or is offered. Others have no business in it."""
        conversation = self._conversation(contact)
        if advisor.id not in (conversation.handling.advisor, conversation.handling.offered):
            raise Refused(Reason.NOT_YOURS, holder=conversation.handling.advisor)
        transcript = self._storage.conversations.transcript(contact)
        shown = card(conversation, [entry.event for entry in transcript])
        window = None
        if conversation.handling.channel == "whatsapp":
            since = int(self._now().timestamp()) // 60 - conversation.heard_minute
            window = max(0, WINDOW_MINUTES - since)
        return Page(
            contact=contact,
            conversation=conversation,
            transcript=transcript,
            card=shown,
            local_times=local_times(shown.country, self._now(), self._zones) if shown.country else (),
            sent=self._storage.outbox.records(contact),
            window_minutes=window,
        )

    def card(self, contact: str) -> Card:
        """The card of somebody who waits, to choose by; none of their words."""
        transcript = self._storage.conversations.transcript(contact)
        return card(self._conversation(contact), [entry.event for entry in transcript])

    def on_duty(self) -> frozenset[str]:
        """Who has a console open."""
        return frozenset(self._storage.presence.on_duty())

    def events(self, after: str = "") -> tuple[list[Change], str]:
        """What happened since the position `after`, and the position to ask with next time. "" begins now."""
        if not after:
            return [], self._storage.feed.position()
        found = self._storage.feed.since(after)
        return list(found.changes), found.position

    def check_ins(self) -> list[CheckIn]:
        """All that were agreed, the earliest first, with the last message we know of."""
        kept = self._storage.check_ins.agreed()
        found = self._storage.conversations.read([each.contact for each in kept])
        return [
            replace(each, heard_minute=max(each.heard_minute, found[each.contact].heard_minute))
            if each.contact in found
            else each
            for each in kept
        ]

    def overrides(self) -> Overrides:
        """The current overrides."""
        return self._storage.overrides.read()

    def counts(self, days: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Day -> what was counted on it, by "kind:name"."""
        return self._storage.counts.of(days)

    def blocks(self) -> list[Block]:
        """Who is blocked."""
        return self._storage.blocks.current()

    def _languages_there(self) -> set[str]:
        """What advisors who are there answer in."""
        return {language for languages in self._storage.presence.on_duty().values() for language in languages}

    def _conversation(self, contact: str) -> Conversation:
        found = self._storage.conversations.read([contact]).get(contact)
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return found

    @staticmethod
    def _row(contact: str, conversation: Conversation, advisor: Advisor, there: set[str], typing: str) -> Row:
        language = conversation.heard_language
        return Row(
            contact=contact,
            status=conversation.handling.status,
            urgency=conversation.handling.urgency,
            language=language,
            channel=conversation.handling.channel,
            place=conversation.told.place,
            holder=conversation.handling.advisor,
            offered=conversation.handling.offered,
            typing=typing,
            waiting_minute=conversation.handling.waiting_minute,
            heard_minute=conversation.heard_minute,
            pending_minute=conversation.handling.pending_minute,
            observed=conversation.privacy.observed,
            yours=advisor.id in (conversation.handling.advisor, conversation.handling.offered),
            spoken=language in advisor.languages,
            covered=language in there,
        )


def _order(row: Row) -> tuple[object, ...]:
    """Waiting before held; urgency; a language the advisor speaks, or that nobody present speaks; who waits longest."""
    for_her = row.spoken or not row.covered
    return (row.status is not Status.WAITING, row.urgency, not for_her, row.waiting_minute, row.contact)
