"""The flows under flows/ and flows/topics/ as values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from bot.content.tables.checking import Report, checked
from bot.content.tables.schema import ChoiceTable, FlowFile, StateTable, TopicFile
from bot.content.values import Shared
from bot.dialogue.conversation import Place
from bot.dialogue.flow import BACK, HERE, Choice, Flow, State


def read_flow(data: dict[str, Any], name: str, shared: Mapping[str, Shared], report: Report) -> Flow | None:
    """The flow in `data`, the parsed file `name`.toml of flows/; its choices still lead where the file says."""
    if "topic" in data:
        report("topic", "belongs in flows/topics/ only")
        data = {key: value for key, value in data.items() if key != "topic"}
    table = checked(data, FlowFile, report)
    if table is None or not _sound(table, name, report):
        return None
    return Flow(name=name, states=_states(table, name, shared, report), title=table.title, note=table.note)


def read_topic(data: dict[str, Any], name: str, shared: Mapping[str, Shared], report: Report) -> Flow | None:
    """As `read_flow`, for a file of flows/topics/."""
    table = checked(data, TopicFile, report)
    if table is None or not _sound(table, name, report):
        return None
    if table.topic != name:
        report("topic", f'must be "{name}", as the file')
    return Flow(
        name=name,
        states=_states(table, name, shared, report),
        topic=table.topic,
        priority=table.priority,
        title=table.title,
        general=table.general,
        for_work=table.for_work,
        note=table.note,
    )


def _sound(table: FlowFile | TopicFile, name: str, report: Report) -> bool:
    if table.flow != name:
        report("flow", f'is "{table.flow}", but the file is called {name}.toml')
    if not table.state:
        report("state", '"state" is missing: a flow has at least one')
    return bool(table.state)


def _states(table: FlowFile | TopicFile, flow: str, shared: Mapping[str, Shared], report: Report) -> dict[str, State]:
    states = {}
    for name, row in table.state.items():
        choices = [_choice(each) for each in row.choice] + (_place_choices(shared) if row.asks_place else [])
        ids = [choice.id for choice in choices]
        for double in sorted({each for each in ids if ids.count(each) > 1}):
            report(f"state.{name}", f'two choices have the id "{double}"')
        states[f"{flow}.{name}"] = _state(f"{flow}.{name}", row, choices)
    return states


def _state(name: str, row: StateTable, choices: list[Choice]) -> State:
    return State(
        name=name,
        say=row.say.strip("\n"),
        say_nl=row.say_nl.strip("\n"),
        say_abroad=row.say_abroad.strip("\n"),
        choices=tuple(choices),
        facts=tuple(row.facts),
        source=row.source,
        note=row.note,
        command=row.command,
        does=row.does,
        expects=row.expects,
        answers=tuple(row.answers),
        numbers=row.numbers == "first",
        offer=row.offer,
        offers=row.offers or row.offer,
        footer=row.footer,
        neutral=row.neutral,
        passing=row.passing,
        open=row.open,
        tells=row.tells,
    )


def _choice(row: ChoiceTable) -> Choice:
    return Choice(
        id=row.id,
        label=row.label,
        next=row.next,
        words=row.words,
        means=tuple(row.means),
        note=row.note,
        sets=_given(row.set),
        when={name: tuple(values) for name, values in _given(row.when).items()},
    )


def _given(table: msgspec.Struct) -> dict[str, Any]:
    """The fields that stand in the file."""
    found: dict[str, Any] = msgspec.to_builtins(table)
    return found


def _place_choices(shared: Mapping[str, Shared]) -> list[Choice]:
    """The choices `asks_place` adds. Their texts stand once, in shared.toml."""

    def choice(name: str, target: str, **more: Any) -> Choice:
        words = shared.get(f"{name}_words")
        return Choice(
            id=name,
            label=shared[name].say if name in shared else "",
            next=target,
            words=words.say if words else "",
            contexts=(f"shared.{name}", f"shared.{name}_words"),
            **more,
        )

    unknown: Mapping[str, tuple[object, ...]] = {"place": ("unknown",)}
    mentioned = {"place": ("unknown", "abroad"), "country_mentioned": (True,)}
    return [
        choice("place_country", HERE, sets={"place": "abroad", "country": "mentioned"}, when=mentioned),
        choice("place_nl", HERE, sets={"place": str(Place.NETHERLANDS)}, when=unknown),
        choice("place_abroad", HERE, sets={"place": "abroad"}, when=unknown),
        choice("place_which", "place.country", when={"place": ("abroad",), "country_known": (False,)}),
    ]


def with_targets(flow: Flow, flows: Mapping[str, Flow], report: Report) -> Flow:
    """`flow` with every `next` as "flow.state"; a target that does not exist is a fault."""
    states = {}
    for state in flow.states.values():
        choices = []
        for choice in state.choices:
            target = _target(flow, choice.next, flows)
            if target is None:
                report(f"{state.name} choice {choice.id}", f'next = "{choice.next}" does not exist')
            else:
                choices.append(replace(choice, next=target))
        states[state.name] = replace(state, choices=tuple(choices))
    return replace(flow, states=states)


def _target(flow: Flow, target: str, flows: Mapping[str, Flow]) -> str | None:
    if target in (HERE, BACK):
        return target
    if target in flows:
        return flows[target].entry
    name = f"{flow.name}{target}" if target.startswith(".") else target
    owner = flows.get(name.partition(".")[0])
    return name if owner is not None and name in owner.states else None
