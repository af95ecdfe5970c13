"""Whoever has a request gets its turn, whatever others send without a pause."""

from typing import Any, cast

import gevent
import pytest
from gunicorn.http.body import Body
from gunicorn.workers.ggevent import GeventWorker

from bot.channels.slow_clients import BoundedWorker, Connections


class _Request:
    """One of which all is here: answering it waits for nothing."""

    body = Body(None)


class _Client:
    def settimeout(self, _seconds: float) -> None:
        pass


def test_two_who_never_pause_are_answered_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody whose next message was always there already had a worker for themselves, for a tenth of a second."""
    answered: list[str] = []
    monkeypatch.setattr(GeventWorker, "handle_request", lambda _self, name, *_rest: answered.append(name))
    worker = BoundedWorker.__new__(BoundedWorker)
    worker._connections = Connections(places=10)

    def messages(of: str) -> None:
        client = cast(Any, _Client())
        for _message in range(3):
            worker.handle_request(of, _Request(), client, None)

    gevent.joinall([gevent.spawn(messages, each) for each in "ab"], timeout=60)
    assert answered == ["a", "b"] * 3
