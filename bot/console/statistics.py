"""Figures for supervisors. One kind at a time, and no small numbers: a handful of people could be told apart.

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
from bot.console.signin.permissions import SUPERVISORS, requires_role, visitor
from bot.handoff.counting import KINDS, day_of

SMALL = 10
PERIODS = (1, 7, 28)
KEPT_DAYS = 400
"""How long counts are kept (storage/commit.lua)."""

ADDS_UP = ("language",)
"""Kinds whose numbers add up to that of all conversations."""


@dataclass(frozen=True, slots=True)
class Count:
    """One number of a table."""

    name: str
    shown: int | None
    """None = under SMALL, -1 = hidden so that another one stays hidden."""

    share: float = 0.0
    """Of the largest number that is shown."""


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/statistics and the same as CSV."""

    @blueprint.get("/statistics")
    @requires_role(SUPERVISORS)
    def statistics() -> str:
        last, days = _period(context)
        lang = language(context)
        return render_template(
            "console/statistics.html",
            tables=_tables(context, last, days),
            last=last,
            days=days,
            periods=PERIODS,
            titles=context.topic_titles[lang],
            outcomes=context.desk_texts[lang].wrap_up,
        )

    @blueprint.get("/statistics.csv")
    @requires_role(SUPERVISORS)
    def statistics_csv() -> BaseResponse:
        last, days = _period(context)
        written = io.StringIO()
        rows = csv.writer(written)
        rows.writerow(["from", "to", "kind", "name", "count"])
        for kind, counts in _tables(context, last, days).items():
            for each in counts:
                rows.writerow([last - timedelta(days - 1), last, kind, each.name, _said(each)])
        context.audit.write(visitor().id, "exported")
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


def _tables(context: PageContext, last: date, days: int) -> dict[str, list[Count]]:
    total: Counter[str] = Counter()
    for counted in context.desk.counts([str(last - timedelta(back)) for back in range(days)]).values():
        total.update(counted)
    return {
        kind: suppressed(
            {name.partition(":")[2]: number for name, number in total.items() if name.startswith(f"{kind}:")},
            adds_up=kind in ADDS_UP,
        )
        for kind in KINDS
    }


def _period(context: PageContext) -> tuple[date, int]:
    """The last day and how many; what is asked for, else today."""
    today = date.fromisoformat(day_of(int(context.now().timestamp()) // 60))
    try:
        last = max(min(date.fromisoformat(request.args.get("last", "")), today), today - timedelta(KEPT_DAYS))
    except ValueError:
        last = today
    days = request.args.get("days", "")
    return last, int(days) if days in map(str, PERIODS) else PERIODS[0]


def _said(count: Count) -> str:
    return "< 10" if count.shown is None else "hidden" if count.shown < 0 else str(count.shown)
