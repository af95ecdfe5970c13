"""hours.toml -> Hours."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, tzinfo
from typing import Any

from bot.content.tables.checking import Report, checked
from bot.content.tables.schema import HolidayTable, HoursFile, LanguageWeek, WeekTable
from bot.content.zones import zone
from bot.dialogue.hours import DAY, Holiday, Hours, Shift, Week, in_order, read_shift

WEEKDAYS = WeekTable.__struct_fields__
CLOSED: Week = ((),) * len(WEEKDAYS)


def hours(data: Mapping[str, Any], languages: Collection[str], report: Report) -> Hours:
    """The opening hours in `data`, a parsed file. languages: codes that may have hours of their own.

    Every fault goes to `report`; after one, what is returned must not be used.
    """
    table = checked(data, HoursFile, report)
    if table is None:
        return Hours(UTC, CLOSED, {}, {})
    week = _week(table.week, "week", report)
    for code in table.languages:
        if code not in languages:
            report(f"languages.{code}", f"has no flows/vocabulary/{code}.toml")
    return Hours(
        zone=_zone(table.zone, report),
        week=week,
        holidays=_holidays(table.holidays, report),
        languages={code: _language(row, f"languages.{code}", week, report) for code, row in table.languages.items()},
    )


def _zone(name: str, report: Report) -> tzinfo:
    found = zone(name)
    if found is None:
        report("zone", f"{name!r} is no time zone; write one like Europe/Amsterdam")
    return found or UTC


def _week(table: WeekTable | LanguageWeek, place: str, report: Report) -> Week:
    return tuple(_shifts(getattr(table, day), f"{place}.{day}", report) for day in WEEKDAYS)


def _language(table: LanguageWeek, place: str, week: Week, report: Report) -> Week:
    """The week of one language, which must lie within that of all: else it would be read as more than it is."""
    own = _week(table, place, report)
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


def _holidays(table: Mapping[date, HolidayTable], report: Report) -> dict[date, Holiday]:
    return {day: Holiday(_shifts(row.shifts, f"holidays.{day}.shifts", report), row.note) for day, row in table.items()}


def _shifts(texts: list[str], place: str, report: Report) -> tuple[Shift, ...]:
    shifts = []
    for text in texts:
        shift = read_shift(text)
        if shift is None:
            report(place, f'{text!r} is not a shift like "09:00-17:00", "22:00-02:00" or "00:00-24:00"')
        else:
            shifts.append(shift)
    if not in_order(shifts):
        report(place, "has shifts that overlap, or are not in the order of the clock")
    return tuple(shifts)
