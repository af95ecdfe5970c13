"""flows/utterances: what people type, to learn from. See flows/README.md for the format.

One file a topic; beside them files of another kind: commands in free words, lines that sound like something else,
messages by level of danger (indirect ones apart), by whether a person is wanted, and everyday messages by language.
"""

import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args

from bot.content.faults import ContentError, Fault
from bot.content.lines import located
from bot.content.tables.checking import Report, rows
from bot.content.tables.parsing import parsed
from bot.content.tables.schema import Command, Level, LinesTable, PersonAsked, TopicLines
from bot.dialogue.states import NEITHER, TOPICS
from bot.nlu.normalise import normalise

LEVELS: tuple[str, ...] = get_args(Level)
PERSON: tuple[str, ...] = get_args(PersonAsked)
TopicId = Literal[(*TOPICS, *NEITHER)]  # type: ignore[valid-type]
NO_COMMAND = "none"
CommandOrNone = Literal[Command, "none"]
MOST_VARIANTS = 8
"""A line with many alternatives counts as at most so many lines."""

_DANGER = "danger_levels.toml"
_INDIRECT = "danger_indirect.toml"
_PERSON = "person.toml"
_LANGUAGES = "languages.toml"
_COMMANDS = "commands.toml"
_HARD = "hard_lines.toml"
_GROUP = re.compile(r"(\([^()]*\|[^()]*\))")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing people type: what it stands for (a topic, a command, a level, …), in which language."""

    text: str
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class Utterances:
    """All lines, alternatives written out. languages: lines that stand for nothing but their language."""

    topics: tuple[Line, ...]
    commands: tuple[Line, ...]
    hard: tuple[Line, ...]
    """Of topics too, but easily taken for something else."""
    danger: tuple[Line, ...]
    indirect: tuple[Line, ...]
    """Of levels of danger too, without the words that name it."""
    person: tuple[Line, ...]
    languages: tuple[Line, ...]


def read_utterances(root: Path) -> Utterances:
    """Read the folder `root`. Raises ContentError naming every fault."""
    folder = _Folder(root)
    topics: list[Line] = []
    for path in sorted(root.glob("*.toml")):
        if path.name not in (_DANGER, _INDIRECT, _PERSON, _LANGUAGES, _COMMANDS, _HARD):
            topics += _topic(path.stem, *folder.parsed(path.name))
    commands = list(_labelled(CommandOrNone, *folder.parsed(_COMMANDS)))
    hard = list(_labelled(TopicId, *folder.parsed(_HARD)))
    danger = list(_labelled(Level, *folder.parsed(_DANGER)))
    indirect = list(_labelled(Level, *folder.parsed(_INDIRECT)))
    person = list(_labelled(PersonAsked, *folder.parsed(_PERSON)))
    languages = list(_languages(*folder.parsed(_LANGUAGES)))
    for lines in ([*topics, *commands, *hard], [*danger, *indirect], person):
        _check_doubles(folder, lines)
    if folder.faults:
        raise ContentError(located(folder.faults, root, "flows/utterances/"))
    return Utterances(*map(tuple, (topics, commands, hard, danger, indirect, person, languages)))


def variants(line: str) -> list[str]:
    """`line` with every (a|b) written out; of more than MOST_VARIANTS always the same ones."""
    parts = [part[1:-1].split("|") if _GROUP.fullmatch(part) else [part] for part in _GROUP.split(line)]
    every = ["".join(each) for each in itertools.product(*parts)]
    if len(every) <= MOST_VARIANTS:
        return every
    return Random(zlib.crc32(line.encode())).sample(every, MOST_VARIANTS)  # noqa: S311 - only has to be repeatable


class _Folder:
    """The files of flows/utterances, and what was found wrong with them."""

    def __init__(self, root: Path) -> None:
        self.faults: list[Fault] = []
        self._root = root

    def parsed(self, name: str) -> tuple[dict[str, Any], Report]:
        """The tables of a file, and what takes its faults."""
        report = partial(self.report, name)
        return parsed(self._root / name, report) or {}, report

    def report(self, name: str, where: str, message: str) -> None:
        self.faults.append(Fault(f"flows/utterances/{name}", where, message))


def _topic(name: str, data: dict[str, Any], report: Report) -> Iterator[Line]:
    topic = data.pop("topic", None)
    if topic != name or topic not in (*TOPICS, *NEITHER):
        report("topic", f'must be "{name}", as the file, and in the closed list')
        return
    table: dict[str, TopicLines] = rows(data, TopicLines, report)
    for language, lists in table.items():
        for line in _checked(language, (*lists.draft, *lists.checked), report):
            yield from (Line(text, topic, language) for text in variants(line))
        for line in lists.contrast:
            label, colon, text = (part.strip() for part in line.partition(":"))
            if not colon or label == topic or label not in (*TOPICS, *NEITHER, *get_args(Command)):
                report(f"{language}.contrast", f'"{line}" must begin with another topic and a colon')
            else:
                yield Line(text, label, language)


def _labelled(labels: Any, data: dict[str, Any], report: Report) -> Iterator[Line]:
    """A file of tables [label.language]."""
    table: dict[str, dict[str, LinesTable]] = rows(data, dict[str, LinesTable], report, labels)
    for label, languages in table.items():
        for language, lists in languages.items():
            for line in _checked(f"{label}.{language}", (*lists.draft, *lists.checked), report):
                yield from (Line(text, label, language) for text in variants(line))


def _languages(data: dict[str, Any], report: Report) -> Iterator[Line]:
    """Lines that stand for nothing but their language."""
    table: dict[str, LinesTable] = rows(data, LinesTable, report)
    for language, lists in table.items():
        for line in _checked(language, (*lists.draft, *lists.checked), report):
            yield from (Line(text, "", language) for text in variants(line))


def _checked(where: str, lines: Sequence[str], report: Report) -> Iterator[str]:
    """The lines of which something is left when case and signs are gone."""
    for line in lines:
        if normalise(line):
            yield line
        else:
            report(where, f'"{line}" has no word in it')


def _check_doubles(folder: _Folder, lines: Sequence[Line]) -> None:
    """A line that stands for two things teaches nothing."""
    owners: dict[str, str] = {}
    for line in lines:
        owner = owners.setdefault(normalise(line.text), line.label)
        if owner != line.label:
            folder.report(f"{line.label}.toml", line.language, f'"{line.text}" stands in {owner} too')
