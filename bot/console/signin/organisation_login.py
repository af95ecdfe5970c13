"""Logging in via the organisation's identity provider, and linking an account to it."""

from flask import Blueprint, url_for

from bot.access.attempts import AuthenticationFailed
from bot.access.sessions import Stage
from bot.console.page_context import PageContext
from bot.console.signin.answers import Page, log_in, refuse_login, site_url
from bot.console.signin.permissions import ANYONE, requires_role
from bot.console.signin.proof import is_proof, take_organisation


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/login/organisation and /console/login/back, where there is a provider."""
    if not context.organisation:
        return
    organisation, session = context.organisation, context.current_session

    @blueprint.get("/login/organisation")
    @requires_role(ANYONE)
    def to_organisation() -> Page:
        try:
            return organisation.ask(site_url(context) + url_for("console.from_organisation"))
        except AuthenticationFailed as failed:
            return refuse_login(context, failed, None)

    @blueprint.get("/login/back")
    @requires_role(ANYONE)
    def from_organisation() -> Page:
        """Whoever has given a one-time password, or has proved again on the account page who they are, is linked to who
        they are there. A logged-in screen alone links nobody."""
        if session.visitor() is not None and is_proof():
            return take_organisation(context)
        may_link = session.visitor() is not None and session.is_proved()
        links = session.pending_login(Stage.START) or (session.account() if may_link else None)
        try:
            subject = organisation.authenticated().subject
            account = context.enrolment.link(links, subject) if links else context.authenticator.linked(subject)
        except AuthenticationFailed as failed:
            return refuse_login(context, failed, None)
        if links:
            context.audit.write(account.id, "joined")
        return log_in(context, account)
