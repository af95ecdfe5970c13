"""flows/desk.toml -> what advisors have at hand. Every fault is reported with its place."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from bot.content.braces import wrong
from bot.handoff.desk_texts import DeskTexts, Prepared

KINDS = {"quick": ("title", "say"), "wrap_up": ("title",), "announcement": ("title", "say")}
"""Section -> the texts each of its rows has."""

LISTS = ("organisations", "promises")


def desk_texts(data: Mapping[str, Any], sayable: Collection[str], report: Callable[[str, str], None]) -> DeskTexts:
    """The texts in `data`, a parsed file. sayable: numbers that may be said.

    Every fault goes to `report` (place, what is wrong); after one, what is returned must not be used.
    """
    for name in data:
        if name not in (*KINDS, "look", "note"):
            report(name, "is not a known section")
    look = data.get("look", {})
    for name in LISTS:
        words = look.get(name)
        if not isinstance(words, list) or not all(isinstance(word, str) and word == word.lower() for word in words):
            report(f"look.{name}", "must be a list of words in small letters")
            look = {}
    rows = {kind: _rows(data.get(kind, {}), kind, sayable, report) for kind in KINDS}
    return DeskTexts(
        quick=rows["quick"],
        wrap_up=rows["wrap_up"],
        announcement=rows["announcement"],
        organisations=tuple(look.get("organisations", ())),
        promises=tuple(look.get("promises", ())),
    )


def _rows(
    table: object, kind: str, sayable: Collection[str], report: Callable[[str, str], None]
) -> dict[str, Prepared]:
    if not isinstance(table, dict) or not table:
        report(kind, "must be a table with at least one row")
        return {}
    found = {}
    for name, row in table.items():
        if not isinstance(row, dict) or set(row) - {"note"} != set(KINDS[kind]):
            report(f"{kind}.{name}", f"must have {' and '.join(KINDS[kind])}, and nothing else but a note")
        elif not all(isinstance(text, str) and text.strip() for text in row.values()):
            report(f"{kind}.{name}", "has an empty text")
        elif fault := wrong(row.get("say", ""), sayable, ()):
            report(f"{kind}.{name}", fault)
        else:
            found[name] = Prepared(row["title"], row.get("say", "").strip("\n"))
    return found
