"""The console, joined from its parts."""

from flask import Blueprint

from bot.console import account, board, case_code, conversation, language, login, people, statistics, supervision
from bot.console.page_context import PageContext
from bot.console.permissions import guard
from bot.console.plain import plain


def make_blueprint(parts: PageContext) -> Blueprint:
    """All routes under /console."""
    blueprint = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
    )
    blueprint.add_app_template_filter(plain, "plain")
    guard(blueprint, parts.door)
    for module in (language, login, account, people, board, conversation, case_code, supervision, statistics):
        module.add_routes(blueprint, parts)
    return blueprint
