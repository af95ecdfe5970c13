"""When advisors are there, by the clock of their zone, also when that clock jumps."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.hours import DAY, Holiday, Hours, Shift, Week

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY, TUESDAY, FRIDAY, SATURDAY, SUNDAY = 0, 1, 4, 5, 6
CLOSED = Holiday((), "Gesloten")


def shift(opens: float, closes: float) -> Shift:
    """A shift in hours of the clock; above 24 on the day after."""
    return Shift(int(opens * 60), int(closes * 60))


def week(*office: Shift, **other: tuple[Shift, ...]) -> Week:
    """The same shifts on Monday to Friday, none in the weekend, but for `d6=...` and the like."""
    return tuple(other.get(f"d{day}", office if day < SATURDAY else ()) for day in range(7))


def hours(
    days: Week,
    zone: tzinfo = AMSTERDAM,
    holidays: dict[date, Holiday] | None = None,
    languages: dict[str, Week] | None = None,
) -> Hours:
    return Hours(zone, days, holidays or {}, languages or {})


def local(text: str, zone: tzinfo = AMSTERDAM, fold: int = 0) -> datetime:
    """A moment by the clock of a zone, in UTC, so that it is the moment that is compared."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def opening(of: Hours, now: datetime, language: str = "") -> datetime | None:
    """The next opening, in UTC."""
    found = of.next_opening(now, language)
    return found and found.astimezone(UTC)


OFFICE = hours(week(shift(9, 12.5), shift(13, 17)))
NIGHTS = hours(((shift(22, 26),),) * 7)
ALWAYS = hours(((shift(0, 24),),) * 7)


# -- ordinary days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-23 08:59:59.999999", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:29:59.999999", True),
        ("2026-11-23 12:30", False),
        ("2026-11-23 13:00", True),
        ("2026-11-23 16:59", True),
        ("2026-11-23 17:00", False),
        ("2026-11-27 16:59", True),  # Friday
        ("2026-11-28 10:00", False),  # Saturday
    ],
)
def test_the_moment_of_opening_belongs_to_a_shift_and_that_of_closing_does_not(now: str, is_open: bool) -> None:
    assert OFFICE.is_open(local(now)) is is_open


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-23 07:00", "2026-11-23 09:00"),
        ("2026-11-23 12:30", "2026-11-23 13:00"),
        ("2026-11-23 17:00", "2026-11-24 09:00"),
        ("2026-11-27 17:00", "2026-11-30 09:00"),  # from Friday evening to Monday
        ("2026-12-31 18:00", "2027-01-01 09:00"),  # nobody has filled in New Year
    ],
)
def test_the_next_opening_is_where_the_next_shift_begins(now: str, then: str) -> None:
    assert opening(OFFICE, local(now)) == local(then)


def test_while_open_the_next_opening_is_now_on_the_clock_of_the_zone() -> None:
    now = datetime(2026, 11, 23, 8, 30, 15, tzinfo=UTC)
    found = OFFICE.next_opening(now)
    assert found == now
    assert found is not None
    assert (found.hour, found.tzinfo) == (9, AMSTERDAM)


def test_the_next_opening_is_told_on_the_clock_of_the_zone_whatever_the_zone_of_now() -> None:
    now = datetime(2026, 11, 23, 3, 0, tzinfo=ZoneInfo("Asia/Karachi"))
    found = OFFICE.next_opening(now)
    assert found is not None
    assert found.isoformat() == "2026-11-23T09:00:00+01:00"


def test_day_and_night_is_never_closed() -> None:
    for hour in range(24 * 14):
        assert ALWAYS.is_open(local("2026-10-20 00:00") + timedelta(hours=hour))


def test_hours_without_shifts_never_open() -> None:
    never = hours(week())
    assert not never.is_open(local("2026-11-23 12:00"))
    assert never.next_opening(local("2026-11-23 12:00")) is None


