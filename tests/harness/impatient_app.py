"""The application of a web server that waits one second, not ten, for the rest of a request, and two, not 45, for
somebody to take an answer."""

from flask import Flask

import app
from bot.channels import slow_clients


def create_app() -> Flask:
    """See `app.create_app`."""
    vars(slow_clients).update(HEAD_SECONDS=1, BODY_SECONDS=1, SEND_SECONDS=2)
    return app.create_app()
