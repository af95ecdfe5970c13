"""flows/utterances: what people type, to learn from. See flows/README.md for the format.

One file a topic; beside them three files of another kind: messages by level of danger, by whether a person is wanted,
and everyday messages by language.
"""

import itertools
import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.content.faults import ContentError, Fault
from bot.content.files import COMMANDS
from bot.dialogue.states import NEITHER, TOPICS
from bot.nlu.normalise import normalise

LEVELS = ("red", "amber", "harmless")
PERSON = ("wants", "nocall", "no")
MOST_VARIANTS = 8
"""A line with many alternatives counts as at most so many lines."""

_DANGER = "danger_levels.toml"
_PERSON = "person.toml"
_LANGUAGES = "languages.toml"
_GROUP = re.compile(r"(\([^()]*\|[^()]*\))")
_MARKS = ("draft", "checked")
"""Whether somebody who knows the language has read the line."""


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
    danger: tuple[Line, ...]
    person: tuple[Line, ...]
    languages: tuple[Line, ...]


def read_utterances(root: Path) -> Utterances:
    """Read the folder `root`. Raises ContentError naming every fault."""
    faults: list[Fault] = []
    topics: list[Line] = []
    for path in sorted(root.glob("*.toml")):
        if path.name not in (_DANGER, _PERSON, _LANGUAGES):
            topics += _topic(path, _read(path, faults), faults)
    danger = list(_labelled(root / _DANGER, LEVELS, faults))
    person = list(_labelled(root / _PERSON, PERSON, faults))
    path = root / _LANGUAGES
    languages = [
        Line(text, "", language)
        for language, lists in _read(path, faults).items()
        for line in _lines(path, language, lists, _MARKS, faults)
        for text in variants(line)
    ]
    for lines in (topics, danger, person):
        faults += _doubles(root, lines)
    if faults:
        raise ContentError(faults)
    return Utterances(tuple(topics), tuple(danger), tuple(person), tuple(languages))


def variants(line: str) -> list[str]:
    """`line` with every (a|b) written out; of more than MOST_VARIANTS always the same ones."""
    parts = [part[1:-1].split("|") if _GROUP.fullmatch(part) else [part] for part in _GROUP.split(line)]
    every = ["".join(each) for each in itertools.product(*parts)]
    if len(every) <= MOST_VARIANTS:
        return every
    return Random(zlib.crc32(line.encode())).sample(every, MOST_VARIANTS)  # noqa: S311 - only has to be repeatable


def _topic(path: Path, data: Mapping[str, object], faults: list[Fault]) -> Iterator[Line]:
    topic = data.get("topic")
    if topic != path.stem or topic not in (*TOPICS, *NEITHER):
        faults.append(_fault(path, "topic", f'must be "{path.stem}", as the file, and in the closed list'))
        return
    for language, lists in data.items():
        if language == "topic":
            continue
        if not isinstance(lists, dict) or set(lists) - {*_MARKS, "contrast"}:
            faults.append(_fault(path, language, "must be a table of draft, checked and contrast"))
            continue
        for line in _lines(path, language, lists, _MARKS, faults):
            yield from (Line(text, str(topic), language) for text in variants(line))
        for line in _lines(path, language, lists, ("contrast",), faults):
            label, colon, text = (part.strip() for part in line.partition(":"))
            if not colon or label == topic or label not in (*TOPICS, *NEITHER, *COMMANDS):
                faults.append(
                    _fault(path, f"{language}.contrast", f'"{line}" must begin with another topic and a colon')
                )
            else:
                yield Line(text, label, language)


def _labelled(path: Path, labels: Sequence[str], faults: list[Fault]) -> Iterator[Line]:
    """A file of tables [label.language]."""
    for label, languages in _read(path, faults).items():
        if label not in labels or not isinstance(languages, dict):
            faults.append(_fault(path, label, f"must be one of {', '.join(labels)}"))
            continue
        for language, lists in languages.items():
            for line in _lines(path, f"{label}.{language}", lists, _MARKS, faults):
                yield from (Line(text, label, language) for text in variants(line))


def _lines(path: Path, where: str, lists: object, kinds: Sequence[str], faults: list[Fault]) -> Iterator[str]:
    for kind in kinds:
        lines = lists.get(kind, []) if isinstance(lists, dict) else None
        if not isinstance(lines, list) or not all(isinstance(line, str) and normalise(line) for line in lines):
            faults.append(_fault(path, f"{where}.{kind}", "must be a list of texts"))
        else:
            yield from lines


def _doubles(root: Path, lines: Sequence[Line]) -> Iterator[Fault]:
    """A line that stands for two things teaches nothing."""
    owners: dict[str, str] = {}
    for line in lines:
        owner = owners.setdefault(normalise(line.text), line.label)
        if owner != line.label:
            yield _fault(root / f"{line.label}.toml", line.language, f'"{line.text}" stands in {owner} too')


def _read(path: Path, faults: list[Fault]) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(_fault(path, "", f"cannot be read: {error.__class__.__name__}"))
        return {}


def _fault(path: Path, where: str, message: str) -> Fault:
    return Fault(f"flows/utterances/{path.name}", where, message)
