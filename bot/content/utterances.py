"""flows/utterances: what people type, by topic and by danger. See flows/README.md for the format."""

import itertools
import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.content.faults import ContentError, Fault
from bot.content.files import COMMANDS
from bot.dialogue.topics import NEITHER, TOPICS
from bot.nlu.normalise import normalise

LEVELS = ("red", "amber", "harmless")
MOST_VARIANTS = 8
"""A line with many alternatives counts as at most so many lines."""

_DANGER = "danger_levels.toml"
_GROUP = re.compile(r"(\([^()]*\|[^()]*\))")
_KINDS = ("draft", "checked", "contrast")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing people type: what it stands for (a topic, a command or a level of danger), in which language."""

    text: str
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class Utterances:
    """All lines, alternatives written out."""

    topics: tuple[Line, ...]
    danger: tuple[Line, ...]


def read_utterances(root: Path) -> Utterances:
    """Read the folder `root`. Raises ContentError naming every fault."""
    faults: list[Fault] = []
    topics: list[Line] = []
    for path in sorted(root.glob("*.toml")):
        if path.name != _DANGER:
            topics += _topic(path, _read(path, faults), faults)
    danger = list(_danger(root / _DANGER, _read(root / _DANGER, faults), faults))
    faults += _doubles(topics)
    if faults:
        raise ContentError(faults)
    return Utterances(tuple(topics), tuple(danger))


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
        if not isinstance(lists, dict) or set(lists) - set(_KINDS):
            faults.append(_fault(path, language, f"must be a table of {', '.join(_KINDS)}"))
            continue
        for line in _lines(path, language, lists, ("draft", "checked"), faults):
            yield from (Line(text, str(topic), language) for text in variants(line))
        for line in _lines(path, language, lists, ("contrast",), faults):
            label, colon, text = (part.strip() for part in line.partition(":"))
            if not colon or label == topic or label not in (*TOPICS, *NEITHER, *COMMANDS):
                faults.append(
                    _fault(path, f"{language}.contrast", f'"{line}" must begin with another topic and a colon')
                )
            else:
                yield Line(text, label, language)


def _danger(path: Path, data: Mapping[str, object], faults: list[Fault]) -> Iterator[Line]:
    for level, languages in data.items():
        if level not in LEVELS or not isinstance(languages, dict):
            faults.append(_fault(path, level, f"must be one of {', '.join(LEVELS)}"))
            continue
        for language, lists in languages.items():
            for line in _lines(path, f"{level}.{language}", lists, ("lines",), faults):
                yield from (Line(text, level, language) for text in variants(line))


def _lines(path: Path, where: str, lists: object, kinds: tuple[str, ...], faults: list[Fault]) -> Iterator[str]:
    for kind in kinds:
        lines = lists.get(kind, []) if isinstance(lists, dict) else None
        if not isinstance(lines, list) or not all(isinstance(line, str) and normalise(line) for line in lines):
            faults.append(_fault(path, f"{where}.{kind}", "must be a list of texts"))
        else:
            yield from lines


def _doubles(lines: list[Line]) -> Iterator[Fault]:
    """A line that stands for two things teaches nothing."""
    owners: dict[str, str] = {}
    for line in lines:
        owner = owners.setdefault(normalise(line.text), line.label)
        if owner != line.label:
            yield Fault(f"flows/utterances/{line.label}.toml", line.language, f'"{line.text}" stands in {owner} too')


def _read(path: Path, faults: list[Fault]) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(_fault(path, "", f"cannot be read: {error.__class__.__name__}"))
        return {}


def _fault(path: Path, where: str, message: str) -> Fault:
    return Fault(f"flows/utterances/{path.name}", where, message)
