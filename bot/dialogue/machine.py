"""Flows as `transitions` machines: the checked table of where each choice leads. The only import of transitions.

As ADR 11 says: one machine per flow, built at start, no models inside, no automatic
transitions (they would let a word jump to any state), no callbacks (they would be logged with their arguments).
"""

import logging
from collections.abc import Iterable, Mapping

from transitions import Machine

from bot.dialogue.flow import HERE, Flow

logging.getLogger("transitions").setLevel(logging.WARNING)


class _Cursor:
    """The light object a machine moves."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Machines:
    """All flows as machines."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        flows = tuple(flows)
        self._machines: Mapping[str, Machine] = {flow.name: _machine(flow) for flow in flows}
        self.targets: Mapping[tuple[str, str], str] = {
            (state.name, choice.id): self.follow(state.name, choice.id)
            for flow in flows
            for state in flow.states.values()
            for choice in state.choices
        }
        """Where each choice of each state leads: what the machines say, asked once for all."""

    def follow(self, state: str, choice: str) -> str:
        """Where `choice` (an id from the flow itself, never a person's text) leads from `state`.

        Returns a fully qualified state name or BACK. Raises KeyError for a choice the flow does not have and
        transitions.MachineError for one this state does not have.
        """
        machine = self._machines[state.partition(".")[0]]
        cursor = _Cursor(state)
        machine.events[choice].trigger(cursor)
        return cursor.state


def _machine(flow: Flow) -> Machine:
    targets = {choice.next for state in flow.states.values() for choice in state.choices} - {HERE}
    return Machine(
        model=None,
        states=list(dict.fromkeys([*flow.states, *sorted(targets)])),
        initial=None,
        auto_transitions=False,
        queued=False,
        transitions=[
            {"trigger": choice.id, "source": state.name, "dest": "=" if choice.next == HERE else choice.next}
            for state in flow.states.values()
            for choice in state.choices
        ],
    )
