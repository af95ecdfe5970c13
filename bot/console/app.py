"""The application of the pages: their session, their headers, their language."""

from collections.abc import Callable, Mapping, Sequence

from babel import Locale
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, request

from bot.console import cookies
from bot.console.headers import set_headers
from bot.web import new_app

Catalogs = Mapping[str, Mapping[tuple[str, str], str]]
"""Language -> the texts of the pages, by (context, source text)."""


def new_console(secret_key: str, *, https: bool) -> Flask:
    """An application without pages. secret_key: that of the installation; the cookie is signed with one made of it."""
    app = new_app(__name__)
    app.secret_key = HKDF(SHA256(), 32, salt=None, info=b"console cookie").derive(secret_key.encode())
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # the form of a session lives as long as the session
    cookies.set_up(app, https)
    set_headers(app, https)
    return app


def page_language(languages: Sequence[str], catalogs: Catalogs, source: str) -> Callable[[], dict[str, object]]:
    """`_`, `lang` and `dir` for every page: the browser's language where it is among `languages`, else the source."""

    def context() -> dict[str, object]:
        lang = request.accept_languages.best_match(languages) or source
        catalog = catalogs.get(lang, {})
        direction = Locale.parse(lang).text_direction
        return {"_": lambda text: catalog.get(("", text), text), "lang": lang, "dir": direction}

    return context
