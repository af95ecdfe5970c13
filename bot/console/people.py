"""Accounts of the people who may log in, for administrators."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.access.accounts import Account, NameRefused, Role
from bot.console.page_context import PageContext
from bot.console.signin.permissions import ADMINISTRATORS, requires_role, visitor

Page = BaseResponse | str | tuple[str, int]


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/people."""
    accounts, audit = context.accounts, context.audit

    def page(fault: str = "", name: str = "", made: Account | None = None, one_time: str = "") -> str:
        return render_template(
            "console/people.html",
            everybody=accounts.everybody(),
            roles=list(Role),
            fault=fault,
            name=name,
            made=made,
            one_time=one_time,
        )

    @blueprint.get("/people")
    @requires_role(ADMINISTRATORS)
    def people() -> Page:
        return page()

    @blueprint.post("/people")
    @requires_role(ADMINISTRATORS)
    def add_person() -> Page:
        name, role = request.form.get("name", ""), _role()
        try:
            made, one_time = accounts.add(name, role, (context.source_language,))
        except NameRefused:
            return page("taken", name), 409
        audit.write(visitor().id, "person_added", made.id)
        return page(made=made, one_time=one_time)

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
        made, one_time = None, ""
        act = request.form.get("do", "")
        try:
            if act == "role":
                accounts.give_role(account_id, _role())
            elif act == "disable":
                accounts.disable(account_id)
            elif act == "reset":
                made, one_time = accounts.reset(account_id)
            else:
                abort(400)
        except KeyError:
            abort(404)
        audit.write(visitor().id, _ACTS[act], account_id)
        return page(made=made, one_time=one_time)


_ACTS = {"role": "person_role", "disable": "person_disabled", "reset": "person_reset"}


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
