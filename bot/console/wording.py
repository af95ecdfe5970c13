"""Names of languages and countries and times of day, for templates."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from bot.console.codenames import codename

HOME = ZoneInfo("Europe/Amsterdam")
"""Advisors work in the Netherlands."""

_KNOWN_AS = {"prs": "fa_AF", "kmr": "ku"}
"""Languages that Unicode has under another code."""

_LATIN = {"nl": "{} in Latijns schrift", "en": "{} in Latin letters"}


def language_name(code: str, lang: str) -> str:
    """The language `code` in the language `lang`; "ary-Latn" is "Marokkaans Arabisch in Latijns schrift"."""
    if not code:
        return "–"
    base, _dash, script = code.partition("-")
    name = Locale.parse(lang).languages.get(_KNOWN_AS.get(base, base), code)
    return _LATIN.get(lang, "{}").format(name) if script == "Latn" else name


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
        "language_name": lambda code: language_name(code, lang),
        "country_name": lambda code: countries.get(code, code),
    }
