"""flows/hours.toml as values. Its faults are in test_files.py."""

import tomllib
from datetime import date
from zoneinfo import ZoneInfo

from bot.content.library import Library
from bot.content.tables.hours import hours
from bot.dialogue.hours import Holiday, Hours, Shift

WEEK = """
zone = "Europe/Amsterdam"
[week]
monday = ["09:00-12:30", "13:00-17:00"]
tuesday = ["09:00-17:00", "19:00-22:00"]
wednesday = []
thursday = ["22:00-02:00"]
friday = ["22:00-00:00"]
saturday = ["00:00-24:00"]
sunday = []
"""


def read(text: str) -> tuple[Hours, list[str]]:
    """The hours in a file with this text, and its faults."""
    faults: list[str] = []
    found = hours(tomllib.loads(text), ("ar", "so"), lambda where, message: faults.append(f"{where}: {message}"))
    return found, faults


def test_shifts_are_read_as_minutes_of_the_day_on_which_they_begin() -> None:
    found, faults = read(WEEK)
    assert faults == []
    assert found.zone == ZoneInfo("Europe/Amsterdam")
    assert found.week == (
        (Shift(540, 750), Shift(780, 1020)),
        (Shift(540, 1020), Shift(1140, 1320)),
        (),
        (Shift(1320, 1560),),
        (Shift(1320, 1440),),
        (Shift(0, 1440),),
        (),
    )
    assert (found.holidays, found.languages) == ({}, {})


def test_a_holiday_is_closed_or_has_other_shifts() -> None:
    found, faults = read(
        f'{WEEK}[holidays.2026-12-25]\nshifts = []\nnote = "Kerst"\n'
        '[holidays.2026-12-31]\nshifts = ["10:00-14:00"]\nnote = "Oudjaar"\n'
    )
    assert faults == []
    assert found.holidays == {
        date(2026, 12, 25): Holiday((), "Kerst"),
        date(2026, 12, 31): Holiday((Shift(600, 840),), "Oudjaar"),
    }


def test_a_language_may_have_hours_within_those_of_all() -> None:
    evening = '[languages.ar]\ntuesday = ["19:00-22:00"]\nfriday = ["23:00-02:00"]\n[languages.so]\n'
    found, faults = read(WEEK + evening)
    assert faults == []  # on Friday night into the shift of Saturday
    assert found.languages == {
        "ar": ((), (Shift(1140, 1320),), (), (), (Shift(1380, 1560),), (), ()),
        "so": ((),) * 7,
    }


def test_a_language_s_night_may_go_on_from_sunday_into_monday() -> None:
    night = WEEK.replace('monday = ["09:00', 'monday = ["00:00-02:00", "09:00').replace(
        "sunday = []", 'sunday = ["22:00-24:00"]'
    )
    assert read(f'{night}[languages.ar]\nsunday = ["22:00-02:00"]\n')[1] == []
    assert read(f'{night}[languages.ar]\nsunday = ["22:00-02:01"]\n')[1] == [
        "languages.ar.sunday: goes beyond the shifts in [week]"
    ]


def test_the_real_hours_are_day_and_night_until_the_owner_fills_them_in(library: Library) -> None:
    found = library.content.hours
    assert found.zone == ZoneInfo("Europe/Amsterdam")
    assert found.week == ((Shift(0, 1440),),) * 7
    assert (found.holidays, found.languages) == ({}, {})
