"""flows/utterances: what people type, to learn from. See flows/README.md for the format.

One file a topic; beside them files of another kind: commands in free words, lines that sound like something else,
messages by level of danger (indirect ones apart), by whether a person is wanted, and everyday messages by language.
In voices/: lines with all that is known of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bot.content.faults import ContentError, Fault
from bot.content.lines import located
from bot.content.tables.checking import rows
from bot.content.tables.schema import Command, Level, LinesTable, PersonAsked, TopicLines
from bot.content.tables.voices import SaidLine, contrary, said_in
from bot.content.tables.written import LinesFile, Spot
from bot.dialogue.states import NEITHER, TOPICS
from bot.nlu.normalise import normalise

LEVELS: tuple[str, ...] = get_args(Level)
PERSON: tuple[str, ...] = get_args(PersonAsked)
TopicId = Literal[(*TOPICS, *NEITHER)]  # type: ignore[valid-type]
NO_COMMAND = "none"
CommandOrNone = Literal[Command, "none"]

_DANGER = "danger_levels.toml"
_INDIRECT = "danger_indirect.toml"
_PERSON = "person.toml"
_LANGUAGES = "languages.toml"
_COMMANDS = "commands.toml"
_HARD = "hard_lines.toml"
_VOICES = "voices"


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
    said: tuple[SaidLine, ...] = ()
    """Those of voices/."""


Found = Iterator[tuple[Line, Spot]]


def read_utterances(root: Path) -> Utterances:
    """Read the folder `root`. Raises ContentError naming every fault."""
    faults: list[Fault] = []

    def file(name: str) -> LinesFile:
        return LinesFile(root, name, faults)

    topics: list[tuple[Line, Spot]] = []
    for path in sorted(root.glob("*.toml")):
        if path.name not in (_DANGER, _INDIRECT, _PERSON, _LANGUAGES, _COMMANDS, _HARD):
            topics += _topic(path.stem, file(path.name))
    commands = list(_labelled(CommandOrNone, file(_COMMANDS)))
    hard = list(_labelled(TopicId, file(_HARD)))
    danger = list(_labelled(Level, file(_DANGER)))
    indirect = list(_labelled(Level, file(_INDIRECT)))
    person = list(_labelled(PersonAsked, file(_PERSON)))
    languages = list(_languages(file(_LANGUAGES)))
    known = {path.stem for path in (root.parent / "vocabulary").glob("*.toml")}
    said: list[tuple[SaidLine, Spot]] = []
    for path in sorted((root / _VOICES).glob("*.toml")):
        said += said_in(file(f"{_VOICES}/{path.name}"), known)
    seen: dict[str, list[SaidLine]] = {}
    for question, lines in {
        "topics": [*topics, *commands, *hard],
        "danger": [*danger, *indirect],
        "person": person,
    }.items():
        _check_doubles(lines)
        for line, _place in lines:
            seen.setdefault(normalise(line.text), []).append(_as_said(line, question))
    _check_said(said, seen)
    if faults:
        raise ContentError(located(faults, root, "flows/utterances/"))
    return Utterances(
        _lines(topics), _lines(commands), _lines(hard), _lines(danger), _lines(indirect), _lines(person),
        _lines(languages), tuple(line for line, _place in said),
    )  # fmt: skip


def _lines(found: Sequence[tuple[Line, Spot]]) -> tuple[Line, ...]:
    return tuple(line for line, _place in found)


def _topic(name: str, file: LinesFile) -> Found:
    data = file.parsed()
    topic = data.pop("topic", None)
    if topic != name or topic not in (*TOPICS, *NEITHER):
        file.report("topic", f'must be "{name}", as the file, and in the closed list')
        return
    table: dict[str, TopicLines] = rows(data, TopicLines, file.report)
    for language, lists in table.items():
        for text, written in file.written(language, lists):
            yield Line(text, topic, language), Spot(file, language, written)
        for line in lists.contrast:
            label, colon, text = (part.strip() for part in line.partition(":"))
            if not colon or label == topic or label not in (*TOPICS, *NEITHER, *get_args(Command)):
                file.report_line(f"{language}.contrast", line, "must begin with another topic and a colon")
            else:
                yield Line(text, label, language), Spot(file, f"{language}.contrast", line)


def _labelled(labels: Any, file: LinesFile) -> Found:
    """A file of tables [label.language]."""
    table: dict[str, dict[str, LinesTable]] = rows(file.parsed(), dict[str, LinesTable], file.report, labels)
    for label, languages in table.items():
        for language, lists in languages.items():
            where = f"{label}.{language}"
            for text, written in file.written(where, lists):
                yield Line(text, label, language), Spot(file, where, written)


def _languages(file: LinesFile) -> Found:
    """Lines that stand for nothing but their language."""
    table: dict[str, LinesTable] = rows(file.parsed(), LinesTable, file.report)
    for language, lists in table.items():
        for text, written in file.written(language, lists):
            yield Line(text, "", language), Spot(file, language, written)


def _check_doubles(lines: Sequence[tuple[Line, Spot]]) -> None:
    """A line that stands for two things teaches nothing."""
    owners: dict[str, str] = {}
    for line, place in lines:
        owner = owners.setdefault(normalise(line.text), line.label)
        if owner != line.label:
            place.report(f"stands in {owner} too")


def _as_said(line: Line, question: str) -> SaidLine:
    label = (line.label,) if question == "topics" else line.label
    return SaidLine(line.text, line.language, **{question: label})  # type: ignore[arg-type]


def _check_said(lines: Sequence[tuple[SaidLine, Spot]], seen: dict[str, list[SaidLine]]) -> None:
    """The same of what is known of a line in voices/, there and elsewhere. seen: the lines elsewhere, by spelling."""
    for line, place in lines:
        others = seen.setdefault(normalise(line.text), [])
        question = next((found for each in others if (found := contrary(line, each))), "")
        if question:
            place.report(f"stands elsewhere with other {question}")
        others.append(line)
