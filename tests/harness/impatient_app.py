"""The application of a web server that waits one second, not ten, for the rest of a request."""

from flask import Flask

import app
from bot.channels import slow_clients


def create_app() -> Flask:
    """See `app.create_app`."""
    vars(slow_clients)["HEAD_SECONDS"] = vars(slow_clients)["BODY_SECONDS"] = 1
    return app.create_app()
