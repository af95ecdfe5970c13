"""One's own account. What authenticates its owner is changed only for whoever proves again that it is theirs."""

import json
from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response as BaseResponse

from bot.access import passkeys
from bot.access.accounts import Account
from bot.access.attempts import AuthenticationFailed
from bot.access.codes import app_uri
from bot.access.passkeys import PasskeyRefused
from bot.access.sessions import Stage
from bot.console.page_context import PageContext
from bot.console.signin.answers import STATUS, Page, site_host, site_url
from bot.console.signin.permissions import EVERYBODY, requires_role
from bot.console.signin.proof import FAULTS, prove, with_proof
from bot.console.signin.qr_code import qr_code


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/account and what is done there."""
    session = context.current_session

    @blueprint.get("/account")
    @requires_role(EVERYBODY)
    def account() -> Page:
        fault = request.args.get("fault", "")
        return _page(context, fault if fault in FAULTS.values() else "")

    @blueprint.get("/account/<path:name>")
    @requires_role(EVERYBODY)
    def after_account_act(name: str) -> Page:
        """The address of a form that was refused, opened again."""
        return redirect(url_for("console.account"))

    @blueprint.post("/account/languages")
    @requires_role(EVERYBODY)
    def account_languages() -> Page:
        chosen = tuple(code for code in context.advisor_languages if code in request.form.getlist("language"))
        mine = session.account()
        languages = chosen or (context.source_language,)
        changed = context.accounts.change(mine.id, lambda newest: replace(newest, languages=languages))
        return _done(context, changed, "languages")

    @blueprint.post("/account/everywhere")
    @requires_role(EVERYBODY)
    def account_everywhere() -> Page:
        mine = context.sessions.end_all(session.account())
        context.audit.write(mine.id, "everywhere")
        session.end_session()
        return redirect(url_for("console.login"), 303)

    @blueprint.post("/account/seen")
    @requires_role(EVERYBODY)
    def account_seen() -> Page:
        """The owner has read which changes there were in how they, or others, log in."""
        second = request.form.get("second", "")
        if second.isascii() and second.isdigit() and len(second) < 12:
            context.accounts.saw_login_changes(session.account().id, int(second))
        return redirect(url_for("console.account"), 303)

    @blueprint.post("/account/organisation")
    @requires_role(EVERYBODY)
    @with_proof(context, partial(_page, context))
    def account_organisation(mine: Account) -> Page:
        """A proof; then the page leads to the provider."""
        return redirect(url_for("console.account"), 303)

    _add_password_and_app(blueprint, context)
    _add_passkeys(blueprint, context)


def _add_password_and_app(blueprint: Blueprint, context: PageContext) -> None:
    page, enrolment = partial(_page, context), context.enrolment

    @blueprint.post("/account/password")
    @requires_role(EVERYBODY)
    @with_proof(context, page, needs_password=True)
    def account_password(mine: Account) -> Page:
        if not _may_have_password(context, mine):
            return page(status=409)
        chosen = request.form.get("password", "")
        fault = enrolment.password_fault(mine, chosen)
        if fault:
            return page(fault, 409)
        mine = enrolment.choose_password(mine, chosen)
        context.current_session.start_session(mine, Stage.IN)
        return _done(context, mine, "password")

    @blueprint.post("/account/app")
    @requires_role(EVERYBODY)
    @with_proof(context, page)
    def account_app(mine: Account) -> Page:
        return _app_page(mine, enrolment.new_app_secret(mine))

    @blueprint.post("/account/app/code")
    @requires_role(EVERYBODY)
    def account_app_code() -> Page:
        """Needs the secret that was shown after a proof, and that proof within the last minutes: a wrong code shows no
        other secret."""
        mine = context.current_session.account()
        if not context.current_session.is_proved():
            return page("again", 403)
        try:
            mine, codes = enrolment.confirm_app(mine, request.form.get("code", ""))
        except AuthenticationFailed as failed:
            secret = enrolment.pending_app_secret(mine)
            if not secret:
                return page("again", STATUS[failed.reason])
            return _app_page(mine, secret, "code"), STATUS[failed.reason]
        context.audit.write(mine.id, "app")
        return render_template("console/codes.html", codes=codes)

    @blueprint.post("/account/codes")
    @requires_role(EVERYBODY)
    @with_proof(context, page)
    def account_codes(mine: Account) -> Page:
        if not mine.totp:
            return page(status=409)
        mine, codes = enrolment.new_recovery_codes(mine)
        context.audit.write(mine.id, "codes")
        return render_template("console/codes.html", codes=codes)


def _add_passkeys(blueprint: Blueprint, context: PageContext) -> None:
    @blueprint.post("/account/passkey")
    @requires_role(EVERYBODY)
    def account_passkey() -> Response:
        """Asks for a new passkey, and takes it: the form holds the password first, if that is the proof, the device's
        answer then."""
        answers = "answer" in request.form
        try:
            return _json(_take_passkey(context) if answers else _passkey_options(context))
        except AuthenticationFailed as failed:
            return _json({}, 403 if answers else STATUS[failed.reason])
        except PasskeyRefused:
            return _json({}, 403)

    @blueprint.post("/account/no-passkeys")
    @requires_role(EVERYBODY)
    @with_proof(context, partial(_page, context))
    def account_no_passkeys(mine: Account) -> Page:
        return _done(context, context.enrolment.drop_passkeys(mine), "no_passkeys")


def _passkey_options(context: PageContext) -> dict[str, object]:
    """What the device is asked. Raises AuthenticationFailed."""
    mine = prove(context)
    name, challenge = context.authenticator.challenge(mine.id)
    return {"name": name, "options": json.loads(passkeys.registration(mine, challenge, site_host(context)))}


def _take_passkey(context: PageContext) -> dict[str, object]:
    """Add the key the device made. Raises AuthenticationFailed or PasskeyRefused."""
    mine = context.current_session.account()
    challenge = context.authenticator.take_challenge(request.form.get("name", ""), mine.id)
    passkey = passkeys.verified_registration(
        request.form["answer"], challenge, site_host(context), site_url(context), int(context.now().timestamp())
    )
    mine = context.enrolment.add_passkey(mine, passkey)
    context.audit.write(mine.id, "passkey")
    return {"to": url_for("console.account", done="")}


def _may_have_password(context: PageContext, account: Account) -> bool:
    """Whoever logs in at the identity provider connects an app first: a password alone would be a weaker way in."""
    return bool(account.password or account.totp) or context.second_factor_optional


def _page(context: PageContext, fault: str = "", status: int = 200) -> tuple[str, int]:
    return render_template(
        "console/account.html",
        account=context.current_session.account(),
        spoken=context.advisor_languages,
        organisation=bool(context.organisation),
        may_have_password=_may_have_password(context, context.current_session.account()),
        proved_otherwise=context.current_session.is_proved_without_password(),
        proved=context.current_session.is_proved(),
        fault=fault,
        done="done" in request.args,
    ), status


def _done(context: PageContext, account: Account, what: str) -> BaseResponse:
    context.audit.write(account.id, what)
    return redirect(url_for("console.account", done=""), 303)


def _json(content: dict[str, object], status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")


def _app_page(account: Account, secret: str, fault: str = "") -> str:
    return render_template("console/app.html", secret=secret, qr_code=qr_code(app_uri(account, secret)), fault=fault)
