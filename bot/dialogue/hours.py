"""When advisors are there: weekly shifts, holidays, and the next moment somebody is there again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

DAY = 24 * 60
"""Minutes of a day on the clock."""

LOOK_AHEAD = 366
"""So many days ahead the next opening is sought."""

_MINUTE = timedelta(minutes=1)
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24(?=:00)):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift, in minutes of the clock after the midnight with which its day begins.

    opens: 0 to 1439. closes: after `opens`, by a day at most; above 1440 the shift ends on the day after.
    """

    opens: int
    closes: int


Week = tuple[tuple[Shift, ...], ...]
"""The shifts that begin on each of the seven days, Monday first."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """The shifts that begin on one date instead of those of its weekday; none: closed. note: for people."""

    shifts: tuple[Shift, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Hours:
    """When advisors are there, on the clock of `zone`.

    languages: code -> when somebody who speaks it is there, as far as advisors are there at all (a holiday comes
    first); a language that is not here is spoken by everybody.
    A time the clock skips (summer begins) counts as the first one after it; a time it shows twice, as the first.
    """

    zone: tzinfo
    week: Week
    holidays: Mapping[date, Holiday]
    languages: Mapping[str, Week]

    def is_open(self, now: datetime, language: str = "") -> bool:
        """Is an advisor there at `now`, one who speaks `language` (a code; "": any)?

        The minute of opening belongs to a shift, that of closing does not. Raises ValueError when `now` has no zone.
        """
        return all(
            any(opens <= now < closes for day in self._days(now) for opens, closes in self._shifts(day, spoken))
            for spoken in self._spoken(language)
        )

    def next_opening(self, now: datetime, language: str = "") -> datetime | None:
        """The first moment from `now` on at which `is_open`, on the clock of `zone`: `now` itself when open, None when
        that is not within a year. Raises ValueError when `now` has no zone."""
        if self.is_open(now, language):
            return now.astimezone(self.zone)
        _yesterday, today = self._days(now)
        for ahead in range(LOOK_AHEAD + 1):
            day = today + timedelta(days=ahead)
            # Somebody comes only when a shift begins: one of all, or one of those who speak the language.
            begins = {opens for spoken in self._spoken(language) for opens, _closes in self._shifts(day, spoken)}
            for moment in sorted(begins):
                if moment >= now and self.is_open(moment, language):
                    return moment.astimezone(self.zone)
        return None

    def _spoken(self, language: str) -> tuple[str, ...]:
        """Whose shifts must all hold a moment: everybody's, and those of the language if it has its own."""
        return ("", language) if language in self.languages else ("",)

    def _days(self, now: datetime) -> tuple[date, date]:
        """The days whose shifts can hold `now`: yesterday, for a shift past midnight, and today."""
        if now.utcoffset() is None:
            raise ValueError("a moment without a zone")
        today = now.astimezone(self.zone).date()
        return today - timedelta(days=1), today

    def _shifts(self, day: date, language: str) -> Iterator[tuple[datetime, datetime]]:
        """The shifts that begin on `day`, as moments."""
        week = self.languages[language] if language else self.week
        shifts, holiday = week[day.weekday()], self.holidays.get(day)
        if holiday is not None and (not language or not holiday.shifts):
            shifts = holiday.shifts
        for shift in shifts:
            yield _moment(day, shift.opens, self.zone), _moment(day, shift.closes, self.zone)


def read_shift(text: str) -> Shift | None:
    """A shift as written, "09:00-17:00"; one that ends before it begins ends on the day after. None: it is none."""
    match = _SHIFT.fullmatch(text)
    if match is None:
        return None
    hour, minute, last_hour, last_minute = map(int, match.groups())
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if opens == closes:
        return None  # all day or never: it must be said
    return Shift(opens, closes if closes > opens else closes + DAY)


def read_day(text: str) -> tuple[Shift, ...] | None:
    """The shifts of one day, "09:00-12:00, 13:00-17:00"; "" is closed. None: it cannot be read."""
    shifts = [read_shift(part.strip()) for part in text.split(",") if part.strip()]
    found = tuple(shift for shift in shifts if shift is not None)
    return found if len(found) == len(shifts) and in_order(found) else None


def write_day(shifts: Sequence[Shift]) -> str:
    """What `read_day` reads."""
    return ", ".join(f"{_clock(shift.opens)}-{_clock(shift.closes)}" for shift in shifts)


def in_order(shifts: Sequence[Shift]) -> bool:
    """Do the shifts of a day follow one another?"""
    return all(later.opens >= earlier.closes for earlier, later in pairwise(shifts))


def _clock(minutes: int) -> str:
    """A minute of a shift on the clock; the midnight that ends a day is 24:00."""
    return "24:00" if minutes == DAY else f"{minutes % DAY // 60:02}:{minutes % 60:02}"


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The first moment at which the clock shows `minutes` after the midnight of `day`, or has passed them. In UTC:
    moments of one zone are compared by their clocks, and those go back in autumn."""
    clock = datetime.combine(day, time()) + timedelta(minutes=minutes)
    while True:
        moment = clock.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == clock:
            return moment
        clock += _MINUTE
