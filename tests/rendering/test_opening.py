"""The next opening in words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.rendering.opening import opening

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=AMSTERDAM)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("moment", "nl", "en"),
    [
        ("2026-11-27 22:00", "22:00", "22:00"),
        ("2026-11-28 00:00", "zaterdag 00:00", "Saturday 00:00"),
        ("2026-11-30 09:00", "maandag 09:00", "Monday 09:00"),
        ("2026-12-03 09:05", "donderdag 09:05", "Thursday 09:05"),
        ("2026-12-04 17:00", "vrijdag 4 december 17:00", "Friday 4 December 17:00"),  # not the Friday it is now
        ("2027-01-04 09:00", "maandag 4 januari 09:00", "Monday 4 January 09:00"),
    ],
)
def test_an_opening_is_told_as_briefly_as_is_clear(moment: str, nl: str, en: str) -> None:
    assert opening(at(moment), FRIDAY, "nl") == nl
    assert opening(at(moment), FRIDAY, "en") == en


def test_the_time_is_that_of_the_opening_s_zone_and_so_is_the_day() -> None:
    late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # half past midnight on Saturday in Amsterdam
    assert opening(at("2026-11-28 09:00"), late, "nl") == "09:00"
    karachi = datetime(2026, 11, 28, 2, 0, tzinfo=ZoneInfo("Asia/Karachi"))  # Friday evening in Amsterdam
    assert opening(at("2026-11-28 09:00"), karachi, "nl") == "zaterdag 09:00"


def test_the_clock_of_summer_is_told_after_the_jump() -> None:
    assert opening(at("2026-03-29 09:00"), at("2026-03-28 20:00"), "nl") == "zondag 09:00"


@pytest.mark.parametrize("naive", [(True, False), (False, True)])
def test_a_moment_without_a_zone_is_refused(naive: tuple[bool, bool]) -> None:
    moment, now = (FRIDAY.replace(tzinfo=None) if each else FRIDAY for each in naive)
    with pytest.raises(ValueError, match="without a zone"):
        opening(moment, now, "nl")
