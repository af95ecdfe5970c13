"""The next opening in words."""

from datetime import datetime

from babel.dates import format_datetime

_WEEK = 7
"""From so many days ahead on a weekday alone would be taken for an earlier one."""


def opening(moment: datetime, now: datetime, locale: str) -> str:
    """`moment` on its own clock, for a reader at `now`: "09:00" on the same day, "maandag 09:00" within a week, else
    "maandag 30 november 09:00". The same day is that of the zone of `moment`.

    locale: a language Babel knows, such as "nl". Raises ValueError when a moment has no zone.
    """
    if moment.utcoffset() is None or now.utcoffset() is None:
        raise ValueError("a moment without a zone")
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    if days == 0:
        pattern = "HH:mm"
    elif 0 < days < _WEEK:
        pattern = "EEEE HH:mm"
    else:
        pattern = "EEEE d MMMM HH:mm"
    return format_datetime(moment, pattern, locale=locale)
