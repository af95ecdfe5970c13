"""Counts of days, for those who lead. One kind at a time, and no small number: a handful of people could be told apart.

Under 10 is shown as "< 10". Where a kind adds up to a total that is shown, one hidden number alone could be worked out;
then the smallest shown one is hidden with it (secondary suppression).
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from bot.console.language import language
from bot.console.page_context import PageContext
from bot.console.people import LEADERS
from bot.console.permissions import entry, visitor
from bot.handoff.counting import KINDS, day_of

SMALL = 10
PERIODS = (1, 7, 28)
KEPT_DAYS = 400
"""So long counts are kept (storage/commit.lua)."""

ADDS_UP = ("language",)
"""Kinds whose numbers add up to that of all conversations."""


@dataclass(frozen=True, slots=True)
class Count:
    """One number. shown: None = under SMALL, -1 = hidden so that another stays hidden. share: of the largest shown."""

    name: str
    shown: int | None
    share: float = 0.0


def add_routes(blueprint: Blueprint, parts: PageContext) -> None:
    """/console/statistics and the same as CSV."""

    @blueprint.get("/statistics")
    @entry(LEADERS)
    def statistics() -> str:
        last, days = _period(parts)
        lang = language(parts.texts)
        return render_template(
            "console/statistics.html",
            tables=_tables(parts, last, days),
            last=last,
            days=days,
            periods=PERIODS,
            titles=parts.titles[lang],
            outcomes=parts.at_hand[lang].wrap_up,
        )

    @blueprint.get("/statistics.csv")
    @entry(LEADERS)
    def statistics_csv() -> BaseResponse:
        last, days = _period(parts)
        written = io.StringIO()
        rows = csv.writer(written)
        rows.writerow(["from", "to", "kind", "name", "count"])
        for kind, counts in _tables(parts, last, days).items():
            for each in counts:
                rows.writerow([last - timedelta(days - 1), last, kind, each.name, _said(each)])
        parts.audit.write(visitor().id, "exported")
        name = f"attachment; filename=counts-{last}-{days}.csv"
        return Response(written.getvalue(), mimetype="text/csv", headers={"Content-Disposition": name})


def suppressed(numbers: Mapping[str, int], *, adds_up: bool) -> list[Count]:
    """Numbers as they may be shown, the largest first; those that are hidden last, by name."""
    hidden = {name for name, number in numbers.items() if 0 < number < SMALL}
    also = set()
    large = sorted((number, name) for name, number in numbers.items() if number >= SMALL)
    if adds_up and len(hidden) == 1 and large:
        also = {large[0][1]}
    most = max((number for number, name in large if name not in also), default=1)
    shown = [Count(name, number, number / most) for number, name in reversed(large) if name not in also]
    return [*shown, *(Count(name, -1) for name in sorted(also)), *(Count(name, None) for name in sorted(hidden))]


def _tables(parts: PageContext, last: date, days: int) -> dict[str, list[Count]]:
    total: Counter[str] = Counter()
    for counted in parts.desk.counts([str(last - timedelta(back)) for back in range(days)]).values():
        total.update(counted)
    return {
        kind: suppressed(
            {name.partition(":")[2]: number for name, number in total.items() if name.startswith(f"{kind}:")},
            adds_up=kind in ADDS_UP,
        )
        for kind in KINDS
    }


def _period(parts: PageContext) -> tuple[date, int]:
    """The last day and how many; what is asked for, else today."""
    today = date.fromisoformat(day_of(int(parts.now().timestamp()) // 60))
    try:
        last = max(min(date.fromisoformat(request.args.get("last", "")), today), today - timedelta(KEPT_DAYS))
    except ValueError:
        last = today
    days = request.args.get("days", "")
    return last, int(days) if days in map(str, PERIODS) else PERIODS[0]


def _said(count: Count) -> str:
    return "< 10" if count.shown is None else "hidden" if count.shown < 0 else str(count.shown)
