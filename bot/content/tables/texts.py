"""shared.toml and facts.toml as values."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.content.tables.checking import Report, checked, rows
from bot.content.tables.schema import CrisisFile, FactTable, SharedTable
from bot.content.values import Fact, Shared


def read_shared(data: Mapping[str, Any], needed: Iterable[str], report: Report) -> dict[str, Shared]:
    """The short texts in `data`, by id. needed: those that code says."""
    for missing in sorted(set(needed) - set(data)):
        report(missing, "is missing; the bot says it")
    found: dict[str, SharedTable] = rows(data, SharedTable, report)
    return {name: Shared(row.say.strip("\n"), tuple(row.facts), row.source, row.note) for name, row in found.items()}


def read_facts(data: Mapping[str, Any], report: Report) -> dict[str, Fact]:
    """The numbered facts in `data`."""
    found: dict[str, FactTable] = rows(data, FactTable, report)
    return {name: Fact(row.text, row.source, row.status) for name, row in found.items()}


def read_crisis(data: Mapping[str, Any], report: Report) -> bool:
    """Whether an advisor is asked for at once in a crisis."""
    table = checked(data, CrisisFile, report)
    return table is None or table.asks_advisor
