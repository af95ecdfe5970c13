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

# About as long as the project's own replies, so that both move the same number of bytes.
REPLIES = (
    "Hoi. Bel 112 als je nu in gevaar bent.\nVanuit het buitenland: +31 247 247 247.\n"
    "Je kunt hier anoniem vragen stellen. Stuur MENU voor de onderwerpen.",
    "Waar gaat je vraag over?\n1 Ik ben achtergelaten\n2 Ik ga binnenkort op reis\n"
    "3 Mijn papieren zijn weg\n4 Iemand anders\n5 Ik werk ermee\n6 Meer onderwerpen",
    "Meer onderwerpen\n1 Wat is dit\n2 Wat kost het\n3 Anoniem blijven\n"
    "4 Wat gebeurt er als ik bel\n5 Waar kan ik slapen\n9 Een medewerker\n0 Menu",
    "Terug naar het begin.\n1 Ik ben achtergelaten\n2 Ik ga binnenkort op reis\n"
    "3 Mijn papieren zijn weg\n4 Iemand anders\n5 Ik werk ermee\n6 Meer onderwerpen",
    "Waar gaat je vraag over?\n1 Ik ben achtergelaten\n2 Ik ga binnenkort op reis\n"
    "3 Mijn papieren zijn weg\n4 Iemand anders\n5 Ik werk ermee\n6 Meer onderwerpen",
    "De nummers\nIn Nederland: 112, of Veilig Thuis 0800 2000\nVanuit het buitenland, dag en nacht:\n+31 247 247 247",
)
KEPT_SECONDS = 72 * 3600


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
