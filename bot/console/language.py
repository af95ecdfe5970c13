"""The language of the pages: what the advisor chose here, else what their browser asks for, else the source."""

from babel import Locale
from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.console import cookies
from bot.console.page_context import PageContext
from bot.console.signin.permissions import ANYONE, requires_role
from bot.console.wording import language_name, words

YEAR = 365 * 24 * 3600


def language(context: PageContext) -> str:
    """The language of this request, one of those of the console."""
    chosen, languages = cookies.read(cookies.LANGUAGE), context.catalogs
    return chosen if chosen in languages else request.accept_languages.best_match(languages) or context.source_language


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """The language switch; and `_`, `lang` and names of things for every template."""

    @blueprint.context_processor
    def page() -> dict[str, object]:
        lang = language(context)
        catalog = context.catalogs[lang]

        def translate(text: str) -> str:
            return catalog.get(("", text), text)

        return {
            "_": translate,
            "lang": lang,
            "dir": Locale.parse(lang).text_direction,
            "languages": sorted(context.catalogs),
            "own_name": lambda code: Locale.parse(code).get_language_name(code),
            "language_name": lambda code: language_name(code, lang, context.unicode_languages, translate),
            **words(lang, context.country_names[lang]),
        }

    @blueprint.post("/language")
    @requires_role(ANYONE)
    def change_language() -> BaseResponse:
        response: BaseResponse = redirect(url_for("console.board"), 303)
        chosen = request.form.get("language", "")
        if chosen in context.catalogs:
            cookies.write(response, cookies.LANGUAGE, chosen, YEAR)
        return response
