"""The tutorial way: Flask, and a `transitions` Machine for each request, its state kept in Redis.

No encryption, no duplicates handled, nothing understood but the words of the menu.
"""

from __future__ import annotations

import os

import redis
from flask import Flask, Response, abort, request
from transitions import Machine
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bench.words import KEPT_SECONDS, LEADS, SAYS

TRANSITIONS = [{"trigger": f"go_{target}", "source": "*", "dest": target} for target in SAYS]


class Conversation:
    """What the machine moves."""

    state: str
    machine: Machine

    def __init__(self, state: str) -> None:
        self.machine = Machine(model=self, states=list(SAYS), transitions=TRANSITIONS, initial=state)


def create_app() -> Flask:
    """The bot as a WSGI application; its settings come from the environment."""
    app = Flask(__name__)
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @app.post("/twilio/message")
    def message() -> Response:
        if not validator.validate(request.url, request.form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        key = "machine:" + request.form["From"]
        stored = store.get(key)
        conversation = Conversation(str(stored) if stored else "opener")
        target = LEADS.get(request.form["Body"].strip().lower())
        if target:
            conversation.machine.events[f"go_{target}"].trigger(conversation)
        store.set(key, conversation.state, ex=KEPT_SECONDS)
        twiml = MessagingResponse()
        twiml.message(SAYS[conversation.state])
        return Response(str(twiml), mimetype="text/xml")

    return app
