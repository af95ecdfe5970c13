"""What time it is where a person is."""

from datetime import UTC, datetime

import pytest

from bot.content.zones import zones_by_country
from bot.handoff.clocks import local_times

ZONES = zones_by_country()


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# country, the moment in UTC, what clocks there show
TIMES = [
    ("NL", "2026-03-29 00:59", ("01:59",)),
    ("NL", "2026-03-29 01:00", ("03:00",)),
    ("NL", "2026-10-25 00:59", ("02:59",)),
    ("NL", "2026-10-25 01:00", ("02:00",)),
    ("PK", "2026-03-29 01:00", ("06:00",)),
    ("PK", "2026-10-25 01:00", ("06:00",)),
    ("IQ", "2026-03-29 01:00", ("04:00",)),
    ("IQ", "2026-10-25 01:00", ("04:00",)),
    ("TR", "2026-03-29 01:00", ("04:00",)),
    ("TR", "2026-10-25 01:00", ("04:00",)),
    ("PK", "2026-11-23 22:10", ("03:10",)),
    ("US", "2026-07-01 12:00", ("02:00", "08:00")),
    ("US", "2026-12-01 12:00", ("02:00", "07:00")),
    ("US", "2026-12-01 07:00", ("21:00", "02:00")),  # the earliest is yesterday there
    ("ID", "2026-12-01 12:00", ("19:00", "21:00")),
    ("ES", "2026-12-01 12:00", ("12:00", "13:00")),
    ("DE", "2026-12-01 12:00", ("13:00",)),  # two zones, one time
]


@pytest.mark.parametrize(("country", "moment", "times"), TIMES)
def test_the_time_in_a_country_is_told(country: str, moment: str, times: tuple[str, ...]) -> None:
    assert local_times(country, at(moment), ZONES) == times


def test_morocco_goes_back_an_hour_in_ramadan() -> None:
    """Its clocks are an hour ahead of UTC, but not in Ramadan: 15 February to 22 March 2026."""
    assert local_times("MA", at("2026-02-15 01:00"), ZONES) == ("02:00",)
    assert local_times("MA", at("2026-02-15 03:00"), ZONES) == ("03:00",)
    assert local_times("MA", at("2026-03-22 03:00"), ZONES) == ("04:00",)


@pytest.mark.parametrize("country", ["", "XX", "nl", "001", "Nederland"])
def test_no_time_is_told_for_a_country_that_is_not_known(country: str) -> None:
    assert local_times(country, at("2026-12-01 12:00"), ZONES) == ()


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        local_times("NL", datetime(2026, 12, 1), ZONES)  # noqa: DTZ001
