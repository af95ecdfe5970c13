"""flows/utterances/voices: lines by clearly different people, each with all that is known of it.

One file may hold many voices. What is known of lines stands above them: [[said]] tables, see flows/README.md.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from bot.content.tables.checking import checked
from bot.content.tables.schema import VoicesFile
from bot.content.tables.written import LinesFile, Spot

MIXED = "mixed"
"""The language of a line in several."""


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One thing people type, with what is known of it; "" where nothing is."""

    text: str
    language: str
    topics: tuple[str, ...] = ()
    """Any of these topics, or a command, or "none"."""
    danger: str = ""
    person: str = ""
    who: str = ""
    where: str = ""
    when: str = ""


def said_in(file: LinesFile, languages: Collection[str]) -> Iterator[tuple[SaidLine, Spot]]:
    """The lines of a file and where they stand. languages: those there are."""
    tables = checked(file.parsed(), VoicesFile, file.report)
    for number, table in enumerate(tables.said if tables else (), start=1):
        where = f"said {number}"
        if table.language not in (*languages, MIXED):
            file.report(f"{where}.language", f'"{table.language}" is no language with a vocabulary, nor "{MIXED}"')
        topics = tuple(dict.fromkeys(table.topics))
        known = [_known(each) for each in (table.danger, table.person, table.who, table.where, table.when)]
        for text, line in file.written(where, table):
            yield SaidLine(text, table.language, topics, *known), Spot(file, where, line)


def contrary(one: SaidLine, other: SaidLine) -> str:
    """The first question that the same line answers in two ways; "" when it does not."""
    if one.topics and other.topics and not set(one.topics) & set(other.topics):
        return "topics"
    for question in ("danger", "person", "who", "where", "when"):
        answers = getattr(one, question), getattr(other, question)
        if all(answers) and answers[0] != answers[1]:
            return question
    return ""


def _known(value: str | UnsetType) -> str:
    return "" if value is UNSET else str(value)
