"""Conversations in dictionaries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import CodeBrought, CodeMade, ErasureRequested, Stopped
from bot.handoff.counting import counted, day_of
from bot.handoff.delivery import CANCELLED, LOST_ANSWER, DeliveryState
from bot.handoff.moves import Lease
from bot.messages import Inbound
from bot.ports.conversations import Act, Cause, Committed, Decision, Entry, LeaseAlive, Opened
from bot.ports.feed import Change
from bot.storage.memory.messages import OutboxMessage
from bot.storage.memory.state import MemoryState


class MemoryConversations:
    """`ports.conversations.Conversations` in memory; not for more than one process."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def open(self, cause: Cause) -> Opened:
        """See `Conversations.open`."""
        state, contacts = self._state, (cause.contact, *cause.former)
        blocked = any(contact in state.blocks for contact in contacts)
        known = (each for each in contacts if each in state.conversations or self._reply(each, cause) is not None)
        opened = self._opened(next(known, cause.contact), cause)
        return replace(opened, overrides=state.overrides, blocked=blocked)

    def commit(self, cause: Cause, opened: Opened, decision: Decision) -> Committed | Opened:
        """See `Conversations.commit`."""
        conversation, events, reply = decision.conversation, decision.events, decision.reply
        outgoing, lease = decision.outgoing, decision.lease
        state, contact = self._state, opened.contact
        current = self._opened(contact, cause)
        if current.reply is not None or current.revision != opened.revision:
            return current
        lost, lapsed = lease is Lease.LOST, lease is Lease.LAPSED
        if (lost and contact in state.leases) or (lapsed and contact in state.offers):
            raise LeaseAlive
        brought = next((event.words for event in events if isinstance(event, CodeBrought)), "")
        if brought and state.case_codes.pop(brought, None) is None:
            return current
        minute = cause.minute if isinstance(cause, Act) else conversation.heard_minute
        state.counts.setdefault(day_of(minute), Counter()).update(
            counted(opened.conversation, conversation, events, minute)
        )
        kinds = {type(event) for event in events}
        erased = ErasureRequested in kinds
        if erased:
            self._erase(contact, decision.at or minute * 60_000)
        else:
            state.conversations[contact] = (conversation, opened.revision + 1)
            state.transcripts.setdefault(contact, []).extend(Entry(minute, event) for event in events)
        state.replies.setdefault(contact, {})[cause.message_id] = reply
        made = next((event for event in events if isinstance(event, CodeMade)), None)
        if made or erased:
            state.case_codes = {words: each for words, each in state.case_codes.items() if each[0] != contact}
        if made:
            state.case_codes[made.words] = (contact, made.answers)
        before = opened.conversation
        hides = conversation.privacy.observed and not before.privacy.observed
        bots = before.handling.status is Status.BOT and conversation.handling.status is Status.BOT
        if bots and not outgoing and not hides:
            return Committed(decision)
        self._hand_over(cause, contact, Conversation() if erased else conversation, lease)
        if kinds & {ErasureRequested, Stopped}:
            state.messages = [each for each in state.messages if each.contact != contact]
            state.addresses.pop(contact, None)
        if hides:
            self._take_back(contact)
        now = monotonic()
        state.messages += [OutboxMessage(contact, each.id, each.text, now, now) for each in outgoing]
        what = tuple(type(event).__name__ for event in events)
        state.feed.append(Change("" if erased else contact, what))
        return Committed(decision)

    def confirm(self, contact: str) -> None:
        """See `Conversations.confirm`. There is nowhere else."""

    def read(self, contacts: Sequence[str]) -> dict[str, Conversation]:
        """See `Conversations.read`."""
        stored = self._state.conversations
        return {contact: stored[contact][0] for contact in contacts if contact in stored}

    def transcript(self, contact: str) -> list[Entry]:
        """See `Conversations.transcript`."""
        return list(self._state.transcripts.get(contact, ()))

    def was_erased(self, cause: Cause, at: int) -> bool:
        """See `Conversations.was_erased`."""
        return self._state.erased_at.get(cause.contact, -1) > at or cause.message_id in self._state.erased

    def _erase(self, contact: str, at: int) -> None:
        state = self._state
        state.erased.update(state.replies.get(contact, ()))
        state.check_ins.pop(contact, None)
        state.erased_at[contact] = at
        state.feed = [Change("", each.what) if each.contact == contact else each for each in state.feed]
        state.conversations.pop(contact, None)
        state.transcripts.pop(contact, None)
        state.replies.pop(contact, None)

    def _take_back(self, contact: str) -> None:
        for message in self._state.messages:
            if message.contact != contact:
                continue
            if message.state in (DeliveryState.QUEUED, DeliveryState.UNSURE):
                message.code = CANCELLED if message.state == DeliveryState.QUEUED else LOST_ANSWER
                message.state = DeliveryState.FAILED
            message.is_queued, message.text = False, ""  # without its text it cannot be sent again

    def _hand_over(self, cause: Cause, contact: str, conversation: Conversation, lease: Lease) -> None:
        state = self._state
        if isinstance(cause, Inbound) and cause.address and conversation.handling.status is not Status.BOT:
            state.addresses[contact] = (cause.channel, cause.address, cause.our_number)
        if conversation.handling.status is Status.BOT:
            state.addresses.pop(contact, None)
        if conversation.handling.status is not Status.ADVISOR:
            state.leases.pop(contact, None)
            state.offers.discard(contact)
            return
        if lease in (Lease.TAKE, Lease.OFFER):
            state.leases[contact] = conversation.handling.advisor
        if lease is Lease.OFFER:
            state.offers.add(contact)

    def _opened(self, contact: str, cause: Cause) -> Opened:
        conversation, revision = self._state.conversations.get(contact, (Conversation(), 0))
        return Opened(contact, conversation, revision, self._reply(contact, cause))

    def _reply(self, contact: str, cause: Cause) -> str | None:
        return self._state.replies.get(contact, {}).get(cause.message_id)
