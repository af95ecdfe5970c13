"""Time zones by name and by country."""

from zoneinfo import ZoneInfo

import pytest

from bot.content import zones
from bot.content.library import Library


def test_every_country_of_the_lists_has_zones(library: Library) -> None:
    found = library.content.zones
    assert all(len(country) == 2 and known for country, known in found.items())
    listed = {*library.content.countries.names, *library.content.local_numbers}
    assert listed - set(found) == {"XK", "AC"}  # Kosovo and Ascension have no row in the CLDR
    assert found["NL"] == (ZoneInfo("Europe/Amsterdam"),)
    assert len(found["US"]) > 5


def test_a_zone_that_is_not_known_here_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"AA": ["Europe/Amsterdam", "Mars/Olympus"], "BB": ["Mars/Olympus"], "001": ["Etc/UTC"]}
    monkeypatch.setattr(zones, "get_global", lambda _name: rows)
    assert zones.zones_by_country() == {"AA": (ZoneInfo("Europe/Amsterdam"),)}


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "Europe", "/etc/passwd", "../zoneinfo/UTC", "\0", "é"])
def test_a_name_that_is_no_zone_gives_none(name: str) -> None:
    assert zones.zone(name) is None


def test_a_name_that_is_a_zone_gives_it() -> None:
    assert zones.zone("UTC") == ZoneInfo("UTC")
