"""What the provider reports about sent messages, in any order and more than once."""

from collections.abc import Callable, Mapping

from bot.handoff.delivery import Action, DeliveryState, Problem, problem
from bot.ports.outbox import Outbox

SEND_AGAIN_SECONDS = 300
"""When a phone could not be reached, the message is sent once more after this. Longer would be better for the network,
but by then the message is too old to arrive at all (docs/adr/0005)."""


class Receipts:
    """Applies status callbacks to the outbox."""

    def __init__(self, outbox: Outbox, problems: Mapping[str, Problem], report: Callable[..., None]) -> None:
        self._outbox = outbox
        self._problems = problems
        self._report = report

    def reported(self, id: str, state: DeliveryState, code: str, provider_id: str) -> None:
        """Apply one status callback. Repeated, late and unknown ones change nothing. Raises StorageUnavailable."""
        if state is DeliveryState.FAILED:
            action = problem(code, self._problems).action
            may_repeat = action in (Action.ONCE_MORE, Action.RETRY) and self._is_first_attempt(id, provider_id)
            if may_repeat and self._outbox.send_again(id, code, SEND_AGAIN_SECONDS):
                self._report("send_again", cause=code)
                return
        outcome = self._outbox.report(id, state, code, provider_id)
        if outcome == "unknown":
            self._report("callback_unknown")
        if outcome == "contradiction":
            self._report("status_contradicted", cause=str(state))
        if outcome == "done" and state is DeliveryState.FAILED:
            self._report("send_failed", cause=code)

    def reported_unknown(self, id: str, said: str) -> None:
        """A status callback with a state we do not know: counted, and kept; the message stays as it is. said: the
        state, a plain word. Raises StorageUnavailable."""
        self._report("status_unknown", cause=said)
        self._outbox.keep_unknown(id, said)

    def _is_first_attempt(self, id: str, provider_id: str) -> bool:
        """A message is sent once more only, and only if the report is about the latest attempt."""
        known = self._outbox.records(self._outbox.contact_of(id)).get(id)
        return known is not None and known.attempts == 1 and known.provider_id in ("", provider_id)
