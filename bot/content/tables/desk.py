"""desk.toml -> what advisors have at hand."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.content.braces import wrong
from bot.content.tables.checking import Report, checked
from bot.content.tables.schema import DeskFile, SaidTable
from bot.handoff.desk_texts import DeskTexts, Prepared


def desk_texts(data: Mapping[str, Any], sayable: Collection[str], report: Report) -> DeskTexts:
    """The texts in `data`, a parsed file. sayable: numbers that may be said.

    Every fault goes to `report` (place, what is wrong); after one, what is returned must not be used.
    """
    table = checked(data, DeskFile, report)
    if table is None:
        return DeskTexts()
    for name in ("quick", "wrap_up", "announcement"):
        if not getattr(table, name):
            report(name, "must have at least one row")
    for name in ("organisations", "promises"):
        if any(word != word.lower() for word in getattr(table.look, name)):
            report(f"look.{name}", "must be a list of words in small letters")
    return DeskTexts(
        quick=_said(table.quick, "quick", sayable, report),
        wrap_up={name: Prepared(row.title) for name, row in table.wrap_up.items()},
        announcement=_said(table.announcement, "announcement", sayable, report),
        organisations=tuple(table.look.organisations),
        promises=tuple(table.look.promises),
    )


def _said(table: Mapping[str, SaidTable], kind: str, sayable: Collection[str], report: Report) -> dict[str, Prepared]:
    for name, row in table.items():
        if fault := wrong(row.say, sayable, ()):
            report(f"{kind}.{name}", fault)
    return {name: Prepared(row.title, row.say.strip("\n")) for name, row in table.items()}
