"""The first login, with a one-time password: choosing a password and connecting an authenticator app."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from bot.access.accounts import Account
from bot.access.attempts import AuthenticationFailed
from bot.access.codes import app_uri
from bot.access.sessions import Stage
from bot.console.page_context import PageContext
from bot.console.signin.answers import STATUS, Page, log_in
from bot.console.signin.permissions import ANYONE, requires_role
from bot.console.signin.qr_code import qr_code
from bot.console.signin.source import remember


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/start."""
    session, enrolment = context.current_session, context.enrolment

    @blueprint.get("/start")
    @requires_role(ANYONE)
    def start() -> Page:
        account = session.pending_login(Stage.START)
        if account is None:
            return redirect(url_for("console.login"))
        return page(account)

    @blueprint.post("/start")
    @requires_role(ANYONE)
    def begin() -> Page:
        account = session.pending_login(Stage.START)
        if account is None:
            return redirect(url_for("console.login"), 303)
        password, typed = request.form.get("password", ""), request.form.get("code", "").strip()
        fault = enrolment.password_fault(account, password) if account.one_time_until else ""
        if fault or not (typed or context.second_factor_optional):
            return page(account, fault=fault or "code"), 409
        codes: list[str] = []
        if typed:
            try:
                account, codes = enrolment.confirm_app(account, typed)
            except AuthenticationFailed as failed:
                return page(account, fault="code"), STATUS[failed.reason]
        if account.one_time_until:
            account = enrolment.choose_password(account, password)
        logged_in = log_in(context, account)
        if codes:
            logged_in = make_response(render_template("console/codes.html", codes=codes))
            remember(logged_in, account)
        return logged_in

    def page(account: Account, fault: str = "") -> str:
        secret = enrolment.pending_app_secret(account) or enrolment.new_app_secret(account)
        return render_template(
            "console/start.html",
            account=account,
            secret=secret,
            qr_code=qr_code(app_uri(account, secret)),
            may_postpone=context.second_factor_optional,
            organisation=bool(context.organisation),
            fault=fault,
        )
