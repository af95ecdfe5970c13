"""Phone numbers: referrals.toml, and the list of emergency numbers by country."""

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.content.tables.checking import Report, rows
from bot.content.tables.schema import ReferralTable
from bot.content.values import LocalNumber, Referral
from bot.dialogue.conversation import Place

NEEDED = ("emergency_nl", "bz", "veilig_thuis", "lkha")
"""The referrals nothing works without."""

VERIFIED_FOR = timedelta(days=365)
"""A person's check of a local number counts this long: numbers change, and nobody tells us."""


def read_referrals(data: Mapping[str, Any], report: Report) -> dict[str, Referral]:
    """The numbers and addresses in `data`, by id."""
    found: dict[str, ReferralTable] = rows(data, ReferralTable, report)
    for name, row in found.items():
        if Place.UNKNOWN in row.reachable_from:
            report(f"{name}.reachable_from", f'"reachable_from" cannot hold "{Place.UNKNOWN}"')
    for absent in sorted(set(NEEDED) - set(data)):
        report(absent, "is missing; the bot says it")
    return {
        name: Referral(
            text=row.text,
            kind=row.kind,
            reachable_from=tuple(row.reachable_from),
            status=row.status,
            checked_on=row.checked_on.isoformat(),
            names=row.name,
        )
        for name, row in found.items()
    }


def read_local_numbers(path: Path, today: date, report: Report) -> dict[str, LocalNumber]:
    """Country -> its number. today: decides which verified numbers are still fresh."""
    try:
        table = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        report("", f"cannot be read: {error.__class__.__name__}")
        return {}
    result = {}
    for line, row in enumerate(table, start=2):
        place = f"line {line}"
        country, show = row.get("iso2") or "", row.get("show") or ""
        if len(country) != 2 or not country.isupper():
            report(place, f'iso2 "{country}" is not a country code')
            continue
        if show not in ("yes", "check", "no", "advisor"):
            report(place, f'show = "{show}" is not yes, check, no or advisor')
        number = (row.get("general") or row.get("police") or "").split("/")[0].strip()
        if number and not number.isdigit():
            report(place, f'"{number}" is not a number')
        checked = _date(row.get("verified_on") or "")
        verified = bool(row.get("verified_by")) and checked is not None and today - checked <= VERIFIED_FOR
        result[country] = LocalNumber(country, number, shown=bool(number) and (show == "yes" or verified))
    return result


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
