"""Names and places of our cookies.

With https they are called __Host-…: browsers take such a cookie only from this very host, over TLS and for all of its
paths, so nobody on a neighbouring host or in between can plant one. Without it, on one's own machine, they have their
plain names.
"""

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

PREFIX = "__Host-"
SESSION, BROWSER, LANGUAGE = "console", "browser", "console_language"


def set_up(app: Flask, https: bool) -> None:
    """The session's own cookie."""
    app.config.update(
        SESSION_COOKIE_NAME=f"{PREFIX}{SESSION}" if https else SESSION,
        SESSION_COOKIE_PATH="/" if https else "/console",
        SESSION_COOKIE_SAMESITE="Lax",  # not Strict: who comes from the identity provider, or a bookmark, is in
        SESSION_COOKIE_SECURE=https,
    )


def read(name: str) -> str:
    """What the browser has sent under this name of ours; "" for nothing."""
    return request.cookies.get(_full(name), "")


def write(response: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser keep it."""
    response.set_cookie(
        _full(name),
        value,
        max_age=seconds,
        path=current_app.config["SESSION_COOKIE_PATH"],
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _full(name: str) -> str:
    return f"{PREFIX}{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name
