"""The line of a fault. The parsers keep none, so it is found again in the text, by the place a fault names."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.content.faults import Fault

_HEADER = re.compile(r"\[{1,2}([^\[\]]+)\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""([\w-]+|"[^"]*"|'[^']*')\s*=""")
_ID = re.compile(r"""id\s*=\s*["']([^"']*)["']""")
_TOLD = re.compile(r"\bline (\d+)")
_CONTEXTS = ("shared", "delivery")
"""What the context of a translation has before the name of a table."""


def located(faults: Iterable[Fault], root: Path, prefix: str = "") -> list[Fault]:
    """`faults` with the lines that can be found. root: the folder whose files are called `prefix` and their name."""
    texts: dict[str, str] = {}
    found = []
    for fault in faults:
        if fault.file not in texts:
            texts[fault.file] = _text(root / fault.file.removeprefix(prefix))
        found.append(fault if fault.line else _at_line(fault, _line(fault, texts[fault.file])))
    return found


def _at_line(fault: Fault, line: int) -> Fault:
    """The same fault with its line, which is then said once."""
    where = "" if fault.where == f"line {line}" else fault.where
    return replace(fault, line=line, where=where, message=fault.message.replace(f"at line {line}, column", "at column"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _line(fault: Fault, text: str) -> int:
    """The line in `text` of what a fault is about, or of the nearest table around it; 0 when there is none."""
    told = _TOLD.search(fault.where) or _TOLD.search(fault.message)
    if told:
        return int(told[1])
    if fault.file.endswith(".po"):
        return _line_of_context(text, fault.where)
    line = line_of(text, fault.where, Path(fault.file).stem)
    return _line_quoted(text, fault.quoted, line) if fault.quoted else line


def _line_quoted(text: str, quoted: str, first: int) -> int:
    """The line, from `first` on, on which this text stands in quotes; `first` where there is none."""
    lines = enumerate(text.splitlines()[max(first - 1, 0) :], start=max(first, 1))
    written = json.dumps(quoted, ensure_ascii=False)
    return next((number for number, line in lines if written in line), first)


def _line_of_context(text: str, context: str) -> int:
    at = text.find(f'msgctxt "{context}"') if context else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def line_of(text: str, where: str, flow: str) -> int:
    """The line in a TOML file of the place `where`, such as "state.main.choice trip" or "menu.main choice trip".

    flow: what the states of this file are called by, before the point.
    """
    places = _places(text)
    words = [word for word in re.split(r"[. ]", re.sub(r" \(\S+\)$", "", where)) if word not in ("", "choice")]
    if words and words[0] in _CONTEXTS and words[0] not in {place[0] for place in places}:
        words = words[1:]
    for known in (words, ["state", *words[1:]] if words[:1] == [flow] else words):
        for size in range(len(known), 0, -1):
            if tuple(known[:size]) in places and known[:size] != ["state"]:
                return places[tuple(known[:size])]
    return 0


def _places(text: str) -> dict[tuple[str, ...], int]:
    """Where each table, key and choice (by its id; other tables one under another by their number) stands first."""
    found: dict[tuple[str, ...], int] = {}
    count: Counter[tuple[str, ...]] = Counter()
    table: tuple[str, ...] = ()
    quoted = ""  # the quotes that end the text we are in
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted:
            quoted = "" if quoted in line else quoted
            continue
        stripped = line.strip()
        if match := _HEADER.match(stripped):
            table = _path(match[1])
            if not stripped.startswith("[["):
                for size in range(1, len(table) + 1):
                    found.setdefault(table[:size], number)
            elif table[-1:] and not match[1].endswith("choice"):
                count[table] += 1
                table = (*table, str(count[table]))
                found[table] = number
        elif match := _KEY.match(stripped):
            if known := _ID.match(stripped):
                table = (*table, known[1])
                found.setdefault(table, number)
            found.setdefault((*table, match[1].strip("\"'")), number)
        for quotes in ('"""', "'''"):
            if line.count(quotes) % 2:
                quoted = quotes
    return found


def _path(header: str) -> tuple[str, ...]:
    parts = (part.strip().strip("\"'") for part in header.split("."))
    return tuple(part for part in parts if part != "choice")
