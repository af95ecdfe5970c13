"""What pages ask for by themselves while they are open: the heartbeat, news, and the stream of changes."""

import time
from collections.abc import Iterator
from contextlib import closing

from flask import Blueprint, Response, jsonify, render_template, request, stream_with_context
from werkzeug.wrappers import Response as BaseResponse

from bot.advisors.live import News
from bot.console.page_context import PageContext
from bot.console.signin.permissions import EVERYBODY, requires_role, visitor
from bot.dialogue.conversation import Status

STREAM_SECONDS = 120
"""Then a stream ends and the page opens a new one, so that a browser that was logged out gets no more news."""


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/beat, /console/news and /console/events."""

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
        overview = context.desk.board(visitor().advisor)
        held = [row.contact for row in overview.rows if row.holder == visitor().id]
        context.desk.heartbeat(visitor().advisor, held)
        unanswered = [row for row in overview.rows if row.yours and row.status is Status.ADVISOR]
        return render_template("console/beat.html", mine=unanswered, waiting=overview.waiting)

    @blueprint.get("/news")
    @requires_role(EVERYBODY)
    def news_strip() -> str:
        """What is new, for pages whose own contents do not change while they are open."""
        return render_template("console/news.html")

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


def _event(news: News) -> str:
    """One server-sent event. The data of "news" are "board" and ids of conversations; "here" has none."""
    if not news.id:
        return ": here\n\n"
    where = [*(["board"] if news.board else []), *news.contacts]
    return f"id: {news.id}\nevent: {'news' if where else 'here'}\ndata: {' '.join(where)}\n\n"
