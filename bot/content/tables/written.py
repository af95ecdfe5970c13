"""What a line of flows/utterances is, and what reading the files of it shares."""

import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bot.content.faults import Fault
from bot.content.tables.parsing import parsed
from bot.content.tables.schema import LinesTable
from bot.nlu.normalise import normalise

MOST_VARIANTS = 8
"""A line with many alternatives counts as at most so many lines."""

_GROUP = re.compile(r"(\([^()]*\|[^()]*\))")


@dataclass(frozen=True, slots=True)
class LinesFile:
    """A file of lines, and what takes its faults."""

    folder: Path
    name: str
    faults: list[Fault]

    def parsed(self) -> dict[str, Any]:
        """Its tables; none after a fault."""
        return parsed(self.folder / self.name, self.report) or {}

    def report(self, where: str, message: str) -> None:
        """Take a fault of a place."""
        self.report_line(where, "", message)

    def report_line(self, where: str, line: str, message: str) -> None:
        """Take a fault of one line at that place."""
        said = f'"{line}" {message}' if line else message
        self.faults.append(Fault(f"flows/utterances/{self.name}", where, said, quoted=line))

    def written(self, where: str, lists: LinesTable) -> Iterator[tuple[str, str]]:
        """(a line with its alternatives written out, the line as it stands) of the lists at that place."""
        for line in (*lists.draft, *lists.checked):
            if normalise(line):
                yield from ((text, line) for text in variants(line))
            else:
                self.report_line(where, line, "has no word in it")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line stands."""

    file: LinesFile
    where: str
    line: str

    def report(self, message: str) -> None:
        """Take a fault of the line."""
        self.file.report_line(self.where, self.line, message)


def variants(line: str) -> Sequence[str]:
    """`line` with every (a|b) written out; of more than MOST_VARIANTS always the same ones."""
    if "|" not in line:
        return (line,)
    parts = [part[1:-1].split("|") if _GROUP.fullmatch(part) else [part] for part in _GROUP.split(line)]
    every = ["".join(each) for each in itertools.product(*parts)]
    if len(every) <= MOST_VARIANTS:
        return every
    return Random(zlib.crc32(line.encode())).sample(every, MOST_VARIANTS)  # noqa: S311 - only has to be repeatable
