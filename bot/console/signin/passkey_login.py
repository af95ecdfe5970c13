"""Logging in with a passkey."""

import json

from flask import Blueprint, Response, jsonify, request

from bot.access import passkeys
from bot.access.attempts import AuthenticationFailed
from bot.console.page_context import PageContext
from bot.console.signin.answers import STATUS, log_in, next_page, note_refusal, site_host, site_url
from bot.console.signin.permissions import ANYONE, requires_role
from bot.console.signin.source import remember


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/login/passkey."""

    @blueprint.get("/login/passkey")
    @requires_role(ANYONE)
    def ask_passkey() -> dict[str, object]:
        name, challenge = context.authenticator.challenge()
        return {"name": name, "options": json.loads(passkeys.login(challenge, site_host(context)))}

    @blueprint.post("/login/passkey")
    @requires_role(ANYONE)
    def check_passkey() -> tuple[dict[str, str], int] | Response:
        name, answer = request.form.get("name", ""), request.form.get("answer", "")
        try:
            account = context.authenticator.passkey(name, answer, site_host(context), site_url(context))
        except AuthenticationFailed as failed:
            note_refusal(context)
            return {}, STATUS[failed.reason]
        answer_to_browser = jsonify({"to": next_page()})
        log_in(context, account)
        remember(answer_to_browser, account)
        return answer_to_browser
