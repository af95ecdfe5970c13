"""Proving again, while logged in, who one is: an open screen alone changes nobody's login.

With the password, with a passkey, or by logging in at the identity provider once more. It counts for five minutes, in
this browser only.
"""

import json
import secrets
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, jsonify, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.access import passkeys
from bot.access.accounts import Account
from bot.access.attempts import AuthenticationFailed, Failure
from bot.access.sessions import PROOF_LIFE
from bot.console.page_context import PageContext
from bot.console.signin.answers import STATUS, Page, next_page, note_refusal, site_host, site_url
from bot.console.signin.permissions import EVERYBODY, requires_role

FAULTS = {Failure.WRONG: "wrong", Failure.OVER: "again", Failure.TOO_OFTEN: "too_often", Failure.AWAY: "away"}
"""Why nothing was changed, as templates name it."""

_STATE, _NEXT = "proof_state", "proof_next"


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/account/proof: asks the device and takes its answer, and leads to the identity provider."""

    @blueprint.get("/account/proof")
    @requires_role(EVERYBODY)
    def ask_proof() -> dict[str, object]:
        mine = context.current_session.account()
        name, challenge = context.authenticator.challenge(_purpose(mine))
        return {"name": name, "options": json.loads(passkeys.login(challenge, site_host(context), mine.passkeys))}

    @blueprint.post("/account/proof")
    @requires_role(EVERYBODY)
    def take_proof() -> tuple[dict[str, str], int] | Response:
        mine, name = context.current_session.account(), request.form.get("name", "")
        try:
            context.authenticator.proof_by_passkey(
                mine, _purpose(mine), name, request.form.get("answer", ""), site_host(context), site_url(context)
            )
        except AuthenticationFailed as failed:
            note(context, mine, failed)
            return {}, STATUS[failed.reason]
        context.current_session.prove(with_password=False)
        return jsonify({"to": next_page()})

    @blueprint.post("/account/proof/organisation")
    @requires_role(EVERYBODY)
    def ask_organisation() -> Page:
        """Leads to the provider, which must ask again: being logged in there already is no proof."""
        if context.organisation is None:
            return redirect(url_for("console.account"), 303)
        session[_STATE], session[_NEXT] = secrets.token_urlsafe(), next_page()
        try:
            return context.organisation.ask(
                site_url(context) + url_for("console.from_organisation"), proof_state=session[_STATE]
            )
        except AuthenticationFailed as failed:
            return redirect(url_for("console.account", fault=FAULTS[failed.reason]), 303)


def is_proof() -> bool:
    """Does the browser come back from the provider because its owner was asked to prove who they are?"""
    return bool(request.args.get("state")) and session.get(_STATE) == request.args.get("state")


def take_organisation(context: PageContext) -> BaseResponse:
    """The provider has said who logged in there, and when: it must be the owner of this session, just now."""
    back: str = session.pop(_NEXT, "") or url_for("console.account")
    session.pop(_STATE, None)
    mine = context.current_session.account()
    try:
        assert context.organisation is not None  # noqa: S101 - it sent the browser here
        there = context.organisation.authenticated()
        if not mine.subject or there.subject != mine.subject:
            raise AuthenticationFailed(Failure.WRONG)
        if not -_CLOCKS_APART <= context.now().timestamp() - there.second <= PROOF_LIFE:
            raise AuthenticationFailed(Failure.OVER)
    except AuthenticationFailed as failed:
        note(context, mine, failed)
        return redirect(url_for("console.account", fault=FAULTS[failed.reason]), 303)
    context.current_session.prove(with_password=False)
    return redirect(back, 303)


_CLOCKS_APART = 60
"""Seconds by which the provider's clock may be ahead of ours."""


def prove(context: PageContext, *, needs_password: bool = False) -> Account:
    """The account of whoever is logged in, if they have proved a moment ago that it is theirs, or do so with the
    password in this form. A password that is given is looked at in any case. Raises AuthenticationFailed.

    needs_password: to change the password itself, one given earlier is not enough, unless the proof was another one.
    """
    current, typed = context.current_session, request.form.get("current", "")
    mine = current.account()
    if not typed:
        proved = current.is_proved_without_password() if needs_password and mine.password else current.is_proved()
        if proved:
            return mine
        raise AuthenticationFailed(Failure.OVER)
    try:
        mine = context.authenticator.proof(mine, typed)
    except AuthenticationFailed as failed:
        note(context, mine, failed)
        raise
    current.prove(with_password=True)
    return mine


def with_proof(
    context: PageContext, page: Callable[[str, int], Page], *, needs_password: bool = False
) -> Callable[[Callable[[Account], Page]], Callable[[], Page]]:
    """A decorator for views that change something only for whoever proves that the account is theirs.

    page: what is shown else, with the fault and the status.
    """

    def decorate(view: Callable[[Account], Page]) -> Callable[[], Page]:
        @wraps(view)
        def proved() -> Page:
            try:
                mine = prove(context, needs_password=needs_password)
            except AuthenticationFailed as failed:
                return page(FAULTS[failed.reason], STATUS[failed.reason])
            return view(mine)

        return proved

    return decorate


def note(context: PageContext, account: Account, failed: AuthenticationFailed) -> None:
    """Write to the audit log that somebody at this account's screen could not prove that it is theirs."""
    if failed.reason in (Failure.WRONG, Failure.OVER):
        note_refusal(context, "proof_refused", account.id)


def _purpose(account: Account) -> str:
    return f"proof {account.id}"
