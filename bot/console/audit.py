"""The audit log, for supervisors and administrators."""

import re

from flask import Blueprint, render_template, request

from bot.console.page_context import PageContext
from bot.console.signin.permissions import SUPERVISORS, requires_role

LINES = 100
_LINE_ID = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/audit."""

    @blueprint.get("/audit", endpoint="audit")
    @requires_role(SUPERVISORS)
    def read_audit() -> str:
        before = request.args.get("before", "")
        lines = context.audit.lines(before if _LINE_ID.fullmatch(before) else "", LINES)
        return render_template(
            "console/audit.html",
            lines=lines,
            people={account.id: account.name for account in context.accounts.everybody()},
            older=lines[-1].id if len(lines) == LINES else "",
        )
