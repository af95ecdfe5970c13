"""The language of the pages: what the advisor chose here, else what their browser asks for, else Dutch."""

from collections.abc import Collection

from babel import Locale
from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.console.page_context import PageContext
from bot.console.signin.permissions import ANYONE, requires_role
from bot.console.wording import words

COOKIE = "console_language"
YEAR = 365 * 24 * 3600
SOURCE = "nl"


def language(live: Collection[str]) -> str:
    """The language of this request, one of `live`."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in live else request.accept_languages.best_match(live) or SOURCE


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """The language switch; and `_`, `lang` and names of things for every template."""

    @blueprint.context_processor
    def page() -> dict[str, object]:
        lang = language(context.catalogs)
        catalog = context.catalogs[lang]
        return {
            "_": lambda text: catalog.get(("", text), text),
            "lang": lang,
            "dir": Locale.parse(lang).text_direction,
            "languages": sorted(context.catalogs),
            "own_name": lambda code: Locale.parse(code).get_language_name(code),
            **words(lang, context.country_names[lang]),
        }

    @blueprint.post("/language")
    @requires_role(ANYONE)
    def change_language() -> BaseResponse:
        response: BaseResponse = redirect(url_for("console.board"), 303)
        chosen = request.form.get("language", "")
        if chosen in context.catalogs:
            response.set_cookie(
                COOKIE, chosen, max_age=YEAR, path="/console", httponly=True, samesite="Lax", secure=request.is_secure
            )
        return response
