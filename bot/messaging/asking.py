"""Asks the provider what became of messages it said nothing final about: a status callback that is lost, because this
host or the storage was away, is not sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.handoff.delivery import UNREPORTED, DeliveryState
from bot.messaging.every import Every
from bot.messaging.receipts import Receipts
from bot.ports.outbox import Outbox, Unreported
from bot.ports.sender import NotSent

EVERY = timedelta(seconds=30)
MOST = 50
"""Messages that are asked about in one round."""

LEAST_PAUSE_SECONDS = 60.0
"""Between two questions about one message; the pause grows with its age."""

GIVE_UP_SECONDS = 24 * 3600
"""A message cannot be under way for so long; some networks never report that one arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says of a message."""

    state: DeliveryState | None
    """None: one we do not know."""
    code: str
    """Why it failed; "" when it did not."""
    unknown: str = ""
    """The provider's word for a state we do not know."""


class ProviderStates(Protocol):
    """What the provider knows about messages we sent."""

    def state_of(self, provider_id: str) -> Answer | None:
        """How this message stands; None when the provider knows nothing of it. Raises NotSent: it cannot be asked."""
        ...


class Asking:
    """Called in a loop by the worker. Several workers may do it at once: what is known already changes nothing."""

    def __init__(
        self,
        outbox: Outbox,
        provider: ProviderStates,
        receipts: Receipts,
        now: Callable[[], datetime],
        report: Callable[..., None],
    ) -> None:
        self._outbox = outbox
        self._provider = provider
        self._receipts = receipts
        self._report = report
        self._every = Every(EVERY, now)

    def step(self) -> int:
        """Ask about what is due; returns about how many messages. Raises StorageUnavailable."""
        if not self._every.is_due():
            return 0
        asked = 0
        for message in self._outbox.unreported(MOST):
            if message.state not in (DeliveryState.ACCEPTED, DeliveryState.SENT):
                self._outbox.ask_no_more(message.id)  # erased, expired, or settled
                continue
            # First, so that a message nobody can ask about does not hold up the others in the next round.
            self._outbox.ask_later(message.id, max(message.age, LEAST_PAUSE_SECONDS))
            try:
                answer = self._provider.state_of(message.provider_id) if message.provider_id else None
            except NotSent as error:
                self._report("not_asked", cause=str(error))
                if message.age > GIVE_UP_SECONDS:
                    self._give_up(message)
                    continue
                break
            asked += 1
            self._apply(message, answer)
        return asked

    def _apply(self, message: Unreported, answer: Answer | None) -> None:
        state = answer.state if answer is not None else None
        if answer is not None and state is not None and state != message.state:
            self._report("status_asked", cause=str(state))
            self._receipts.reported(message.id, state, answer.code, message.provider_id)
            return
        if answer is not None and state is None:
            self._receipts.reported_unknown(message.id, answer.unknown)
        if answer is None or message.age > GIVE_UP_SECONDS:
            self._give_up(message)

    def _give_up(self, message: Unreported) -> None:
        """One that was sent stays so: that is all that is known."""
        if message.state == DeliveryState.SENT:
            self._outbox.ask_no_more(message.id)
        else:
            self._receipts.reported(message.id, DeliveryState.FAILED, UNREPORTED, message.provider_id)
