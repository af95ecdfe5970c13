"""How late a tick of ten milliseconds comes in a worker: what everybody waits for who waits on its event loop.

`create_app` is the project with such a tick in each worker; it tells how late the ticks were since it was last asked.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import statistics
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent

from bench.client import Senders
from bench.measure import load
from bench.mixes import Mixes
from bench.servers import Server, Site, Subject

WRAPPER = "bench.lateness:create_app"
ADDRESS = "/bench/lateness"
TICK_SECONDS = 0.01
RATE = 10
"""Free texts a second."""


def create_app() -> WSGIApplication:
    """The application named in BENCH_APP, and how late the ticks of this worker were."""
    module, _, factory = os.environ["BENCH_APP"].partition(":")
    inner: WSGIApplication = getattr(importlib.import_module(module), factory)()
    late: list[float] = []
    gevent.spawn(_tick, late)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != ADDRESS:
            return inner(environ, start_response)
        told = json.dumps(late).encode()
        late.clear()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [told]

    return application


def _tick(late: list[float]) -> None:
    while True:
        due = time.perf_counter() + TICK_SECONDS
        gevent.sleep(TICK_SECONDS)
        late.append((time.perf_counter() - due) * 1000)


def loop_lateness(site: Site, subject: Subject, senders: Senders, mixes: Mixes, rounds: int) -> dict[str, float]:
    """The 99th percentile in milliseconds, idle and at RATE free texts a second, in one worker; medians of rounds, and
    of their ratios."""
    server = Server(site, subject, workers=1, wrapper=WRAPPER)
    idle, busy = [], []
    try:
        server.wait()
        _send(site, server, senders, mixes, 1.0)
        for _ in range(rounds):
            _late(server)
            time.sleep(2.0)
            idle.append(_late(server))
            _send(site, server, senders, mixes, 3.0)
            busy.append(_late(server))
    finally:
        server.stop()
    ratios = [b / max(i, 0.01) for i, b in zip(idle, busy, strict=True)]
    medians = (statistics.median(each) for each in (idle, busy, ratios))
    return dict(zip(("idle", "busy", "ratio"), (round(each, 2) for each in medians), strict=True))


def _send(site: Site, server: Server, senders: Senders, mixes: Mixes, seconds: float) -> None:
    words = ["--url", server.url, "--rate", str(RATE), "--concurrency", "32", "--duration", str(seconds)]
    words += ["--warmup", "0", "--senders", "200", "--first-sender", str(senders.take(200)), "--no-memory"]
    for scenario in mixes.free:
        words += ["--scenario", str(scenario)]
    load(site.account, words)


def _late(server: Server) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", ADDRESS)
    late = sorted(json.loads(connection.getresponse().read()))
    connection.close()
    return float(late[len(late) * 99 // 100]) if late else 0.0
