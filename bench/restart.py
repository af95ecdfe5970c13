"""`python -m bench restart`: Redis, web server and worker are killed at once and started again at once.

Prints, a try a line and then as one JSON object, after how many seconds somebody is answered again, answered from
what is stored, and what was spooled is stored; and the processor time of the web server until then, which on a busy
machine says more. Exit status: 0 measured, 1 a message was lost, 2 it did not come back.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.harness.processes import at_once, until
from tests.harness.site import Site
from tests.harness.twilio_client import person, sms

FIRST_FILLED = 1_000_000
"""The number of the first of those who only fill Redis."""

WHAT = ("answering", "with_redis", "caught_up")
"""What is waited for, in this order: any answer; one from what is stored; an empty spool."""

CPU = "web_processor"


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; see the head of this file for the exit status."""
    words = argparse.ArgumentParser(prog="python -m bench restart", description=__doc__)
    words.add_argument("--tries", type=int, default=5)
    words.add_argument("--conversations", type=int, default=1000, help="how many are stored, for Redis to read again")
    args = words.parse_args(argv)
    with ExitStack() as stack:
        site = Site(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="restart-"))))
        stack.callback(site.close)
        try:
            site.start_redis()
            site.start_web()
            site.start_worker()
            numbers = range(FIRST_FILLED, FIRST_FILLED + args.conversations)
            at_once(lambda number: site.twilio.insist(sms(number, "hoi", person(number))), numbers)
            writer = _Writer(site)
            writer.write()
            tries = [_try(site, writer) for _each in range(args.tries)]
            lost = sum(text not in site.heard(writer.who) for text in writer.answered)
        except AssertionError as error:
            print(f"restart: {error}", file=sys.stderr)
            return 2
    found: dict[str, object] = {"tries": len(tries), "conversations": args.conversations, "lost": lost}
    for name in (*WHAT, CPU):
        seconds = [each[name] for each in tries]
        found[f"{name}_s"] = {"p50": round(statistics.median(seconds), 2), "max": round(max(seconds), 2)}
    print(json.dumps(found), flush=True)
    return 1 if lost else 0


class _Writer:
    """One person. answered: what they wrote that was answered."""

    def __init__(self, site: Site) -> None:
        self.who = person(1)
        self.answered: list[str] = []
        self._site = site
        self._numbers = itertools.count()

    def write(self) -> str:
        """The answer; "" when there is none."""
        number = next(self._numbers)
        text = f"bericht {number}"
        try:
            answer = self._site.twilio.post(sms(number, text, self.who))
        except (OSError, http.client.HTTPException):
            return ""
        if answer.status != 200:
            return ""
        self.answered.append(text)
        return answer.body.decode()


def _try(site: Site, writer: _Writer) -> dict[str, float]:
    """Seconds from starting everything to each of WHAT."""
    assert site.worker is not None
    site.worker.kill()
    site.kill_web()
    site.signal_redis(signal.SIGKILL)
    site.worker.wait()
    began = time.monotonic()
    found: dict[str, float] = {}

    def reached(name: str, condition: Callable[[], object]) -> None:
        until(condition, what=f"{name}\n{site.log('web')}")
        found[name] = time.monotonic() - began

    with ThreadPoolExecutor(1) as starter:
        redis = starter.submit(site.start_redis)
        site.start_worker()
        site.web = site.launch_web()
        site.web_pid = site.web.pid
        reached("answering", writer.write)
        found[CPU] = sum(_processor_seconds(pid) for pid in (site.web_pid, *site.web_workers()))
        reached("with_redis", site.has_redis)
        reached("caught_up", lambda: not site.spooled())
        redis.result()
    print(", ".join(f"{name} {seconds:.2f} s" for name, seconds in found.items()), flush=True)
    return found


def _processor_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0
