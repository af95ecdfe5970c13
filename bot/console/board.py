"""The board: who waits, one's own conversations, those of colleagues."""

from collections.abc import Sequence

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.advisors.board import Row
from bot.console.codenames import codename
from bot.console.page_context import PageContext
from bot.console.signin.permissions import EVERYBODY, requires_role, visitor
from bot.console.signin.visitor import colleagues
from bot.dialogue.conversation import Status, Urgency
from bot.ports.unavailable import StorageUnavailable


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/ and its acts; the list of own conversations for every page."""

    @blueprint.context_processor
    def frame() -> dict[str, object]:
        return {"frame": lambda: _frame(context)}

    @blueprint.get("/")
    @requires_role(EVERYBODY)
    def board() -> str:
        return render_template("console/board.html", **board_of(context))

    @blueprint.post("/check-ins/<contact>")
    @requires_role(EVERYBODY)
    def end_check_in(contact: str) -> BaseResponse:
        """A check-in was acted on, or is not needed any more; any advisor may end it."""
        if context.desk.end_check_in(contact):
            context.audit.write(visitor().id, "check_in_ended", codename(contact))
        return redirect(url_for("console.board"), 303)

    @blueprint.errorhandler(StorageUnavailable)
    def unavailable(_error: StorageUnavailable) -> tuple[str, int]:
        g.without_news = True
        return render_template("console/unavailable.html"), 503


def board_of(context: PageContext) -> dict[str, object]:
    """What the board, and the list of one's own conversations on every page, are made of. Read once a request."""
    if "board" not in g:
        g.board = _read_board(context)
    found: dict[str, object] = g.board
    return found


def _frame(context: PageContext) -> dict[str, object] | None:
    """The board for the frame of a page; None on pages of somebody who is not logged in, and of failures."""
    return board_of(context) if g.get("visitor") and not g.get("without_news") else None


def _read_board(context: PageContext) -> dict[str, object]:
    who = visitor()
    since = context.desk.events()[1]
    overview = context.desk.board(who.advisor)
    rows = overview.rows
    minute = int(context.now().timestamp()) // 60
    check_ins = context.desk.check_ins()
    mine = sorted((row for row in rows if row.yours and row.status is Status.ADVISOR), key=_steady)
    names = {colleague.id: colleague.name for colleague in colleagues(context.accounts)}
    return {
        "since": since,
        "minute": minute,
        "check_ins": check_ins,
        "overdue": [each for each in check_ins if each.is_overdue(minute)],
        "expected": [each for each in check_ins if not each.is_overdue(minute)],
        "overview": overview,
        "waiting": [row for row in rows if row.status is Status.WAITING],
        "mine": mine,
        "news": _news(mine),
        "others": [row for row in rows if not row.yours and row.status is Status.ADVISOR],
        "names": names,
        "overrides": context.desk.overrides(),
    }


def _news(mine: Sequence[Row]) -> list[Row]:
    """Own conversations that want an answer, danger first, then who has waited longest."""
    wanted = [row for row in mine if row.offered or row.pending_minute]
    return sorted(wanted, key=lambda row: (row.urgency > Urgency.DANGER, row.pending_minute, row.contact))


def _steady(row: Row) -> tuple[bool, str]:
    """Offers first; the rest in an order that does not jump about during work."""
    return (not row.offered, row.contact)
