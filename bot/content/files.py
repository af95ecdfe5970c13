"""Every file under flows/ -> `Content`. Every fault is collected; nothing is guessed or repaired."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, get_args

from bot.content.braces import wrong
from bot.content.faults import ContentError, Fault
from bot.content.lines import located
from bot.content.tables.checking import Report
from bot.content.tables.delivery import problems
from bot.content.tables.desk import desk_texts
from bot.content.tables.flows import read_flow, read_topic, with_targets
from bot.content.tables.hours import hours
from bot.content.tables.numbers import read_local_numbers, read_referrals
from bot.content.tables.parsing import parsed
from bot.content.tables.schema import Command, Priority
from bot.content.tables.texts import read_crisis, read_facts, read_shared
from bot.content.tables.vocabulary import (
    read_asked,
    read_countries,
    read_remarks,
    read_vocabulary,
    read_whereabouts,
    read_words,
)
from bot.content.values import Content, Shared, SpokenRemarks, Vocabulary
from bot.content.zones import zones_by_country
from bot.dialogue.flow import Flow, State
from bot.dialogue.states import SharedText, StateName
from bot.nlu.asked import Questions

COMMANDS: tuple[str, ...] = get_args(Command)
"""The closed list of commands. `back` has no state of its own."""

PRIORITIES: tuple[str, ...] = get_args(Priority)

SAID = ("shared.toml", "delivery_errors.toml", "desk.toml")
"""Files beside the flows whose texts are translated."""

DATA = (
    "facts.toml",
    "referrals.toml",
    "neutral.toml",
    "countries.toml",
    "whereabouts.toml",
    "hours.toml",
    "code_words.toml",
    "crisis.toml",
)
"""Files beside the flows that hold no text to translate."""


def read(root: Path, today: date) -> Content:
    """Read every file under `root` (the flows folder).

    Raises ContentError naming every fault in every file. `today` decides which verified numbers are still fresh.
    """
    folder = _Folder(root)
    content = _content(folder, today)
    if folder.faults:
        raise ContentError(located(folder.faults, root, "flows/"))
    return content


class _Folder:
    """The files of flows/, and what was found wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []

    def parsed(self, name: str) -> dict[str, Any] | None:
        """The tables of one file; None after a report."""
        return parsed(self.root / name, self.report(name))

    def named(self, pattern: str) -> list[str]:
        """The files that match, each by its name within the folder."""
        return sorted(str(path.relative_to(self.root)) for path in self.root.glob(pattern))

    def report(self, name: str) -> Report:
        """Takes the faults of one file."""
        return partial(self._report, f"flows/{name}" if name else "flows")

    def _report(self, file: str, where: str, message: str) -> None:
        self.faults.append(Fault(file, where, message))


def _content(folder: _Folder, today: date) -> Content:
    def table(name: str) -> tuple[dict[str, Any], Report]:
        return folder.parsed(name) or {}, folder.report(name)

    rows = folder.parsed("shared.toml")
    shared = {} if rows is None else read_shared(rows, frozenset(SharedText), folder.report("shared.toml"))
    flows, files = _flows(folder, shared)
    referrals = read_referrals(*table("referrals.toml"))
    sayable = {name for name, referral in referrals.items() if referral.sayable}
    states = {name: state for flow in flows.values() for name, state in flow.states.items()}
    check_needed(states, _report_by_flow(folder))
    _check_braces(folder, flows, files, shared, sayable)
    vocabularies = _vocabularies(folder)
    return Content(
        flows=flows,
        files=files,
        shared=shared,
        facts=read_facts(*table("facts.toml")),
        referrals=referrals,
        local_numbers=read_local_numbers(
            folder.root / "emergency_numbers.csv", today, folder.report("emergency_numbers.csv")
        ),
        vocabularies=vocabularies,
        countries=read_countries(*table("countries.toml")),
        whereabouts=read_whereabouts(*table("whereabouts.toml")),
        neutral=read_words(*table("neutral.toml")),
        code_words=read_words(*table("code_words.toml")),
        hours=hours((hours_table := table("hours.toml"))[0], vocabularies, hours_table[1]),
        delivery=problems(*table("delivery_errors.toml")),
        zones=zones_by_country(),
        desk=desk_texts((desk_table := table("desk.toml"))[0], sayable, desk_table[1]),
        remarks=_remarks(folder),
        asked=_asked(folder, states),
        crisis_asks=read_crisis(*table("crisis.toml")),
    )


