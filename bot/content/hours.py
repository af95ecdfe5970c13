"""flows/hours.toml -> Hours. Every fault is reported with its place."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, tzinfo
from typing import Any

from bot.content.zones import zone
from bot.dialogue.hours import DAY, Holiday, Hours, Shift, Week, in_order, read_shift

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Report = Callable[[str, str], None]
"""Takes a fault: at which place of the file, and what is wrong there."""

_SECTIONS = ("zone", "week", "holidays", "languages")


def hours(data: Mapping[str, Any], languages: Collection[str], report: Report) -> Hours:
    """The opening hours in `data`, a parsed file. languages: codes that may have hours of their own.

    Every fault goes to `report`; after one, what is returned must not be used.
    """
    for name in data:
        if name not in _SECTIONS:
            report(name, f"is not one of {', '.join(_SECTIONS)}")
    days = _table(data.get("week", {}), "week", report)
    for missing in (day for day in WEEKDAYS if day not in days):
        report(f"week.{missing}", "is missing; [] means closed")
    week = _week(days, "week", report)
    spoken = _table(data.get("languages", {}), "languages", report)
    for code in spoken:
        if code not in languages:
            report(f"languages.{code}", f"has no flows/vocabulary/{code}.toml")
    return Hours(
        zone=_zone(data.get("zone"), report),
        week=week,
        holidays=_holidays(_table(data.get("holidays", {}), "holidays", report), report),
        languages={code: _language(table, f"languages.{code}", week, report) for code, table in spoken.items()},
    )


def _zone(name: object, report: Report) -> tzinfo:
    found = zone(name) if isinstance(name, str) else None
    if found is None:
        report("zone", f"{name!r} is no time zone; write one like Europe/Amsterdam")
    return found or UTC


def _week(days: Mapping[str, Any], place: str, report: Report) -> Week:
    """A table of weekdays; a day that is not named has no shifts."""
    for day in days:
        if day not in WEEKDAYS:
            report(f"{place}.{day}", f"is not one of {', '.join(WEEKDAYS)}")
    return tuple(_shifts(days.get(day, []), f"{place}.{day}", report) for day in WEEKDAYS)


def _language(table: object, place: str, week: Week, report: Report) -> Week:
    """The week of one language, which must lie within that of all: else it would be read as more than it is."""
    own = _week(_table(table, place, report), place, report)
    all_minutes = _minutes(dict(enumerate(week)))
    for number, shifts in enumerate(own):
        if not _minutes({number: shifts}) <= all_minutes:
            report(f"{place}.{WEEKDAYS[number]}", "goes beyond the shifts in [week]")
    return own


def _minutes(days: Mapping[int, tuple[Shift, ...]]) -> set[int]:
    """The minutes of a week that the shifts of its days (0: Monday) hold; after Sunday comes Monday."""
    return {
        (number * DAY + minute) % (len(WEEKDAYS) * DAY)
        for number, shifts in days.items()
        for shift in shifts
        for minute in range(shift.opens, shift.closes)
    }


def _holidays(table: Mapping[str, Any], report: Report) -> dict[date, Holiday]:
    found = {}
    for name, row in table.items():
        place = f"holidays.{name}"
        try:
            day = date.fromisoformat(name)
        except ValueError:
            report(place, "is not a date like 2026-12-25")
            continue
        if not isinstance(row, dict) or set(row) != {"shifts", "note"} or not isinstance(row["note"], str):
            report(place, "needs shifts ([] means closed) and a note, and nothing else")
            continue
        found[day] = Holiday(_shifts(row["shifts"], f"{place}.shifts", report), row["note"])
    return found


def _shifts(texts: object, place: str, report: Report) -> tuple[Shift, ...]:
    if not isinstance(texts, list):
        report(place, 'must be a list of shifts like "09:00-17:00"')
        return ()
    shifts = []
    for text in texts:
        shift = read_shift(text) if isinstance(text, str) else None
        if shift is None:
            report(place, f'{text!r} is not a shift like "09:00-17:00", "22:00-02:00" or "00:00-24:00"')
        else:
            shifts.append(shift)
    if not in_order(shifts):
        report(place, "has shifts that overlap, or are not in the order of the clock")
    return tuple(shifts)


def _table(value: object, place: str, report: Report) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    report(place, "must be a table")
    return {}
