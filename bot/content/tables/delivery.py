"""delivery_errors.toml -> problems by code."""

from collections.abc import Mapping
from typing import Any

from bot.content.braces import CODE, wrong
from bot.content.tables.checking import Report, rows
from bot.content.tables.schema import ProblemTable
from bot.handoff.delivery import OURS, Problem

NEEDED = (*OURS, "21610", "63016")
"""The rows nothing works without: ours, "wants no messages" and "outside WhatsApp's 24 hours"."""


def problems(data: Mapping[str, Any], report: Report) -> dict[str, Problem]:
    """The problems in `data`, a parsed file, by code.

    Every fault goes to `report` (place, what is wrong); after one, what is returned must not be used.
    """
    table: dict[str, ProblemTable] = rows(
        {name: row for name, row in data.items() if name != "note"},  # for translators, about all rows
        ProblemTable,
        report,
    )
    for code in data:
        if code != "note" and not (code.isascii() and code.isdigit()) and code not in OURS:
            report(code, f"is neither a code of Twilio nor one of {', '.join(OURS)}")
    for code, row in table.items():
        if fault := wrong(row.say, set(), CODE):
            report(code, fault)
    for missing in sorted(set(NEEDED) - set(data)):
        report(missing, "is missing")
    return {code: Problem(code, row.action, row.say) for code, row in table.items()}
