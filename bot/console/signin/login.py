"""Logging in with name, password and code, and logging out."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.access.attempts import AuthenticationFailed
from bot.access.sessions import Stage
from bot.console.page_context import PageContext
from bot.console.signin.answers import Page, log_in, next_page, refuse, refuse_login
from bot.console.signin.permissions import ANYONE, requires_role
from bot.console.signin.source import source


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/login, /console/login/code and /console/logout."""
    _add_password_step(blueprint, context)
    _add_code_step(blueprint, context)

    @blueprint.post("/logout")
    @requires_role(ANYONE)
    def logout() -> BaseResponse:
        who = context.current_session.visitor()
        if who:
            context.audit.write(who.id, "logout")
        context.current_session.end_session()
        response: BaseResponse = redirect(url_for("console.login"), 303)
        # Not "cookies": it would take the language with it; the session's own is cleared above.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _add_password_step(blueprint: Blueprint, context: PageContext) -> None:
    session, authenticator = context.current_session, context.authenticator

    @blueprint.get("/login")
    @requires_role(ANYONE)
    def login() -> Page:
        if session.visitor():
            return redirect(url_for("console.board"))
        organisation = bool(context.organisation)
        return render_template(
            "console/login.html", locked=session.locked(), next=next_page(), organisation=organisation
        )

    @blueprint.post("/login")
    @requires_role(ANYONE)
    def check_password() -> Page:
        locked = session.locked()
        name = locked.name if locked else request.form.get("name", "")
        try:
            typed = request.form.get("password", "")
            # Whoever has an open session is not shut out by strangers who try the same name.
            came_from = source(context.trusted_proxies)
            account = authenticator.proof(locked, typed) if locked else authenticator.password(name, typed, came_from)
        except AuthenticationFailed as failed:
            return refuse_login(context, failed, locked, name)
        if locked:
            session.unlock()
            context.audit.write(locked.id, "unlock")
            return redirect(next_page(), 303)
        if account.one_time_until or not (account.totp or context.second_factor_optional):
            session.start_session(account, Stage.START)
            return redirect(url_for("console.start"), 303)
        if not account.totp:
            return log_in(context, account)
        session.start_session(account, Stage.CODE)
        return redirect(url_for("console.code", next=next_page()), 303)


def _add_code_step(blueprint: Blueprint, context: PageContext) -> None:
    session = context.current_session

    @blueprint.get("/login/code")
    @requires_role(ANYONE)
    def code() -> Page:
        if not session.pending_login(Stage.CODE):
            return redirect(url_for("console.login"))
        return render_template("console/code.html", next=next_page())

    @blueprint.post("/login/code")
    @requires_role(ANYONE)
    def check_code() -> Page:
        account = session.pending_login(Stage.CODE)
        if account is None:
            return redirect(url_for("console.login"), 303)
        try:
            account = context.authenticator.code(account, request.form.get("code", ""), source(context.trusted_proxies))
        except AuthenticationFailed as failed:
            return refuse(context, "console/code.html", failed)
        return log_in(context, account)
