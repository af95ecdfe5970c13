"""What is to be sent, in memory."""

from collections.abc import Mapping
from time import monotonic, sleep

from bot.handoff.delivery import CANCELLED, LOST_ANSWER, RANK, DeliveryState, is_contradicted
from bot.ports.feed import Change
from bot.ports.outbox import Attempt, Record, Unreported
from bot.storage.memory.messages import OutboxMessage
from bot.storage.memory.state import MemoryState

ORDER_SECONDS = 5.0
"""How long the next message waits for the one before it to be on its way."""

RECLAIM_SECONDS = 15.0
"""A worker that has not settled a message for so long is dead."""

ASK_SECONDS = 180.0
"""After how long without a final report the provider is asked."""


class MemoryOutbox:
    """`ports.outbox.Outbox` in memory."""

    def __init__(
        self,
        state: MemoryState,
        *,
        reclaim_seconds: float = RECLAIM_SECONDS,
        order_seconds: float = ORDER_SECONDS,
        ask_seconds: float = ASK_SECONDS,
    ) -> None:
        self._state = state
        self._reclaim_seconds = reclaim_seconds
        self._order_seconds = order_seconds
        self._ask_seconds = ask_seconds

    def take(self, worker: str, most: int, wait: float) -> list[Attempt]:
        """See `Outbox.take`."""
        end = monotonic() + wait
        while not (found := self._ready()) and monotonic() < end:
            sleep(0.005)
        return [self._begun(message, worker) for message in found[:most]]

    def _ready(self) -> list[OutboxMessage]:
        now, first = monotonic(), {}
        for message in self._state.messages:
            if message.is_queued and message.contact not in first:
                first[message.contact] = message
        return [
            message
            for message in first.values()
            if message.not_before <= now and (not message.worker or message.changed + self._reclaim_seconds <= now)
        ]

    def _begun(self, message: OutboxMessage, worker: str) -> Attempt:
        now, unconfirmed = monotonic(), message.state != DeliveryState.QUEUED
        age, tried = now - message.written, now - message.changed
        message.worker = worker
        if not unconfirmed:
            message.attempts, message.changed = message.attempts + 1, now
            message.state, tried = DeliveryState.SENDING, 0.0
        else:
            message.state = DeliveryState.UNSURE
        channel, address, our_number = self._state.addresses.get(message.contact, ("", "", ""))
        return Attempt(
            entry=worker,
            contact=message.contact,
            id=message.id,
            text=message.text,
            channel=channel,
            address=address,
            our_number=our_number,
            unconfirmed=unconfirmed,
            number=message.attempts,
            age=age,
            tried=tried,
        )

    def settle(
        self,
        attempt: Attempt,
        state: DeliveryState,
        code: str = "",
        *,
        provider_id: str = "",
        after: float = 0,
        maybe_duplicate: bool = False,
    ) -> None:
        """See `Outbox.settle`."""
        message = self._message(attempt.id)
        if message is None:
            return
        message.worker = ""
        message.provider_id = message.provider_id or provider_id
        message.maybe_duplicate |= maybe_duplicate
        waits = state in (DeliveryState.QUEUED, DeliveryState.UNSURE)
        open_still = RANK[message.state] < RANK[DeliveryState.ACCEPTED]
        if waits and open_still and not message.is_queued:  # it was taken back meanwhile, and nothing sends it any more
            code = CANCELLED if state is DeliveryState.QUEUED else LOST_ANSWER
            waits, state = False, DeliveryState.FAILED
        if waits and open_still:
            now = monotonic()
            message.changed = message.changed if state is DeliveryState.UNSURE else now
            message.state, message.code, message.not_before = state, code, now + after
            self._tell(message)
            return
        if not waits:
            self._move(message, state, code)
        message.is_queued = False
        following = self._first_of(message.contact)
        if following and message.state == DeliveryState.ACCEPTED:
            following.not_before = monotonic() + self._order_seconds
        parked = self._state.parked.pop(provider_id, None)
        if parked:
            self._reported(message, DeliveryState(parked[0]), parked[1])

    def report(self, id: str, state: DeliveryState, code: str, provider_id: str) -> str:
        """See `Outbox.report`."""
        message = self._message(id)
        if message is None:
            if provider_id:
                self._state.parked[provider_id] = (state, code)
            return "unknown"
        if state is DeliveryState.FAILED and message.provider_id not in ("", provider_id):
            return "old"
        message.provider_id = message.provider_id or provider_id
        return self._reported(message, state, code)

    def _reported(self, message: OutboxMessage, state: DeliveryState, code: str) -> str:
        if is_contradicted(message.state, message.code, state):
            return "contradiction"
        if not self._move(message, state, code):
            return "old"
        message.is_queued = message.is_queued and bool(message.worker)
        following = self._first_of(message.contact)
        if following and RANK[message.state] >= RANK[DeliveryState.SENT] and not following.attempts:
            following.not_before = 0.0
        return "done"

    def keep_unknown(self, id: str, said: str) -> None:
        """See `Outbox.keep_unknown`."""
        message = self._message(id)
        if message is not None:
            message.unknown = said

    def send_again(self, id: str, code: str, after: float) -> bool:
        """See `Outbox.send_again`."""
        message = self._message(id)
        if message is None or self._first_of(message.contact):
            return False
        if RANK[DeliveryState.ACCEPTED] <= RANK[message.state] <= RANK[DeliveryState.SENT]:
            now = monotonic()
            message.state, message.code, message.provider_id, message.changed = DeliveryState.QUEUED, code, "", now
            message.is_queued, message.not_before, message.ask_at = True, now + after, None
            self._tell(message)
        return True

    def contact_of(self, id: str) -> str:
        """See `Outbox.contact_of`."""
        message = self._message(id)
        return message.contact if message else ""

    def records(self, contact: str) -> Mapping[str, Record]:
        """See `Outbox.records`."""
        return {
            each.id: Record(each.state, each.code, each.attempts, each.maybe_duplicate, each.provider_id, each.unknown)
            for each in self._state.messages
            if each.contact == contact
        }

    def unreported(self, most: int) -> list[Unreported]:
        """See `Outbox.unreported`."""
        now = monotonic()
        due = [(each.ask_at, each) for each in self._state.messages if each.ask_at is not None and each.ask_at <= now]
        due.sort(key=lambda pair: pair[0])
        return [Unreported(each.id, each.state, each.provider_id, now - each.changed) for _at, each in due[:most]]

    def ask_later(self, id: str, after: float) -> None:
        """See `Outbox.ask_later`."""
        message = self._message(id)
        if message is not None and message.ask_at is not None:
            message.ask_at = monotonic() + after

    def ask_no_more(self, id: str) -> None:
        """See `Outbox.ask_no_more`."""
        message = self._message(id)
        if message is not None:
            message.ask_at = None

    def _move(self, message: OutboxMessage, state: DeliveryState, code: str) -> bool:
        if RANK[state] <= RANK[message.state]:
            return False
        message.state, message.code, message.changed = state, code, monotonic()
        waits = state in (DeliveryState.ACCEPTED, DeliveryState.SENT)
        message.ask_at = message.changed + self._ask_seconds if waits else None
        self._tell(message)
        return True

    def _tell(self, message: OutboxMessage) -> None:
        self._state.feed.append(Change(message.contact, ("Delivery",)))

    def _message(self, id: str) -> OutboxMessage | None:
        return next((each for each in self._state.messages if each.id == id), None)

    def _first_of(self, contact: str) -> OutboxMessage | None:
        return next((each for each in self._state.messages if each.contact == contact and each.is_queued), None)
