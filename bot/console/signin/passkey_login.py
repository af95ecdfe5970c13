"""Logging in with a passkey."""

import json

from flask import Blueprint, request

from bot.access import passkeys
from bot.access.attempts import AuthenticationFailed
from bot.console.page_context import PageContext
from bot.console.signin.answers import STATUS, log_in, next_page, site_host, site_url
from bot.console.signin.permissions import ANYONE, requires_role


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/login/passkey."""

    @blueprint.get("/login/passkey")
    @requires_role(ANYONE)
    def ask_passkey() -> dict[str, object]:
        name, challenge = context.authenticator.challenge()
        return {"name": name, "options": json.loads(passkeys.login(challenge, site_host(context)))}

    @blueprint.post("/login/passkey")
    @requires_role(ANYONE)
    def check_passkey() -> tuple[dict[str, str], int] | dict[str, str]:
        name, answer = request.form.get("name", ""), request.form.get("answer", "")
        try:
            account = context.authenticator.passkey(name, answer, site_host(context), site_url(context))
        except AuthenticationFailed as failed:
            context.audit.write("", "login_refused")
            return {}, STATUS[failed.reason]
        log_in(context, account)
        return {"to": next_page()}