def test_an_opening_more_than_a_year_away_is_none() -> None:
    once = hours(week(), holidays={date(2028, 1, 3): Holiday((shift(9, 17),), "Een keer open")})
    assert once.next_opening(local("2027-01-01 12:00")) is None
    assert opening(once, local("2027-01-03 12:00")) == local("2028-01-03 09:00")


@pytest.mark.parametrize("ask", [OFFICE.is_open, OFFICE.next_opening])
def test_a_moment_without_a_zone_is_refused(ask: object) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        ask(datetime(2026, 11, 23, 12, 0))  # type: ignore[operator]  # noqa: DTZ001


# -- across midnight -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-23 21:59", False),
        ("2026-11-23 22:00", True),
        ("2026-11-24 00:00", True),
        ("2026-11-24 01:59", True),
        ("2026-11-24 02:00", False),
        ("2027-01-01 00:30", True),  # the shift of New Year's Eve
    ],
)
def test_a_shift_may_go_on_past_midnight(now: str, is_open: bool) -> None:
    assert NIGHTS.is_open(local(now)) is is_open


def test_a_shift_past_midnight_belongs_to_the_day_on_which_it_began() -> None:
    friday_night = hours(week(d4=(shift(22, 26),)))
    assert friday_night.is_open(local("2026-11-28 01:30"))  # Saturday by the clock
    assert not friday_night.is_open(local("2026-11-27 01:30"))
    assert opening(friday_night, local("2026-11-28 02:00")) == local("2026-12-04 22:00")


def test_sunday_night_goes_on_into_monday() -> None:
    sunday_night = hours(week(d6=(shift(22, 26),)))
    assert sunday_night.is_open(local("2026-11-30 01:00"))


# -- holidays ------------------------------------------------------------------------------------------------------


def test_a_holiday_that_is_closed_is_skipped() -> None:
    christmas = hours(OFFICE.week, holidays={date(2026, 12, 25): CLOSED, date(2026, 12, 28): CLOSED})
    assert not christmas.is_open(local("2026-12-25 10:00"))
    assert opening(christmas, local("2026-12-24 17:00")) == local("2026-12-29 09:00")


def test_a_holiday_with_other_shifts_has_those_only() -> None:
    eve = hours(OFFICE.week, holidays={date(2026, 12, 31): Holiday((shift(10, 14),), "Oudjaar")})
    assert not eve.is_open(local("2026-12-31 09:30"))
    assert eve.is_open(local("2026-12-31 12:45"))  # the usual break
    assert opening(eve, local("2026-12-31 14:00")) == local("2027-01-01 09:00")


def test_a_holiday_can_open_a_day_that_is_closed_otherwise() -> None:
    sunday = hours(OFFICE.week, holidays={date(2026, 11, 29): Holiday((shift(9, 17),), "Actiedag")})
    assert opening(sunday, local("2026-11-27 18:00")) == local("2026-11-29 09:00")
    assert sunday.is_open(local("2026-11-29 10:00"), "ar")  # who speaks it has no hours of their own


def test_a_closed_holiday_closes_the_shift_that_begins_on_it_and_not_the_one_of_the_night_before() -> None:
    new_year = hours(NIGHTS.week, holidays={date(2027, 1, 1): CLOSED})
    assert new_year.is_open(local("2027-01-01 01:00"))
    assert not new_year.is_open(local("2027-01-01 23:00"))
    assert not new_year.is_open(local("2027-01-02 01:00"))
    assert opening(new_year, local("2027-01-01 02:00")) == local("2027-01-02 22:00")


# -- languages -----------------------------------------------------------------------------------------------------

ARABIC = hours(
    week(shift(9, 22)),
    languages={"ar": week(d1=(shift(19, 22),)), "so": week()},
    holidays={date(2026, 12, 1): CLOSED, date(2026, 12, 8): Holiday((shift(9, 20),), "Korte avond")},
)


