"""The console: one blueprint of all its pages."""

from flask import Blueprint

from bot.console import audit, board, case_code, conversation, language, open_pages, people, statistics, supervision
from bot.console.page_context import PageContext
from bot.console.plain import plain
from bot.console.signin import account, first_login, login, organisation_login, passkey_login, proof
from bot.console.signin.answers import note_refusal
from bot.console.signin.permissions import guard

_PAGES = (
    language, login, passkey_login, organisation_login, first_login, account, proof, people, audit, board, open_pages,
    conversation, case_code, supervision, statistics,
)  # fmt: skip


def make_blueprint(context: PageContext) -> Blueprint:
    """All routes under /console."""
    blueprint = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
    )
    blueprint.add_app_template_filter(plain, "plain")
    guard(
        blueprint,
        context.current_session,
        context.public_url,
        lambda visitor: note_refusal(context, "page_refused", visitor.id),
    )
    for module in _PAGES:
        module.add_routes(blueprint, context)
    return blueprint
