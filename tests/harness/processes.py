"""Helpers for tests with real processes: ports, waiting, and what runs."""

import contextlib
import os
import random
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


WAIT_SECONDS = 120
"""How long a test waits for what must come. Nobody waits so long where all is well, but a machine may be busy."""

_PORTS = range(15000, 32000)
"""Below those that the kernel gives to outgoing connections."""
_CHANCE = random.SystemRandom()
"""Not the one that Hypothesis seeds: every test would be given the same ports as the one before it."""
_given: set[int] = set()


def own_ports(environment: Mapping[str, str]) -> range:
    """The ports of this test process. Those of pytest-xdist each have their own, so that two that look at the same
    moment, before either listens, never find the same one."""
    processes = int(environment.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    this = int(environment.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return _PORTS[this % processes :: processes]


def free_port() -> int:
    """A port that nobody listens on and that this process was never given before."""
    while True:
        port = _CHANCE.choice(own_ports(os.environ))
        if port in _given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


def until(condition: Callable[[], object], seconds: float = WAIT_SECONDS, what: str = "") -> None:
    """Wait for `condition`; fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what or condition}"
        time.sleep(0.05)


def at_once(work: Callable[[_Item], _Result], items: Iterable[_Item], threads: int = 8) -> list[_Result]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))


def children(pid: int) -> list[int]:
    """The live child processes of `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            _name, _, rest = stat.read_text().rpartition(") ")
            state, parent, *_ = rest.split()
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return sorted(found)


def alive(pid: int) -> bool:
    """Does this process exist, and is it more than a name its parent has not cleared away?"""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    return False
