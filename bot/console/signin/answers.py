"""What the pages for logging in share: where the site is, where a login leads, and how a failed one is answered."""

from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.access.accounts import Account
from bot.access.attempts import AuthenticationFailed, Failure
from bot.access.sessions import Stage
from bot.console.page_context import PageContext
from bot.console.signin.source import remember

Page = BaseResponse | str | tuple[str, int]

EACH_REFUSAL = 10
"""Refusals in an hour before they are only counted."""

STATUS = {Failure.WRONG: 403, Failure.OVER: 403, Failure.TOO_OFTEN: 429, Failure.AWAY: 503}


def site_url(context: PageContext) -> str:
    """This site as browsers call it, such as "https://helpline.example": passkeys are bound to it."""
    return context.public_url or request.host_url.rstrip("/")


def site_host(context: PageContext) -> str:
    """The host name of this site."""
    return urlsplit(site_url(context)).hostname or ""


def next_page() -> str:
    """Where the browser was going: a page of ours, else the board."""
    asked = request.values.get("next", "")
    if not asked.startswith("/console/") or "//" in asked or "\\" in asked or not asked.isprintable():
        return url_for("console.board")
    return asked


def log_in(context: PageContext, account: Account) -> BaseResponse:
    """Start the session of somebody who has given every proof, and send them on."""
    context.current_session.start_session(account, Stage.IN)
    context.audit.write(account.id, "login")
    response: BaseResponse = redirect(next_page(), 303)
    remember(response, account)
    return response


def note_refusal(context: PageContext, what: str = "login_refused", account_id: str = "") -> None:
    """Write to the audit log that somebody was refused: the first ones of an hour each, then one line for ten times as
    many, so that nobody can fill the log. account_id: at whose open screen it was, if at any."""
    count = context.authenticator.refusals(account_id)
    if count < EACH_REFUSAL or str(count).strip("0") == "1":
        context.audit.write(account_id, what, "" if count < EACH_REFUSAL else f"{count}×")


def refuse(context: PageContext, template: str, failed: AuthenticationFailed, **more: object) -> tuple[str, int]:
    """The page of `template` again, with the reason."""
    note_refusal(context)
    return render_template(template, why=failed.reason, next=next_page(), **more), STATUS[failed.reason]


def refuse_login(
    context: PageContext, failed: AuthenticationFailed, locked: Account | None, name: str = ""
) -> tuple[str, int]:
    """The login page again, with the reason."""
    organisation = bool(context.organisation)
    return refuse(context, "console/login.html", failed, locked=locked, name=name, organisation=organisation)
