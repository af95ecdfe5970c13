"""Time zones by name and by country, as this system or the package tzdata has them."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global


def zone(name: str) -> tzinfo | None:
    """The zone called `name` ("Europe/Amsterdam"); None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # also a folder's name, or one that leaves the folder
        return None


def zones_by_country() -> dict[str, tuple[tzinfo, ...]]:
    """Two letters of a country -> its zones, from the Unicode CLDR as Babel carries it.

    A name that is not known here is left out, and a country without a known one: then nobody is told a wrong time.
    """
    found = {}
    for country, names in get_global("territory_zones").items():
        known = tuple(each for each in map(zone, names) if each is not None)
        if known and len(country) == 2:  # the world has a row too
            found[country] = known
    return found
