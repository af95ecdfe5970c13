"""What both web applications, the webhooks and the console, have in common."""

import sys

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from bot import metrics

MAX_BODY = 32 * 1024
"""Bytes of a request."""


def new_app(name: str) -> Flask:
    """An application whose error pages give no reason and whose log quotes nobody."""
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1  # one more, to see that a chunked body is too long
    app.log_exception = _log_exception  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, _plain_error)
    return app


def _plain_error(error: HTTPException) -> Response:
    """An error page without a reason."""
    status = error.code or 500
    metrics.webhook_counter(f"refused_{status}")()
    return Response(f"{status}\n", status=status, mimetype="text/plain")


def _log_exception(exc_info: object) -> None:
    """Flask would log a traceback with the exception's own words. Class and place only."""
    error = sys.exception()
    if error is not None:
        metrics.report("webhook_failed", fault=type(error).__name__, error=error)
