"""Supervisor pages: all conversations at a glance, assigning one to an advisor, and the current overrides."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.console.board import board_of
from bot.console.codenames import codename
from bot.console.language import language
from bot.console.page_context import PageContext
from bot.console.signin.permissions import SUPERVISORS, requires_role, visitor
from bot.console.signin.visitor import colleagues
from bot.dialogue.hours import Week, read_day, write_day
from bot.dialogue.overrides import Overrides
from bot.handoff.refusals import Refused

MAX_NOTE = 500
DAYS = 7

Page = BaseResponse | str | tuple[str, int]


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/supervision, its acts, and /console/settings."""

    def overview(refused: Refused | None = None) -> tuple[str, int]:
        around = board_of(context)
        there = context.desk.on_duty()
        on_duty = [each for each in colleagues(context.accounts) if each.id in there]
        held = [*around["mine"], *around["others"]]  # type: ignore[misc]
        having = {each.id: sum(row.holder == each.id for row in held) for each in on_duty}
        return render_template(
            "console/supervision.html",
            refused=refused,
            colleagues=on_duty,
            held=held,
            having=having,
            blocks=context.desk.blocks(),
            new_act=lambda: secrets.token_urlsafe(9),
            **around,
        ), 409 if refused else 200

    @blueprint.get("/supervision")
    @requires_role(SUPERVISORS)
    def supervision() -> Page:
        return overview()

    @blueprint.post("/supervision")
    @requires_role(SUPERVISORS)
    def assign() -> Page:
        contact = request.form.get("contact", "")
        act = request.form.get("act") or secrets.token_urlsafe(9)
        try:
            context.desk.assign(visitor().advisor, contact, request.form.get("to", ""), act)
        except Refused as refused:
            return overview(refused)
        context.audit.write(visitor().id, "reassign", codename(contact))
        return redirect(url_for("console.supervision"), 303)

    @blueprint.post("/blocked/<id>")
    @requires_role(SUPERVISORS)
    def unblock(id: str) -> Page:
        if context.desk.unblock(id):
            context.audit.write(visitor().id, "unblock")
        return redirect(url_for("console.supervision"), 303)

    def form(overrides: Overrides, typed: list[str], fault: str = "") -> tuple[str, int]:
        lang = language(context)
        return render_template(
            "console/settings.html",
            overrides=overrides,
            days=typed,
            announcements=context.desk_texts[lang].announcement,
            own_week=[write_day(day) for day in context.week],
            fault=fault,
            done="done" in request.args,
        ), 409 if fault else 200

    @blueprint.get("/settings")
    @requires_role(SUPERVISORS)
    def settings() -> Page:
        overrides = context.desk.overrides()
        return form(overrides, [write_day(day) for day in overrides.week or context.week])

    @blueprint.post("/settings")
    @requires_role(SUPERVISORS)
    def change_settings() -> Page:
        typed = [request.form.get(f"day{number}", "") for number in range(DAYS)]
        announcement = request.form.get("announcement", "")
        week = _week(typed) if request.form.get("hours") == "own" else ()
        overrides = Overrides(
            down="down" in request.form,
            announcement=announcement
            if announcement in context.desk_texts[context.source_language].announcement
            else "",
            week=week or (),
            note=request.form.get("note", "").replace("\r\n", "\n")[:MAX_NOTE],
        )
        if week is None:
            return form(overrides, typed, "hours")
        context.desk.set_overrides(overrides)
        context.audit.write(visitor().id, "steering")
        return redirect(url_for("console.settings", done=""), 303)


def _week(typed: list[str]) -> Week | None:
    """The opening hours as typed, Monday first; None where a day cannot be read."""
    days = [read_day(day) for day in typed]
    found = tuple(day for day in days if day is not None)
    return found if len(found) == DAYS else None
