"""What time it is where a person is."""

from collections.abc import Mapping
from datetime import datetime, tzinfo


def local_times(country: str, now: datetime, zones: Mapping[str, tuple[tzinfo, ...]]) -> tuple[str, ...]:
    """The time of day in `country` at `now`, as "03:10": one where the whole country has the same time at that moment,
    else the earliest and the latest, which may be on two days. None for a country that is not in `zones`.

    country: two letters (ISO 3166). zones: the zones of each country. Raises ValueError when `now` has no zone.
    """
    if now.utcoffset() is None:
        raise ValueError("a moment without a zone")
    clocks = [now.astimezone(zone).replace(tzinfo=None) for zone in zones.get(country, ())]
    if not clocks:
        return ()
    earliest, latest = min(clocks), max(clocks)
    return (f"{earliest:%H:%M}",) if earliest == latest else (f"{earliest:%H:%M}", f"{latest:%H:%M}")
