"""Counts and timings for Prometheus, and what is worth a log line. Labels are names from our own code, and single words
that Twilio uses for a state or a fault."""

import logging
import os
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from bot import logs

REGISTRY = CollectorRegistry()
_webhooks = Counter("helpline_webhooks", "Webhooks by what became of them.", ["outcome"], registry=REGISTRY)
_events = Counter("helpline_events", "Events of turns by name.", ["event"], registry=REGISTRY)
_incidents = Counter("helpline_incidents", "What went wrong, by kind and cause.", ["kind", "cause"], registry=REGISTRY)
_turns = Histogram(
    "helpline_turn_seconds",
    "Time to answer a message.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
    registry=REGISTRY,
)

_ALARMING = frozenset(
    {
        "engine_failed",
        "spool_full",
        "webhook_failed",
        "spool_dropped",
        "waits_unseen",
        "send_alarm",
        "recovered",
        "key_damaged",
        "record_unreadable",
    }  # fmt: skip
)

_event: dict[str, Callable[[], None]] = {}

observe_turn = _turns.observe
"""Record how many seconds one answer took."""


def webhook_counter(outcome: str) -> Callable[[], None]:
    """What counts one webhook with this outcome: answered, silent, failed, status, or refused_<status>."""
    counter: Callable[[], None] = _webhooks.labels(outcome).inc
    return counter


def report(what: str, **fields: Any) -> None:
    """Count what happened in a turn; log it when it is not an ordinary event.

    `error`, an exception, is logged by class and place only.
    """
    if what == "event":
        name = fields["event"]
        if name not in _event:
            _event[name] = _events.labels(name).inc
        _event[name]()
        return
    error = fields.pop("error", None)
    if isinstance(error, BaseException):
        fields["at"] = logs.places(error)
    _incidents.labels(what, str(fields.get("cause") or fields.get("fault") or "")).inc()
    level = logging.ERROR if what in _ALARMING else logging.INFO
    if what != "repeated":
        logs.log(what, level=level, **fields)


def exposition() -> bytes:
    """All counts of all processes in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
