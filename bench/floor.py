"""The floor: the webhook a good engineer writes by hand, and nothing more.

Flask, `RequestValidator.validate`, one Redis GET, one SET of JSON, `MessagingResponse`. No
dialogue (a counter picks the reply), no encryption, no duplicates handled. The project is
measured beside it.
"""

from __future__ import annotations

import json
import os
from typing import Any

import redis
from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bench.words import KEPT_SECONDS, REPLIES


def create_app() -> Flask:
    """The floor as a WSGI application; its settings come from the environment."""
    app = Flask(__name__)
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    store = redis.Redis.from_url(os.environ["REDIS_URL"])
    prefix = os.environ.get("FLOOR_PREFIX", "floor:")
    padding = "x" * int(os.environ.get("FLOOR_PADDING", "0"))

    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @app.post("/twilio/message")
    def message() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)
        key = prefix + request.form["From"]
        stored = store.get(key)
        state: dict[str, Any] = json.loads(stored) if stored else {"turn": 0, "locale": "nl"}
        if request.form["Body"] == "hoi":
            state["turn"] = 0
        reply = REPLIES[state["turn"] % len(REPLIES)]
        state["turn"] += 1
        state["last"] = request.form["Body"]
        if padding:
            state["padding"] = padding
        store.set(key, json.dumps(state), ex=KEPT_SECONDS)
        twiml = MessagingResponse()
        twiml.message(reply)
        return Response(str(twiml), mimetype="text/xml")

    return app
