"""From the outbox to the phone: send, try again, and what is done about a message that does not arrive.

A message is in one of the states of `handoff.delivery`. Nothing is sent twice unless the provider's own answer was
lost and it then shows no trace of the message; such a one is marked. Late is worse than never: LIFE_SECONDS after it
was written a message is given up, because the phone may be in other hands by then.
"""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.handoff.delivery import CANCELLED, LOST_ANSWER, NO_ADDRESS, TOO_LATE, Action, Problem, State, problem
from bot.ports.outbox import Attempt, Outbox
from bot.ports.sender import AnswerLost, NotSent, Sender, SendFailed
from bot.ports.storage import Storage

Report = Callable[..., None]

LIFE_SECONDS = 600
LEAST_SECONDS = 60
"""With less left it is not worth sending: the network would drop it on the way."""

ONCE_MORE_SECONDS = 300
"""When a phone could not be reached it is tried once more. The research says ten minutes; by then the message is too
old to arrive at all (docs/adr/0005)."""

LOOK_BACK_MINUTES = 15

MOST_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Pace:
    """How long things are waited for, in seconds. Tests are in more of a hurry.

    unsure: for a callback that proves a message whose answer was lost. backoff: first wait of a doubling one.
    """

    unsure: float = 20.0
    backoff: float = 1.0


class Receipts:
    """What the provider reports afterwards, in any order and more than once."""

    def __init__(self, outbox: Outbox, problems: Mapping[str, Problem], report: Report) -> None:
        self._outbox = outbox
        self._problems = problems
        self._report = report

    def reported(self, id: str, state: State, code: str, provider_id: str) -> None:
        """A status callback. Repeated, late and unknown ones change nothing."""
        if state is State.FAILED:
            trouble = problem(code, self._problems)
            once_more = trouble.action in (Action.ONCE_MORE, Action.RETRY) and self._may_repeat(id, provider_id)
            if once_more and self._outbox.send_again(id, code, ONCE_MORE_SECONDS):
                self._report("send_again", cause=code)
                return
        outcome = self._outbox.report(id, state, code, provider_id)
        if outcome == "unknown":
            self._report("callback_unknown")
        if outcome == "done" and state is State.FAILED:
            self._report("send_failed", cause=code)

    def _may_repeat(self, id: str, provider_id: str) -> bool:
        """Once, and only if the report is about the latest attempt."""
        known = self._outbox.records(self._outbox.contact_of(id)).get(id)
        return known is not None and known.attempts == 1 and known.provider_id in ("", provider_id)


class Delivery:
    """Sends what the outbox holds. `step` is called in a loop by the worker; several workers may run at once."""

    def __init__(
        self,
        storage: Storage,
        sender: Sender,
        problems: Mapping[str, Problem],
        report: Report,
        *,
        pace: Pace | None = None,
        hands: int = 8,
    ) -> None:
        self._outbox = storage.outbox
        self._storage = storage
        self._sender = sender
        self._problems = problems
        self._report = report
        self._pace = pace or Pace()
        self._hands = hands
        self._pool = ThreadPoolExecutor(hands, "send")

    def step(self, worker: str, wait: float) -> int:
        """Send what may go now; returns how many were in hand. Returns when all are settled."""
        attempts = self._outbox.take(worker, self._hands, wait)
        for done in [self._pool.submit(self.deliver, attempt) for attempt in attempts]:
            done.result()
        return len(attempts)

    def close(self) -> None:
        """Wait for what is in hand."""
        self._pool.shutdown()

    def deliver(self, attempt: Attempt) -> None:
        """Bring one message a step further."""
        if not attempt.text:
            self._settle(attempt, State.FAILED, CANCELLED)
        elif not attempt.address or not self._channel(attempt):
            self._settle(attempt, State.FAILED, NO_ADDRESS)
        elif attempt.unconfirmed:
            self._unsure(attempt)
        elif attempt.age > LIFE_SECONDS - LEAST_SECONDS:
            self._settle(attempt, State.FAILED, TOO_LATE)
        else:
            self._send(attempt, maybe_duplicate=False)

    def _send(self, attempt: Attempt, *, maybe_duplicate: bool) -> None:
        left = int(LIFE_SECONDS - attempt.age)
        try:
            provider_id = self._sender.send(self._channel(attempt), attempt.address, attempt.text, attempt.id, left)
        except NotSent:
            self._report("send_later")
            self._settle(attempt, State.QUEUED, after=self._backoff(attempt.number))
        except AnswerLost:
            self._report("send_unsure")
            self._settle(attempt, State.UNSURE, after=self._pace.unsure, maybe_duplicate=maybe_duplicate)
        except SendFailed as error:
            self._refused(attempt, error.code)
        else:
            self._settle(attempt, State.ACCEPTED, provider_id=provider_id, maybe_duplicate=maybe_duplicate)

    def _refused(self, attempt: Attempt, code: str) -> None:
        action = problem(code, self._problems).action
        if action is Action.RETRY:
            self._settle(attempt, State.QUEUED, code, after=self._backoff(attempt.number))
        elif action is Action.ONCE_MORE and attempt.number == 1:
            self._settle(attempt, State.QUEUED, code, after=ONCE_MORE_SECONDS)
        else:
            self._settle(attempt, State.FAILED, code)

    def _unsure(self, attempt: Attempt) -> None:
        """An answer was lost. First wait for the callback that proves it, then look for it, then send it once more."""
        if attempt.tried < self._pace.unsure:
            self._settle(attempt, State.UNSURE, after=self._pace.unsure - attempt.tried)
            return
        records = self._outbox.records(attempt.contact).values()
        known = [record.provider_id for record in records if record.provider_id]
        try:
            found = self._sender.find(
                self._channel(attempt), attempt.address, attempt.text, known, LIFE_SECONDS // 60 + 5
            )
        except NotSent:
            found, asked = None, False
        else:
            asked = True
        if found is not None:
            self._settle(attempt, State.ACCEPTED, provider_id=found)
        elif attempt.age > LIFE_SECONDS - LEAST_SECONDS:
            self._settle(attempt, State.FAILED, LOST_ANSWER)
        elif not asked:
            self._settle(attempt, State.UNSURE, after=self._backoff(attempt.number))
        else:
            self._report("send_twice")
            self._send(attempt, maybe_duplicate=True)

    def _channel(self, attempt: Attempt) -> str:
        found = self._storage.conversations.read([attempt.contact]).get(attempt.contact)
        return found.handling.channel if found else ""

    def _settle(self, attempt: Attempt, state: State, code: str = "", **more: object) -> None:
        if state is State.FAILED:
            self._failed(code)
        self._outbox.settle(attempt, state, code, **more)  # type: ignore[arg-type]

    def _failed(self, code: str) -> None:
        action = problem(code, self._problems).action
        self._report("send_alarm" if action is Action.ALARM else "send_failed", cause=code)

    def _backoff(self, number: int) -> float:
        """Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter")."""
        most = min(MOST_WAIT_SECONDS, self._pace.backoff * 2 ** min(number, 10))
        return random.uniform(0, most)  # noqa: S311 - no secret
