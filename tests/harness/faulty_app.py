"""The application with bugs in it: for these words the engine, or the edge before it, fails and quotes the person."""

from collections.abc import Callable
from typing import Any

from flask import Flask

import app
from bot.channels import twilio, webhooks
from bot.dialogue.engine import Engine

ENGINE_FAULT = "breek de motor"
EDGE_FAULT = "breek de rand"


def _failing(work: Callable[..., Any], words: str) -> Callable[..., Any]:
    def fail(*arguments: Any, **named: Any) -> Any:
        quoted = repr(arguments)
        if words in quoted:
            raise RuntimeError(quoted)
        return work(*arguments, **named)

    return fail


def create_app() -> Flask:
    """See `app.create_app`."""
    Engine.advance = _failing(Engine.advance, ENGINE_FAULT)  # type: ignore[method-assign]
    vars(webhooks)["read_inbound"] = _failing(twilio.read_inbound, EDGE_FAULT)
    return app.create_app()
