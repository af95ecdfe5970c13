"""Who may log in, for administrators; and who did what, for them and supervisors."""

import re

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from bot.access.accounts import Account, NameRefused, Role
from bot.console.page_context import PageContext
from bot.console.permissions import entry, visitor

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
LEADERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
LINES = 100
_LINE = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)

Page = BaseResponse | str | tuple[str, int]


def add_routes(blueprint: Blueprint, parts: PageContext) -> None:
    """/console/people and /console/audit."""
    accounts, audit = parts.accounts, parts.audit

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
    @entry(ADMINISTRATORS)
    def people() -> Page:
        return page()

    @blueprint.post("/people")
    @entry(ADMINISTRATORS)
    def add_person() -> Page:
        name, role = request.form.get("name", ""), _role()
        try:
            made, one_time = accounts.add(name, role)
        except NameRefused:
            return page("taken", name), 409
        audit.write(visitor().id, "person_added", made.id)
        return page(made=made, one_time=one_time)

    @blueprint.post("/people/<account_id>")
    @entry(ADMINISTRATORS)
    def change_person(account_id: str) -> Page:
        """Nobody changes herself here: the last administrator must not shut herself out."""
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

    @blueprint.get("/audit", endpoint="audit")
    @entry(LEADERS)
    def read_audit() -> Page:
        before = request.args.get("before", "")
        lines = audit.lines(before if _LINE.fullmatch(before) else "", LINES)
        return render_template(
            "console/audit.html",
            lines=lines,
            people={account.id: account.name for account in accounts.everybody()},
            older=lines[-1].id if len(lines) == LINES else "",
        )


_ACTS = {"role": "person_role", "disable": "person_disabled", "reset": "person_reset"}


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
