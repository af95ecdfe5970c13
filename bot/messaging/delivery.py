"""From the outbox to the phone: send, retry, and settle what does not arrive.

A message is in one of the states of `handoff.delivery`. Nothing is sent twice unless the provider's answer was lost and
the provider then shows no trace of the message; such a one is marked. Late is worse than never: LIFE_SECONDS after it
was written a message is given up, because the phone may be in other hands by then.
"""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from bot.handoff.delivery import CANCELLED, LOST_ANSWER, NO_ADDRESS, TOO_LATE, Action, DeliveryState, Problem, problem
from bot.messaging.receipts import SEND_AGAIN_SECONDS
from bot.ports.outbox import Attempt
from bot.ports.sender import AnswerLost, NotSent, Sender, SendFailed
from bot.ports.storage import Storage

LIFE_SECONDS = 600
MIN_LIFE_SECONDS = 60
"""With less left the network would drop it on the way, so it is not sent."""

LOOK_BACK_MINUTES = LIFE_SECONDS // 60 + 5
"""How far back the provider's list is searched for a message whose answer was lost."""

MAX_BACKOFF_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RetryTiming:
    """How long is waited, in seconds. Tests use shorter times."""

    unconfirmed: float = 20.0
    """For a callback that proves a message whose answer was lost."""
    backoff: float = 1.0
    """The first pause before a retry; it doubles."""


class Delivery:
    """Sends what the outbox holds. The worker calls `step` in a loop; several workers may run at once."""

    def __init__(
        self,
        storage: Storage,
        sender: Sender,
        problems: Mapping[str, Problem],
        report: Callable[..., None],
        *,
        timing: RetryTiming | None = None,
        threads: int = 8,
    ) -> None:
        self._outbox = storage.outbox
        self._conversations = storage.conversations
        self._sender = sender
        self._problems = problems
        self._report = report
        self._timing = timing or RetryTiming()
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "send")

    def step(self, worker: str, wait: float) -> int:
        """Send what may go now; returns how many messages that were, when all are settled."""
        attempts = self._outbox.take(worker, self._threads, wait)
        for done in [self._pool.submit(self.deliver, attempt) for attempt in attempts]:
            done.result()
        return len(attempts)

    def close(self) -> None:
        """Wait for what is being sent."""
        self._pool.shutdown()

    def deliver(self, attempt: Attempt) -> None:
        """Bring one message a step further."""
        channel = attempt.channel or self._channel_of(attempt.contact)
        if not attempt.text:
            self._fail(attempt, CANCELLED)
        elif not attempt.address or not channel:
            self._fail(attempt, NO_ADDRESS)
        elif attempt.unconfirmed:
            self._confirm(attempt, channel)
        elif attempt.age > LIFE_SECONDS - MIN_LIFE_SECONDS:
            self._fail(attempt, TOO_LATE)
        else:
            self._send(attempt, channel, maybe_duplicate=False)

    def _send(self, attempt: Attempt, channel: str, *, maybe_duplicate: bool) -> None:
        seconds_left = int(LIFE_SECONDS - attempt.age)
        try:
            provider_id = self._sender.send(
                channel, attempt.address, attempt.text, attempt.id, seconds_left, attempt.our_number
            )
        except NotSent:
            self._report("send_later")
            self._outbox.settle(attempt, DeliveryState.QUEUED, after=self._backoff(attempt.number))
        except AnswerLost:
            self._report("send_unsure")
            wait = self._timing.unconfirmed
            self._outbox.settle(attempt, DeliveryState.UNSURE, after=wait, maybe_duplicate=maybe_duplicate)
        except SendFailed as error:
            self._refused(attempt, channel, error.code, maybe_duplicate=maybe_duplicate)
        else:
            self._outbox.settle(
                attempt, DeliveryState.ACCEPTED, provider_id=provider_id, maybe_duplicate=maybe_duplicate
            )

    def _refused(self, attempt: Attempt, channel: str, code: str, *, maybe_duplicate: bool) -> None:
        action = problem(code, self._problems).action
        if action is Action.OUR_NUMBER and attempt.our_number:
            # It is not ours any more, or cannot send: better from another one of ours than not at all.
            self._report("send_alarm", cause=code)
            self._send(replace(attempt, our_number=""), channel, maybe_duplicate=maybe_duplicate)
        elif action is Action.RETRY:
            self._outbox.settle(attempt, DeliveryState.QUEUED, code, after=self._backoff(attempt.number))
        elif action is Action.ONCE_MORE and attempt.number == 1:
            self._outbox.settle(attempt, DeliveryState.QUEUED, code, after=SEND_AGAIN_SECONDS)
        else:
            self._fail(attempt, code)

    def _confirm(self, attempt: Attempt, channel: str) -> None:
        """The answer to an attempt was lost: wait for the callback that proves it, then search the provider's list for
        it, then send it once more."""
        if attempt.tried < self._timing.unconfirmed:
            self._outbox.settle(attempt, DeliveryState.UNSURE, after=self._timing.unconfirmed - attempt.tried)
            return
        records = self._outbox.records(attempt.contact).values()
        known = [record.provider_id for record in records if record.provider_id]
        try:
            found = self._sender.find(channel, attempt.address, attempt.text, known, LOOK_BACK_MINUTES)
            has_searched = True
        except NotSent:
            found, has_searched = None, False
        if found is not None:
            self._outbox.settle(attempt, DeliveryState.ACCEPTED, provider_id=found)
        elif attempt.age > LIFE_SECONDS - MIN_LIFE_SECONDS:
            self._fail(attempt, LOST_ANSWER)
        elif not has_searched:
            self._outbox.settle(attempt, DeliveryState.UNSURE, after=self._backoff(attempt.number))
        else:
            self._report("send_twice")
            self._send(attempt, channel, maybe_duplicate=True)

    def _channel_of(self, contact: str) -> str:
        """For an address that an earlier version kept without its channel."""
        found = self._conversations.read([contact]).get(contact)
        return found.handling.channel if found else ""

    def _fail(self, attempt: Attempt, code: str) -> None:
        is_alarming = problem(code, self._problems).action in (Action.ALARM, Action.OUR_NUMBER)
        self._report("send_alarm" if is_alarming else "send_failed", cause=code)
        self._outbox.settle(attempt, DeliveryState.FAILED, code)

    def _backoff(self, number: int) -> float:
        """Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter")."""
        longest = min(MAX_BACKOFF_SECONDS, self._timing.backoff * 2 ** min(number, 10))
        return random.uniform(0, longest)  # noqa: S311 - no secret