@pytest.mark.parametrize(
    ("now", "language", "is_open"),
    [
        ("2026-11-24 18:59", "ar", False),
        ("2026-11-24 19:00", "ar", True),
        ("2026-11-24 22:00", "ar", False),
        ("2026-11-23 20:00", "ar", False),  # Monday
        ("2026-11-23 20:00", "", True),
        ("2026-11-23 20:00", "nl", True),  # not in the list: always, as far as anybody is there
        ("2026-11-22 20:00", "nl", False),
        ("2026-11-24 20:00", "so", False),
        ("2026-12-01 20:00", "ar", False),  # a Tuesday that is closed
        ("2026-12-08 19:30", "ar", True),
        ("2026-12-08 20:30", "ar", False),  # everybody has gone
    ],
)
def test_a_language_with_hours_of_its_own_is_spoken_then_only(now: str, language: str, is_open: bool) -> None:
    assert ARABIC.is_open(local(now), language) is is_open


def test_the_next_opening_can_be_asked_for_one_language() -> None:
    assert opening(ARABIC, local("2026-11-24 22:00"), "ar") == local("2026-12-08 19:00")
    assert opening(ARABIC, local("2026-11-24 22:00"), "nl") == local("2026-11-25 09:00")
    assert ARABIC.next_opening(local("2026-11-24 22:00"), "so") is None


# -- the clock jumps -----------------------------------------------------------------------------------------------
# In Amsterdam: 29 March 2026, 02:00 becomes 03:00; 25 October 2026, 03:00 becomes 02:00.


def test_a_shift_through_the_night_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn() -> None:
    night = hours(((shift(23, 31),),) * 7)

    def length(begins: datetime) -> int:
        minutes = 0
        while night.is_open(begins + timedelta(minutes=minutes)):
            minutes += 1
        return minutes

    assert length(local("2026-03-27 23:00")) == 8 * 60
    assert length(local("2026-03-28 23:00")) == 7 * 60
    assert length(local("2026-10-24 23:00")) == 9 * 60


@pytest.mark.parametrize(("now", "wait"), [("2026-03-28 20:00", 12), ("2026-10-24 20:00", 14)])
def test_the_next_opening_after_a_jump_is_at_the_same_time_of_day(now: str, wait: int) -> None:
    mornings = hours(((shift(9, 17),),) * 7)
    found = mornings.next_opening(local(now))
    assert found is not None
    assert found.hour == 9
    assert found.astimezone(UTC) - local(now) == timedelta(hours=wait)


def test_a_shift_that_begins_in_the_skipped_hour_begins_after_it() -> None:
    early = hours(((shift(2.5, 6),),) * 7)
    assert opening(early, local("2026-03-29 01:59")) == local("2026-03-29 03:00")
    assert early.is_open(local("2026-03-29 03:00"))


def test_a_shift_that_ends_in_the_skipped_hour_ends_before_it() -> None:
    late = hours(((shift(0, 2.5),),) * 7)
    assert late.is_open(local("2026-03-29 01:59"))
    assert not late.is_open(local("2026-03-29 03:00"))


def test_a_shift_within_the_skipped_hour_does_not_take_place() -> None:
    short = hours(((shift(2.25, 2.75),),) * 7)
    assert opening(short, local("2026-03-29 01:00")) == local("2026-03-30 02:15")


def test_of_a_time_that_the_clock_shows_twice_the_first_counts() -> None:
    late = hours(((shift(0, 2.5),),) * 7)
    assert late.is_open(local("2026-10-25 02:29"))
    assert not late.is_open(local("2026-10-25 02:30"))
    assert not late.is_open(local("2026-10-25 02:15", fold=1))
    early = hours(((shift(2.5, 6),),) * 7)
    assert opening(early, local("2026-10-25 01:00")) == local("2026-10-25 02:30")
    assert early.is_open(local("2026-10-25 02:15", fold=1))


# -- another zone --------------------------------------------------------------------------------------------------


