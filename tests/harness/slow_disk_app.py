"""The application on a disk that can be made slow: while the file SLOW_DISK exists, bringing data to it takes time."""

import os
from pathlib import Path

from flask import Flask
from gevent import monkey

import app

SECONDS = 0.05


def create_app() -> Flask:
    """See `app.create_app`."""
    flag, sync = Path(os.environ["SLOW_DISK"]), os.fsync
    # The real one: a process waits for a disk as a whole, not only the request that writes.
    sleep = monkey.get_original("time", "sleep")

    def slow(descriptor: int) -> None:
        if flag.exists():
            sleep(SECONDS)
        sync(descriptor)

    vars(os)["fsync"] = slow
    return app.create_app()
