"""The board: who waits, one's own conversations, those of colleagues. And what keeps open pages up to date."""

import time
from collections.abc import Iterator
from contextlib import closing

from flask import Blueprint, Response, jsonify, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.advisors.desk import Row
from bot.advisors.live import News
from bot.console.codenames import codename
from bot.console.page_context import PageContext
from bot.console.signin.permissions import EVERYBODY, requires_role, visitor
from bot.console.signin.visitor import colleagues
from bot.dialogue.conversation import Status
from bot.ports.unavailable import StorageUnavailable

STREAM_SECONDS = 120
"""Then a stream ends and the page opens a new one, so that a browser that was logged out gets no more news."""


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/ and what its scripts ask for."""

    @blueprint.get("/")
    @requires_role(EVERYBODY)
    def board() -> str:
        return render_template("console/board.html", **board_of(context))

    @blueprint.post("/beat")
    @requires_role(EVERYBODY)
    def beat() -> BaseResponse:
        """The page is open: renews the leases of one's conversations; returns those that are lost."""
        held = request.form.getlist("held")
        typing = request.form.get("typing", "")
        lost = context.desk.heartbeat(visitor().advisor, held, typing if typing in held else "")
        return jsonify(lost=lost)

    @blueprint.get("/beat")
    @requires_role(EVERYBODY)
    def beating_page() -> str:
        """The same without scripts: a small page in a frame that reloads itself."""
        rows = context.desk.board(visitor().advisor)
        held = [row.contact for row in rows if row.holder == visitor().id]
        context.desk.heartbeat(visitor().advisor, held)
        unanswered = [row for row in rows if row.yours and row.status is Status.ADVISOR]
        waiting = sum(row.status is Status.WAITING for row in rows)
        return render_template("console/beat.html", mine=unanswered, waiting=waiting)

    @blueprint.post("/check-ins/<contact>")
    @requires_role(EVERYBODY)
    def end_check_in(contact: str) -> BaseResponse:
        """A check-in was acted on, or is not needed any more; any advisor may end it."""
        if context.desk.end_check_in(contact):
            context.audit.write(visitor().id, "check_in_ended", codename(contact))
        return redirect(url_for("console.board"), 303)

    @blueprint.get("/events")
    @requires_role(EVERYBODY)
    def events() -> BaseResponse:
        """News as server-sent events: where something happened, never what."""
        after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
        news = context.live.listen(visitor().advisor, after)

        def stream() -> Iterator[str]:
            end = time.monotonic() + STREAM_SECONDS
            yield "retry: 2000\n\n"
            with closing(news):
                for each in news:
                    yield _event(each)
                    if time.monotonic() > end:
                        return

        response = Response(stream_with_context(stream()), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @blueprint.errorhandler(StorageUnavailable)
    def unavailable(_error: StorageUnavailable) -> tuple[str, int]:
        return render_template("console/unavailable.html"), 503


def _event(news: News) -> str:
    """One server-sent event. The data of "news" are "board" and ids of conversations; "here" has none."""
    if not news.id:
        return ": here\n\n"
    where = [*(["board"] if news.board else []), *news.contacts]
    return f"id: {news.id}\nevent: {'news' if where else 'here'}\ndata: {' '.join(where)}\n\n"


def board_of(context: PageContext) -> dict[str, object]:
    """What the board, and the list of one's own conversations on every page, are made of."""
    who = visitor()
    since = context.desk.events()[1]
    rows = context.desk.board(who.advisor)
    minute = int(context.now().timestamp()) // 60
    check_ins = context.desk.check_ins()
    names = {colleague.id: colleague.name for colleague in colleagues(context.accounts)}
    return {
        "since": since,
        "minute": minute,
        "check_ins": check_ins,
        "overdue": [each for each in check_ins if each.is_overdue(minute)],
        "expected": [each for each in check_ins if not each.is_overdue(minute)],
        "waiting": [row for row in rows if row.status is Status.WAITING],
        "mine": sorted((row for row in rows if row.yours and row.status is Status.ADVISOR), key=_steady),
        "others": [row for row in rows if not row.yours and row.status is Status.ADVISOR],
        "names": names,
        "overrides": context.desk.overrides(),
    }


def _steady(row: Row) -> tuple[bool, str]:
    """Offers first; the rest in an order that does not jump about during work."""
    return (not row.offered, row.contact)
