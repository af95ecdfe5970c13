"""`python -m bench failover`: masters of Redis die or hang, one after the other, while people write.

Starts Sentinels with a master and two replicas, or a Cluster whose masters have one each, a web server and a worker
with REDIS_REPLICAS as many, and eight people who write without a pause. Prints a line a try and, last, one JSON
object. Exit status: 0 nothing that was answered is lost or stored twice, 1 otherwise, 2 something did not come back.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from tests.harness.processes import until
from tests.harness.redis_servers import Several, Spread, Watched
from tests.harness.site import Site
from tests.harness.twilio_client import person
from tests.harness.writers import Found, Writers

KINDS: dict[str, Callable[[Path], Several]] = {"sentinel": Watched, "cluster": Spread}
PEOPLE = 8
CALM_SECONDS = 1.0
"""Before each try, and after it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; see the head of this file for the exit status."""
    words = argparse.ArgumentParser(prog="python -m bench failover", description=__doc__)
    words.add_argument("kind", choices=KINDS)
    words.add_argument("--tries", type=int, default=10)
    words.add_argument("--hang", action="store_true", help="the master is stopped and goes on later; else it is killed")
    words.add_argument("--replicas", type=int, help="REDIS_REPLICAS; else all that a master has")
    args = words.parse_args(argv)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="failover-")))
        for name in ("servers", "site"):
            (folder / name).mkdir()
        try:
            servers = stack.enter_context(closing(KINDS[args.kind](folder / "servers")))
            site = Site(folder / "site", several=servers.url)
            stack.callback(site.close)
            replicas = servers.replicas if args.replicas is None else args.replicas
            site.environment["REDIS_REPLICAS"] = str(replicas)
            site.start_web()
            site.start_worker()
            tries = [_try(servers, site, number, hang=args.hang) for number in range(args.tries)]
        except AssertionError as error:
            print(f"failover: {error}", file=sys.stderr)
            return 2
    total = {
        "kind": args.kind,
        "broken_by": "hang" if args.hang else "kill",
        "replicas": replicas,
        "tries": len(tries),
        **{name: sum(getattr(found, name) for found, _seconds in tries) for name in _COUNTS},
        "slowest": round(max(found.slowest for found, _seconds in tries), 2),
        "without_redis_s": round(max(seconds for _found, seconds in tries), 2),
    }
    print(json.dumps(total), flush=True)
    return 1 if total["lost"] or total["doubled"] else 0


_COUNTS = ("answered", "in_outage", "lost", "doubled")


def _try(servers: Several, site: Site, number: int, *, hang: bool) -> tuple[Found, float]:
    """One master breaks and comes back. Returns what became of the messages, and the seconds without Redis."""
    writers = Writers(site, [person(1000 + PEOPLE * number + each) for each in range(PEOPLE)])
    with writers.writing():
        time.sleep(CALM_SECONDS)
        masters = servers.masters()
        victim, began = masters[number % len(masters)], time.monotonic()
        servers.fail_over(victim, hang=hang)
        if hang:
            servers.go_on(victim)  # the worst moment: it is not told yet that it is the master no more
        until(site.has_redis, what="a web server with Redis")
        seconds = time.monotonic() - began
        time.sleep(CALM_SECONDS)
        if hang:
            servers.ready()  # while people write
    if not hang:
        servers.revive(victim)  # there is no other replica to confirm what was spooled
    found = writers.found()
    print(f"try {number + 1}: {found}, {seconds:.1f} s without Redis", flush=True)
    return found, seconds
