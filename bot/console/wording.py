"""Names of languages and countries and times of day, for templates."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from bot.console.codenames import codename

HOME = ZoneInfo("Europe/Amsterdam")
"""Advisors work in the Netherlands."""


def language_name(code: str, lang: str, unicode: Mapping[str, str], translate: Callable[[str], str]) -> str:
    """The language `code` in the language `lang`; "ary-Latn" is "Marokkaans Arabisch in Latijns schrift".

    unicode: language -> what Unicode calls it, where that is another code. translate: gives a text of ours in `lang`.
    """
    if not code:
        return "–"
    base, _dash, script = code.partition("-")
    name: str = Locale.parse(lang).languages.get(unicode.get(code, base), code)
    _ = translate
    return _("{} in Latijns schrift").format(name) if script == "Latn" else name


def clock(minute: int) -> str:
    """Time of day in the Netherlands, such as "03:10"; "" when nobody knows."""
    return f"{_there(minute):%H:%M}" if minute else ""


def day(minute: int, lang: str) -> str:
    """The date, such as "vrijdag 27 november"."""
    return format_date(_there(minute), "EEEE d MMMM", lang) if minute else ""


def weekday(number: int, lang: str) -> str:
    """The day of the week, such as "vrijdag"; Monday is 0."""
    name: str = Locale.parse(lang).days["format"]["wide"][number]
    return name


def _there(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(HOME)


def words(lang: str, countries: Mapping[str, str]) -> dict[str, object]:
    """What every page of the console may use."""
    return {
        "codename": codename,
        "clock": clock,
        "weekday": lambda number: weekday(number, lang),
        "day": lambda minute: day(minute, lang),
        "country_name": lambda code: countries.get(code, code),
    }
