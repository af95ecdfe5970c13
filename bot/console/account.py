"""What somebody changes about her own account. What lets her in is changed with her password only."""

import json
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response as BaseResponse

from bot.access import passkeys
from bot.access.accounts import Account
from bot.access.authenticator import AuthenticationFailed, Stage, Why, app_address, password_fault
from bot.access.passkeys import PasskeyRefused
from bot.console.login import STATUS, here, host
from bot.console.page_context import PageContext
from bot.console.permissions import EVERYBODY, entry
from bot.console.qr_code import square

Page = BaseResponse | str | tuple[str, int]


def add_routes(blueprint: Blueprint, parts: PageContext) -> None:  # noqa: C901 - counts its views together
    """/console/account and what is done there."""
    door, entrance, audit = parts.door, parts.entrance, parts.audit

    def proved() -> Account:
        """She typed her own password just now. Raises AuthenticationFailed."""
        return entrance.password(door.account().name, request.form.get("current", ""))

    def with_password(view: Callable[[Account], Page]) -> Callable[[], Page]:
        """The view, for who typed her own password with it."""

        @wraps(view)
        def asked() -> Page:
            try:
                mine = proved()
            except AuthenticationFailed as why:
                return page("too_often" if why.why is Why.TOO_OFTEN else "wrong", STATUS[why.why])
            return view(mine)

        return asked

    def page(fault: str = "", status: int = 200) -> tuple[str, int]:
        return render_template(
            "console/account.html",
            account=door.account(),
            spoken=parts.spoken,
            organisation=bool(parts.organisation),
            fault=fault,
            done="done" in request.args,
        ), status

    def done(account: Account, what: str) -> BaseResponse:
        audit.write(account.id, what)
        return redirect(url_for("console.account", done=""), 303)

    @blueprint.get("/account")
    @entry(EVERYBODY)
    def account() -> Page:
        return page()

    @blueprint.post("/account/languages")
    @entry(EVERYBODY)
    def account_languages() -> Page:
        chosen = tuple(code for code in parts.spoken if code in request.form.getlist("language"))
        changed = parts.accounts.change(door.account().id, lambda newest: replace(newest, languages=chosen or ("nl",)))
        return done(changed, "languages")

    @blueprint.post("/account/password")
    @entry(EVERYBODY)
    @with_password
    def account_password(mine: Account) -> Page:
        chosen = request.form.get("password", "")
        fault = password_fault(chosen, mine.name)
        if fault:
            return page(fault, 409)
        mine = entrance.choose_password(mine, chosen)
        door.let_in(mine, Stage.IN)
        return done(mine, "password")

    @blueprint.post("/account/app")
    @entry(EVERYBODY)
    @with_password
    def account_app(mine: Account) -> Page:
        return _app_page(mine, entrance.app_secret(mine))

    @blueprint.post("/account/app/code")
    @entry(EVERYBODY)
    def account_app_code() -> Page:
        mine = door.account()
        try:
            mine, codes = entrance.set_up_app(mine, request.form.get("code", ""))
        except AuthenticationFailed as why:
            return _app_page(mine, entrance.app_pending(mine), "code"), STATUS[why.why]
        audit.write(mine.id, "app")
        return render_template("console/codes.html", codes=codes)

    @blueprint.post("/account/codes")
    @entry(EVERYBODY)
    @with_password
    def account_codes(mine: Account) -> Page:
        if not mine.totp:
            return page(status=409)
        mine, codes = entrance.new_recovery(mine)
        audit.write(mine.id, "codes")
        return render_template("console/codes.html", codes=codes)

    @blueprint.post("/account/passkey")
    @entry(EVERYBODY)
    def account_passkey() -> Response:
        """Asks for a new passkey, and takes it: the form holds the password first, the device's answer then."""
        if "answer" not in request.form:
            try:
                mine = proved()
            except AuthenticationFailed as why:
                return Response("{}", STATUS[why.why], mimetype="application/json")
            name, challenge = entrance.challenge(mine.id)
            asked = json.loads(passkeys.registration(mine, challenge, host(parts)))
            return Response(json.dumps({"name": name, "options": asked}), mimetype="application/json")
        mine = door.account()
        try:
            challenge = entrance.challenged(request.form.get("name", ""), mine.id)
            second = int(parts.now().timestamp())
            passkey = passkeys.verified_registration(
                request.form["answer"], challenge, host(parts), here(parts), second
            )
            mine = entrance.add_passkey(mine, passkey)
        except (AuthenticationFailed, PasskeyRefused):
            return Response("{}", 403, mimetype="application/json")
        audit.write(mine.id, "passkey")
        to = {"to": url_for("console.account", done="")}
        return Response(json.dumps(to), mimetype="application/json")

    @blueprint.post("/account/no-passkeys")
    @entry(EVERYBODY)
    @with_password
    def account_no_passkeys(mine: Account) -> Page:
        return done(entrance.drop_passkeys(mine), "no_passkeys")

    @blueprint.post("/account/everywhere")
    @entry(EVERYBODY)
    def account_everywhere() -> Page:
        mine = entrance.end_all(door.account())
        audit.write(mine.id, "everywhere")
        door.leave()
        return redirect(url_for("console.login"), 303)


def _app_page(account: Account, secret: str, fault: str = "") -> str:
    return render_template("console/app.html", secret=secret, square=square(app_address(account, secret)), fault=fault)
