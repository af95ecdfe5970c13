"""Accounts of the people who may log in, for administrators."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.access.accounts import Account, NameRefused, Role
from bot.access.attempts import AuthenticationFailed
from bot.console.page_context import PageContext
from bot.console.signin.answers import STATUS
from bot.console.signin.permissions import ADMINISTRATORS, requires_role, visitor
from bot.console.signin.proof import FAULTS, prove

Page = BaseResponse | str | tuple[str, int]


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/people."""
    audit = context.audit

    def page(fault: str = "", name: str = "", made: Account | None = None, one_time: str = "") -> str:
        return _page(context, fault, name, made, one_time)

    @blueprint.post("/people")
    @requires_role(ADMINISTRATORS)
    def add_person() -> Page:
        return _add(context)

    @blueprint.get("/people")
    @requires_role(ADMINISTRATORS)
    def people() -> Page:
        return page()

    @blueprint.get("/people/<account_id>")
    @requires_role(ADMINISTRATORS)
    def after_change(account_id: str) -> Page:
        """The address of a form that was refused, opened again."""
        return redirect(url_for("console.people"))

    @blueprint.post("/people/<account_id>")
    @requires_role(ADMINISTRATORS)
    def change_person(account_id: str) -> Page:
        """Nobody changes their own account here: the last administrator must not lock themselves out."""
        if account_id == visitor().id:
            return page("yourself"), 409
        act = request.form.get("do", "")
        if act not in _ACTS:
            abort(400)
        try:
            prove(context)  # an open screen alone makes nobody an account
        except AuthenticationFailed as failed:
            return page(FAULTS[failed.reason]), STATUS[failed.reason]
        try:
            made, one_time = _change(context, act, account_id)
        except KeyError:
            abort(404)
        audit.write(visitor().id, _ACTS[act], account_id)
        return page(made=made, one_time=one_time)


def _change(context: PageContext, act: str, account_id: str) -> tuple[Account | None, str]:
    """Do it; for a reset the account and its one-time password. Raises KeyError where there is no such account."""
    accounts = context.accounts
    if act == "reset":
        return accounts.reset(account_id)
    if act == "role":
        accounts.give_role(account_id, _role())
    elif act == "disable":
        accounts.disable(account_id)
    else:
        context.sessions.end_all_of(account_id)
    return None, ""


_ACTS = {"role": "person_role", "disable": "person_disabled", "logout": "person_logged_out", "reset": "person_reset"}


def _page(
    context: PageContext, fault: str = "", name: str = "", made: Account | None = None, one_time: str = ""
) -> str:
    return render_template(
        "console/people.html",
        everybody=context.accounts.everybody(),
        roles=list(Role),
        fault=fault,
        name=name,
        made=made,
        one_time=one_time,
        organisation=bool(context.organisation),
        account=context.current_session.account(),
        proved=context.current_session.is_proved(),
    )


def _add(context: PageContext) -> Page:
    """Make the account that the form names, and show its one-time password."""
    name, role = request.form.get("name", ""), _role()
    try:
        prove(context)
    except AuthenticationFailed as failed:
        return _page(context, FAULTS[failed.reason], name), STATUS[failed.reason]
    try:
        made, one_time = context.accounts.add(name, role, (context.source_language,))
    except NameRefused:
        return _page(context, "taken", name), 409
    context.audit.write(visitor().id, "person_added", made.id)
    return _page(context, made=made, one_time=one_time)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