def _flows(folder: _Folder, shared: Mapping[str, Shared]) -> tuple[dict[str, Flow], dict[str, str]]:
    """Every flow by name, and the file each stands in."""
    flows: dict[str, Flow] = {}
    files: dict[str, str] = {}
    for name in sorted([*folder.named("*.toml"), *folder.named("topics/*.toml")]):
        data = None if name in (*SAID, *DATA) else folder.parsed(name)
        if data is None:
            continue
        reading = read_topic if name.startswith("topics/") else read_flow
        flow = reading(data, Path(name).stem, shared, folder.report(name))
        if flow is None:
            continue
        if flow.name in flows:
            folder.report(name)("", f'the flow "{flow.name}" stands in {files[flow.name]} too')
        flows[flow.name], files[flow.name] = flow, f"flows/{name}"
    reports = {name: folder.report(file.removeprefix("flows/")) for name, file in files.items()}
    return {name: with_targets(flow, flows, reports[name]) for name, flow in flows.items()}, files


def _vocabularies(folder: _Folder) -> dict[str, Vocabulary]:
    found = {}
    for name in folder.named("vocabulary/*.toml"):
        data = folder.parsed(name)
        words = None if data is None else read_vocabulary(data, Path(name).stem, folder.report(name))
        if words is not None:
            found[words.language] = words
    return found


def _remarks(folder: _Folder) -> dict[str, SpokenRemarks]:
    found = {}
    for name in folder.named("remarks/*.toml"):
        data = folder.parsed(name)
        remarks = None if data is None else read_remarks(data, Path(name).stem, folder.report(name))
        if remarks is not None:
            found[Path(name).stem] = remarks
    return found


def _asked(folder: _Folder, states: Collection[str]) -> dict[str, Questions]:
    found = {}
    for name in folder.named("asked/*.toml"):
        data = folder.parsed(name)
        if data is not None:
            found[Path(name).stem] = read_asked(data, Path(name).stem, states, folder.report(name))
    return found


def _report_by_flow(folder: _Folder) -> Report:
    """Takes faults of states, each for the file its flow stands in; none for what stands in a file that cannot be read
    (which file a command's state stands in is not known)."""
    unread = {fault.file for fault in folder.faults if not fault.where}

    def report(where: str, message: str) -> None:
        flow = where.partition(".")[0]
        standing = (name for name in (f"{flow}.toml", f"topics/{flow}.toml") if (folder.root / name).exists())
        file = f"flows/{next(standing, '')}".rstrip("/")
        if file not in unread and not (file == "flows" and unread):
            folder.faults.append(Fault(file, where, message))

    return report


def check_needed(states: Mapping[str, State], report: Report) -> None:
    """What the engine cannot do without: the states it goes to, and one state for every command."""
    for name in StateName:
        if name not in states:
            report(name, "is missing; the engine needs it")
    for command in COMMANDS:
        owners = [name for name, state in states.items() if state.command == command]
        if not owners and command != "back":
            report(f"command {command}", "must belong to one state, and no state has it")
        for owner in owners if len(owners) > 1 else ():
            report(owner, f'command = "{command}" must belong to one state, not {len(owners)}')


def _check_braces(
    folder: _Folder,
    flows: Mapping[str, Flow],
    files: Mapping[str, str],
    shared: Mapping[str, Shared],
    sayable: set[str],
) -> None:
    """A name in braces that nothing fills would be a broken answer."""
    texts = [("flows/shared.toml", name, text.say) for name, text in shared.items()]
    for flow in flows.values():
        for name, state in flow.states.items():
            texts += [(files[flow.name], name, text) for text in (state.say, state.say_nl, state.say_abroad)]
            texts += [(files[flow.name], f"{name} choice {each.id}", each.label) for each in state.choices]
    for file, where, text in texts:
        if problem := wrong(text, sayable):
            folder.faults.append(Fault(file, where, problem))