def test_the_hours_are_those_of_their_own_zone() -> None:
    karachi = ZoneInfo("Asia/Karachi")
    there = hours(OFFICE.week, zone=karachi)
    assert there.is_open(datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    assert not there.is_open(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    found = there.next_opening(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    assert found is not None
    assert found.isoformat() == "2026-11-24T09:00:00+05:00"


def test_a_day_whose_midnight_is_skipped_begins_after_it() -> None:
    beirut = ZoneInfo("Asia/Beirut")  # 29 March 2026, 00:00 becomes 01:00
    day = hours(((), (), (), (), (), (), (shift(0, 24),)), zone=beirut)
    assert opening(day, local("2026-03-28 12:00", beirut)) == local("2026-03-29 01:00", beirut)
    assert not day.is_open(local("2026-03-28 23:59", beirut))
    assert day.is_open(local("2026-03-29 01:00", beirut))


# -- any hours -----------------------------------------------------------------------------------------------------

MINUTES = st.integers(0, DAY - 1)
SHIFTS = st.builds(lambda opens, length: Shift(opens, opens + length), MINUTES, st.integers(1, DAY))
DAYS = st.lists(SHIFTS, max_size=2).map(tuple)
WEEKS = st.tuples(*[DAYS] * 7)
ZONES = st.sampled_from(
    ["Europe/Amsterdam", "Asia/Karachi", "Asia/Beirut", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Kiritimati"]
).map(ZoneInfo)
DATES = st.dates(date(2026, 3, 20), date(2026, 4, 10)) | st.dates(date(2026, 10, 15), date(2026, 11, 5))
HOLIDAYS = st.dictionaries(DATES, st.builds(Holiday, DAYS, st.just("")), max_size=3)
HOURS = st.builds(Hours, ZONES, WEEKS, HOLIDAYS, st.dictionaries(st.just("ar"), WEEKS))
MOMENTS = st.builds(
    lambda day, seconds: datetime.combine(day, datetime.min.time(), UTC) + timedelta(seconds=seconds),
    DATES,
    st.integers(0, 24 * 3600),
)


@settings(deadline=None, derandomize=True, max_examples=400, database=None)
@given(of=HOURS, now=MOMENTS, language=st.sampled_from(["", "ar", "nl"]), data=st.data())
def test_the_next_opening_is_open_and_nothing_before_it_is(
    of: Hours, now: datetime, language: str, data: st.DataObject
) -> None:
    found = of.next_opening(now, language)
    if found is None:
        until = now + timedelta(days=9)  # a week, and the two days of a shift past midnight
        assert not any(of.is_open(now + timedelta(minutes=minute), language) for minute in range(0, 9 * DAY, 7))
    else:
        until = found.astimezone(UTC)
        assert until >= now
        assert found.tzinfo is of.zone
        assert of.is_open(found, language)
        assert of.is_open(until, language)
    between = int((until - now).total_seconds()) // 60
    for minute in data.draw(st.lists(st.integers(0, max(between - 1, 0)), max_size=40)):
        moment = now + timedelta(minutes=minute)
        assert moment >= until or not of.is_open(moment, language)
    last = until - timedelta(microseconds=1)
    assert last < now or not of.is_open(last, language)


@settings(deadline=None, derandomize=True, max_examples=400, database=None)
@given(of=HOURS, now=MOMENTS)
def test_open_is_what_the_clock_on_the_wall_says_away_from_a_jump(of: Hours, now: datetime) -> None:
    clock = now.astimezone(of.zone)
    offsets = {(clock + timedelta(days=days)).utcoffset() for days in range(-3, 4)}
    if len(offsets) > 1:
        return
    minute = clock.hour * 60 + clock.minute
    today = clock.date()
    shifts = []
    for day, passed in ((today, 0), (today - timedelta(days=1), DAY)):
        holiday = of.holidays.get(day)
        own = of.week[day.weekday()] if holiday is None else holiday.shifts
        shifts += [(each.opens, each.closes, minute + passed) for each in own]
    assert of.is_open(now) is any(opens <= at < closes for opens, closes, at in shifts)
