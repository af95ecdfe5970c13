"""Logging in and out: name and password, then a code or a passkey; the first time with a one-time password."""

import json
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.access import passkeys
from bot.access.accounts import Account
from bot.access.authenticator import AuthenticationFailed, Stage, Why, app_address, password_fault
from bot.console.page_context import PageContext
from bot.console.permissions import ANYONE, entry
from bot.console.qr_code import square

Page = BaseResponse | str | tuple[str, int]


def add_routes(blueprint: Blueprint, parts: PageContext) -> None:  # noqa: C901 - counts its views together
    """/console/login and what follows, /console/start, /console/logout."""
    door, entrance, audit = parts.door, parts.entrance, parts.audit

    def enter(account: Account) -> BaseResponse:
        """She is in."""
        door.let_in(account, Stage.IN)
        audit.write(account.id, "login")
        return redirect(_next(), 303)

    def refuse(template: str, refused: AuthenticationFailed, **more: object) -> tuple[str, int]:
        audit.write("", "login_refused")
        return render_template(template, why=refused.why, next=_next(), **more), STATUS[refused.why]

    def refuse_login(refused: AuthenticationFailed, locked: Account | None, name: str = "") -> tuple[str, int]:
        organisation = bool(parts.organisation)
        return refuse("console/login.html", refused, locked=locked, name=name, organisation=organisation)

    @blueprint.get("/login")
    @entry(ANYONE)
    def login() -> Page:
        if door.visitor():
            return redirect(url_for("console.board"))
        return render_template(
            "console/login.html", locked=door.locked(), next=_next(), organisation=bool(parts.organisation)
        )

    @blueprint.post("/login")
    @entry(ANYONE)
    def check_password() -> Page:
        locked = door.locked()
        name = locked.name if locked else request.form.get("name", "")
        try:
            account = entrance.password(name, request.form.get("password", ""))
        except AuthenticationFailed as refused:
            return refuse_login(refused, locked, name)
        if locked:
            door.unlock()
            return redirect(_next(), 303)
        if account.one_time_until or not (account.totp or parts.may_postpone):
            door.let_in(account, Stage.START)
            return redirect(url_for("console.start"), 303)
        if not account.totp:
            return enter(account)
        door.let_in(account, Stage.CODE)
        return redirect(url_for("console.code", next=_next()), 303)

    @blueprint.get("/login/code")
    @entry(ANYONE)
    def code() -> Page:
        if not door.half_way(Stage.CODE):
            return redirect(url_for("console.login"))
        return render_template("console/code.html", next=_next())

    @blueprint.post("/login/code")
    @entry(ANYONE)
    def check_code() -> Page:
        account = door.half_way(Stage.CODE)
        if account is None:
            return redirect(url_for("console.login"), 303)
        try:
            account = entrance.code(account, request.form.get("code", ""))
        except AuthenticationFailed as refused:
            return refuse("console/code.html", refused)
        return enter(account)

    @blueprint.get("/login/passkey")
    @entry(ANYONE)
    def ask_passkey() -> dict[str, object]:
        name, challenge = entrance.challenge()
        return {"name": name, "options": json.loads(passkeys.login(challenge, host(parts)))}

    @blueprint.post("/login/passkey")
    @entry(ANYONE)
    def check_passkey() -> BaseResponse | tuple[dict[str, str], int] | dict[str, str]:
        try:
            account = entrance.passkey(
                request.form.get("name", ""), request.form.get("answer", ""), host(parts), here(parts)
            )
        except AuthenticationFailed as refused:
            audit.write("", "login_refused")
            return {}, STATUS[refused.why]
        enter(account)
        return {"to": _next()}

    @blueprint.get("/start")
    @entry(ANYONE)
    def start() -> Page:
        account = door.half_way(Stage.START)
        if account is None:
            return redirect(url_for("console.login"))
        return _start_page(account)

    @blueprint.post("/start")
    @entry(ANYONE)
    def begin() -> Page:
        account = door.half_way(Stage.START)
        if account is None:
            return redirect(url_for("console.login"), 303)
        password, typed = request.form.get("password", ""), request.form.get("code", "").strip()
        fault = password_fault(password, account.name) if account.one_time_until else ""
        if fault or not (typed or parts.may_postpone):
            return _start_page(account, fault=fault or "code"), 409
        codes: list[str] = []
        if typed:
            try:
                account, codes = entrance.set_up_app(account, typed)
            except AuthenticationFailed as refused:
                return _start_page(account, fault="code"), STATUS[refused.why]
        if account.one_time_until:
            account = entrance.choose_password(account, password)
        went_in = enter(account)
        return render_template("console/codes.html", codes=codes) if codes else went_in

    def _start_page(account: Account, fault: str = "") -> str:
        secret = entrance.app_pending(account)
        return render_template(
            "console/start.html",
            account=account,
            secret=secret,
            square=square(app_address(account, secret)),
            may_postpone=parts.may_postpone,
            organisation=bool(parts.organisation),
            fault=fault,
        )

    @blueprint.post("/logout")
    @entry(ANYONE)
    def logout() -> BaseResponse:
        who = door.visitor()
        if who:
            audit.write(who.id, "logout")
        door.leave()
        response: BaseResponse = redirect(url_for("console.login"), 303)
        # Not "cookies": it would take the language with it; the session's own is cleared above.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    if not parts.organisation:
        return
    organisation = parts.organisation

    @blueprint.get("/login/organisation")
    @entry(ANYONE)
    def to_organisation() -> Page:
        try:
            return organisation.ask(here(parts) + url_for("console.from_organisation"))
        except AuthenticationFailed as refused:
            return refuse_login(refused, None)

    @blueprint.get("/login/back")
    @entry(ANYONE)
    def from_organisation() -> Page:
        """Whoever is logged in here, or has shown her one-time password, is joined to who she is there."""
        joins = door.half_way(Stage.START) or (door.account() if door.visitor() else None)
        try:
            subject = organisation.subject()
            account = entrance.join(joins, subject) if joins else entrance.joined(subject)
        except AuthenticationFailed as refused:
            return refuse_login(refused, None)
        if joins:
            audit.write(account.id, "joined")
        return enter(account)


STATUS = {Why.WRONG: 403, Why.OVER: 403, Why.TOO_OFTEN: 429, Why.AWAY: 503}


def here(parts: PageContext) -> str:
    """This site as browsers call it, such as "https://helpline.example": passkeys are bound to it."""
    return parts.address or request.host_url.rstrip("/")


def host(parts: PageContext) -> str:
    """Its name alone."""
    return urlsplit(here(parts)).hostname or ""


def _next() -> str:
    """Where she was going: a page of ours, or the board."""
    asked = request.values.get("next", "")
    if not asked.startswith("/console/") or "//" in asked or "\\" in asked or not asked.isprintable():
        return url_for("console.board")
    return asked
