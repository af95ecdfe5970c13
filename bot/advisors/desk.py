"""What advisors can do: the only way from a console to a conversation. No number, no address, no name passes here.

Every method may raise StorageUnavailable. Those that change something raise Refused when it may not be done, and take
the id of the act, so that a form that is sent twice acts once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from msgspec.structs import replace

from bot.dialogue.conversation import Agreement, Conversation, Status, Urgency
from bot.dialogue.events import Answers
from bot.dialogue.overrides import Overrides
from bot.handoff import acts as handoff
from bot.handoff.acts import Move, Reason, Refused
from bot.handoff.card import Card, card
from bot.handoff.check_in import MAX_ACTION, MOST_DAYS, CheckIn, end_of
from bot.handoff.clocks import local_times
from bot.handoff.counting import HOME
from bot.messaging.runner import Runner
from bot.ports.blocks import Block
from bot.ports.conversations import Act, Entry
from bot.ports.feed import Change
from bot.ports.outbox import Record
from bot.ports.storage import Storage


@dataclass(frozen=True, slots=True)
class Advisor:
    """Somebody who is logged in. languages: those they answer in."""

    id: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board. Minutes are since 1970 (UTC); pending: of the first message that is not answered yet.
    yours: it is this advisor's, or offered to them. typing: the id of the advisor who is typing to the person.
    spoken: this advisor speaks the language. covered: somebody present does."""

    contact: str
    status: Status
    urgency: Urgency
    language: str
    channel: str
    place: str
    holder: str
    offered: str
    typing: str
    waiting_minute: int
    heard_minute: int
    pending_minute: int
    observed: bool
    yours: bool
    spoken: bool
    covered: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One open conversation. local_times: the time of day where they told us they are, one or the earliest and the
    latest. sent: how each message stands, by the id in its Replied or Informed event. window_minutes: how long
    WhatsApp still takes an answer, None on SMS."""

    contact: str
    conversation: Conversation
    transcript: Sequence[Entry]
    card: Card
    local_times: tuple[str, ...]
    sent: Mapping[str, Record]
    window_minutes: int | None


class Desk:
    """The service for advisors. Holds no conversation; safe in several processes.

    zones: two letters of a country -> its time zones. is_neutral: may anybody read this text over their shoulder?
    """

    def __init__(
        self,
        runner: Runner,
        storage: Storage,
        zones: Mapping[str, tuple[tzinfo, ...]],
        now: Callable[[], datetime],
        is_neutral: Callable[[str], bool] = lambda _text: True,
    ) -> None:
        self._runner = runner
        self._storage = storage
        self._zones = zones
        self._now = now
        self._is_neutral = is_neutral

    # -- looking -----------------------------------------------------------------------------------------------------

    def board(self, advisor: Advisor) -> list[Row]:
        """Who waits, in the order in which they are to be helped, then what is held. Looking counts as being there.

        Among people of one urgency those come first whose language this advisor speaks, or nobody there does.
        """
        self._storage.presence.mark_present(advisor.id, advisor.languages)
        there = {language for languages in self._storage.presence.on_duty().values() for language in languages}
        waiting = [entry.contact for entry in self._storage.queue.waiting()]
        held = [entry.contact for entry in self._storage.queue.held()]
        found = self._storage.conversations.read([*waiting, *held])
        typing = self._storage.presence.typing(held)
        rows = [
            self._row(contact, found[contact], advisor, there, typing.get(contact, ""))
            for contact in [*waiting, *held]
            if contact in found
        ]
        return sorted(rows, key=_order)

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
            window = max(0, handoff.WINDOW_MINUTES - since)
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

    def code(self, advisor: Advisor, words: str) -> Answers | None:
        """The answers behind a case code that somebody said to her; it is used up. None: there is nothing behind it
        (any more). Raises TooManyTries."""
        return self._storage.case_codes.pop(words, advisor.id)

    def on_duty(self) -> frozenset[str]:
        """Who has a console open."""
        return frozenset(self._storage.presence.on_duty())

    def events(self, after: str = "") -> tuple[list[Change], str]:
        """What happened since the position `after`, and the position to ask with next time. "" begins now."""
        if not after:
            return [], self._storage.feed.position()
        found = self._storage.feed.since(after)
        return list(found.changes), found.position

    def heartbeat(self, advisor: Advisor, contacts: Sequence[str], typing: str = "") -> list[str]:
        """The console is alive; returns the conversations it has lost. typing: the one being typed in."""
        self._storage.presence.mark_present(advisor.id, advisor.languages)
        if typing:
            self._storage.presence.set_typing(typing, advisor.id)
        return [contact for contact in contacts if not self._storage.queue.renew_lease(contact, advisor.id)]

    # -- acting ------------------------------------------------------------------------------------------------------

    def claim(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Take somebody who waits, or what a colleague offers. Exactly one of several at once succeeds."""
        return self._act(contact, act, lambda conversation, minute: handoff.claim(conversation, advisor.id, minute))

    def reply(self, advisor: Advisor, contact: str, text: str, act: str, *, sure: bool = False) -> Conversation:
        """Write to the person. The first message takes the conversation. `sure`: see `handoff.reply`."""

        def decide(conversation: Conversation, minute: int) -> Move:
            clocks, neutral = self._clocks(conversation), self._is_neutral(text)
            return handoff.reply(conversation, advisor.id, text, minute, sure=sure, clocks=clocks, neutral=neutral)

        return self._act(contact, act, decide)

    def agree(self, advisor: Advisor, contact: str, agreement: Agreement, act: str) -> Conversation:
        """Record that the person said they may be written to later."""
        return self._act(
            contact, act, lambda conversation, minute: handoff.agree(conversation, advisor.id, agreement, minute)
        )

    def check_in(self, advisor: Advisor, contact: str, day: date | None, action: str) -> None:
        """Record a check-in the person agreed on: if nothing is heard by `day`, the advisors do `action`."""
        conversation = self._conversation(contact)
        handoff.check_holds(conversation, advisor.id)
        today = self._now().astimezone(HOME).date()
        possible = day is not None and today <= day <= today + timedelta(days=MOST_DAYS)
        if day is None or not possible or not action.strip() or len(action) > MAX_ACTION:
            raise Refused(Reason.CHECK_IN)
        minute = int(self._now().timestamp()) // 60
        due = end_of(day, self._zones.get(self.card(contact).country) or (HOME,))
        self._storage.check_ins.put(
            CheckIn(contact, due, action.strip(), advisor.id, minute, conversation.heard_minute)
        )
        if contact not in self._storage.conversations.read([contact]):  # erased in this very moment
            self._storage.check_ins.end(contact)

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

    def end_check_in(self, contact: str) -> bool:
        """It was acted on, or is not needed any more. False: somebody was faster."""
        return self._storage.check_ins.end(contact)

    def note(self, advisor: Advisor, contact: str, text: str, act: str) -> Conversation:
        """Keep words for colleagues; they never leave."""
        return self._act(contact, act, lambda conversation, _minute: handoff.note(conversation, advisor.id, text))

    def transfer(self, advisor: Advisor, contact: str, to: str, act: str) -> Conversation:
        """Offer it to a colleague. It stays here until they claim it, and comes back if they do not."""
        return self._act(contact, act, lambda conversation, _minute: handoff.offer(conversation, advisor.id, to))

    def assign(self, leader: Advisor, contact: str, to: str, act: str) -> Conversation:
        """Give it to an advisor whose console is open; whoever had it sees that at once."""
        if to not in self._storage.presence.on_duty():
            raise Refused(Reason.AWAY)
        return self._act(contact, act, lambda conversation, _minute: handoff.assign(conversation, leader.id, to))

    def overrides(self) -> Overrides:
        """The current overrides."""
        return self._storage.overrides.read()

    def set_overrides(self, overrides: Overrides) -> None:
        """Switch by hand, from the next message on."""
        self._storage.overrides.write(overrides)

    def counts(self, days: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Day -> what was counted on it, by "kind:name"."""
        return self._storage.counts.of(days)

    def decline(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Say no to an offer."""
        return self._act(contact, act, lambda conversation, _minute: handoff.decline(conversation, advisor.id))

    def hand_back(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Give it to the bot."""
        return self._act(contact, act, lambda conversation, minute: handoff.hand_back(conversation, advisor.id, minute))

    def close(self, advisor: Advisor, contact: str, act: str, outcome: str = "") -> Conversation:
        """End it. outcome: how, only to be counted."""
        return self._act(
            contact, act, lambda conversation, minute: handoff.close(conversation, advisor.id, minute, outcome)
        )

    def erase(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Remove everything about a person whose conversation this advisor has, at the person's wish."""

        def decide(conversation: Conversation, _minute: int) -> Move:
            handoff.check_holds(conversation, advisor.id)
            return handoff.erase(conversation)

        return self._act(contact, act, decide)

    def block(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """An abusive sender gets only the numbers for a day, and no advisor."""
        after = self._act(contact, act, lambda conversation, _minute: handoff.block(conversation, advisor.id))
        self._storage.blocks.add(contact, advisor.id)
        return after

    def blocks(self) -> list[Block]:
        """Who is blocked."""
        return self._storage.blocks.current()

    def unblock(self, id: str) -> bool:
        """End it before its day is over. False: it was over."""
        return self._storage.blocks.end(id)

    def _clocks(self, conversation: Conversation) -> list[int]:
        """The minute of the day where the person said they are, or the earliest and the latest; in the Netherlands
        where they said nothing."""
        times = local_times(conversation.told.country, self._now(), self._zones) if conversation.told.country else ()
        found = times or (f"{self._now().astimezone(HOME):%H:%M}",)
        return [int(time[:2]) * 60 + int(time[3:]) for time in found]

    def _act(self, contact: str, act: str, decide: Callable[[Conversation, int], Move]) -> Conversation:
        return self._runner.act(Act(f"act {act}", contact), decide)

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
