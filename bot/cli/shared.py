"""What several commands need."""

import argparse
import sys
from collections.abc import Iterator
from typing import TypeAlias, TypeVar

import msgspec

from bot.assembly import ROOT, utc_now
from bot.content.library import Library, read_library
from bot.errors import StartError

T = TypeVar("T")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a family adds its commands."""


class BadLine(StartError):
    """A line of standard input that cannot be used; says which, and why."""


def asked(kind: type[T]) -> Iterator[T]:
    """Standard input: one JSON object a line; empty lines are passed over. Raises BadLine."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=kind)
            except msgspec.MsgspecError as error:
                raise BadLine(f"line {number}: {error}") from None


def read_content() -> Library:
    """All content as it is on disk. Raises ContentError."""
    return read_library(ROOT, utc_now().date())
