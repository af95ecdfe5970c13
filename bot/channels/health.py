"""For machines that watch: alive, ready, counts."""

import hmac
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request

from bot import metrics

Check = Callable[[], str]
"""One dependency: returns how it is in a few words, raises when it is not well."""


def make_blueprint(checks: Sequence[tuple[str, Check]], metrics_token: str) -> Blueprint:
    """/healthz, /readyz and, with a token, /metrics."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        lines, ready = [], True
        for name, check in checks:
            try:
                lines.append(f"{name}: ok {check()}".rstrip())
            except Exception as error:  # noqa: BLE001 - a check that fails in any way is "not ready"
                ready = False
                lines.append(f"{name}: {type(error).__name__} {error}".rstrip())
        return Response("\n".join(lines) + "\n", status=200 if ready else 503, mimetype="text/plain")

    @blueprint.get("/metrics")
    def counts() -> Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not metrics_token or not hmac.compare_digest(given.encode(), metrics_token.encode()):
            return Response("unauthorized\n", status=401, mimetype="text/plain")
        return Response(metrics.exposition(), mimetype="text/plain")

    return blueprint
