"""flows/delivery_errors.toml -> problems by code. Every fault is reported with its place."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.content.braces import CODE, wrong
from bot.handoff.delivery import OURS, Action, Problem

NEEDED = (*OURS, "21610", "63016")
"""The rows nothing works without: ours, "wants no messages" and "outside WhatsApp's 24 hours"."""

_FIELDS = {"action", "say", "note"}


def problems(data: Mapping[str, Any], report: Callable[[str, str], None]) -> dict[str, Problem]:
    """The problems in `data`, a parsed file, by code.

    Every fault goes to `report` (place, what is wrong); after one, what is returned must not be used.
    """
    found = {}
    for code, row in data.items():
        if code == "note":  # for translators, about all rows
            continue
        fault = _fault(code, row)
        if fault:
            report(code, fault)
        else:
            found[code] = Problem(code, Action(row["action"]), row["say"])
    for missing in sorted(set(NEEDED) - set(data)):
        report(missing, "is missing")
    return found


def _fault(code: str, row: object) -> str:
    """What is wrong with one row, "" when nothing is."""
    if not (code.isascii() and code.isdigit()) and code not in OURS:
        return f"is neither a code of Twilio nor one of {', '.join(OURS)}"
    if not isinstance(row, dict):
        return "must be a table"
    for name in row:
        if name not in _FIELDS:
            return f'"{name}" is not a known field'
    if row.get("action") not in tuple(Action):
        return f"action must be one of {', '.join(Action)}"
    if not isinstance(row.get("say"), str) or not row["say"].strip():
        return '"say" is missing'
    return wrong(row["say"], set(), CODE)
