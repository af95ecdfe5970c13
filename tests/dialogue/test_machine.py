"""Where each choice leads: the flow files, as machines."""

import logging
from collections.abc import Iterator

import pytest
from transitions import MachineError

from bot.content.library import Library
from bot.dialogue.flow import HERE, Choice, State
from bot.dialogue.machine import Machines


@pytest.fixture(scope="module")
def machines(library: Library) -> Machines:
    return Machines(library.content.flows.values())


def choices(library: Library) -> Iterator[tuple[State, Choice]]:
    for state in library.content.states.values():
        for choice in state.choices:
            yield state, choice


def test_every_choice_of_every_state_leads_where_its_file_says(library: Library, machines: Machines) -> None:
    for state, choice in choices(library):
        expected = state.name if choice.next == HERE else choice.next
        assert machines.follow(state.name, choice.id) == expected


def test_a_choice_of_another_state_of_the_flow_leads_nowhere(library: Library, machines: Machines) -> None:
    tried = 0
    for flow in library.content.flows.values():
        ids = {choice.id for state in flow.states.values() for choice in state.choices}
        for state in flow.states.values():
            for foreign in ids - {choice.id for choice in state.choices}:
                with pytest.raises(MachineError):
                    machines.follow(state.name, foreign)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    "word", ["to_menu.main", "to_decoy.on", "to", "initial", "trigger", "nothing", "1", "", "__class__"]
)
def test_a_word_that_is_no_choice_of_the_flow_leads_nowhere(machines: Machines, word: str) -> None:
    for state in ("menu.main", "start.opener", "handoff.waiting"):
        with pytest.raises(KeyError):
            machines.follow(state, word)


def test_a_flow_that_does_not_exist_is_refused(machines: Machines) -> None:
    with pytest.raises(KeyError):
        machines.follow("gone.state", "menu")


def test_the_machines_hold_nothing_of_anybody(library: Library, machines: Machines) -> None:
    for name, machine in machines._machines.items():
        triggers = {choice.id for state in library.content.flows[name].states.values() for choice in state.choices}
        assert set(machine.events) == triggers, "no automatic transitions"
        assert machine.models == []
        assert not machine.has_queue


def test_following_a_choice_logs_nothing(machines: Machines, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("transitions").setLevel(logging.WARNING)
        machines.follow("menu.main", "advisor")
    assert caplog.text == ""
