"""What one sender of thousands of messages costs fifty others: python -m bench.flood [--messages 10000] [--rate 100]

Fifty people write a message every two seconds, in calm and during a flood by one sender, alternating in one run.
Printed: how long their answers took in both, the ratio, and how many of the flood's answers were empty.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Caller, Senders
from bench.servers import BenchError, Server, Site, Subject, open_redis

PEOPLE = 50
PAUSE_SECONDS = 2.0
CALLERS = 4
"""Connections of the flood."""
CYCLES = 4
TEXTS = ("hoi", "ja", "menu", "kaart", "mijn paspoort is weg", "wat kost bellen")


@dataclass
class Times:
    """How long answers took, in seconds, and how many were wrong."""

    seconds: list[float] = field(default_factory=list)
    wrong: int = 0

    def quantile(self, share: float) -> float:
        """The time that this share of the answers stayed below."""
        return statistics.quantiles(self.seconds, n=100)[round(share * 100) - 1]


def _people(server: Server, site: Site, first: int, stop: threading.Event, found: Times) -> list[threading.Thread]:
    def writes(number: int) -> None:
        caller = Caller(server.port, site.account)
        stop.wait(PAUSE_SECONDS * number / PEOPLE)
        turn = number
        while not stop.is_set():
            answer = caller.send(first + number, TEXTS[turn % len(TEXTS)])
            found.seconds.append(answer.seconds)
            found.wrong += answer.status != 200
            turn += 1
            stop.wait(PAUSE_SECONDS)
        caller.close()

    return [threading.Thread(target=writes, args=[number]) for number in range(PEOPLE)]


def _flood(server: Server, site: Site, sender: int, messages: int, rate: float) -> tuple[int, int]:
    """Send; returns how many were answered 200, and how many of these with no message."""
    answered, empty = [0] * CALLERS, [0] * CALLERS
    begun = time.monotonic()

    def sends(mine: int) -> None:
        caller = Caller(server.port, site.account)
        for number in range(mine, messages, CALLERS):
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            answer = caller.send(sender, f"antwoord mij {number}")
            answered[mine] += answer.status == 200
            empty[mine] += "<Message>" not in answer.body
        caller.close()

    threads = [threading.Thread(target=sends, args=[mine]) for mine in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered), sum(empty)


def main() -> int:
    """0: measured; 1: a server did not start, or an answer was none."""
    words = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    words.add_argument("--messages", type=int, default=10_000)
    words.add_argument("--rate", type=float, default=100, help="of the flood, messages a second")
    args = words.parse_args()
    share = args.messages // CYCLES
    calm, flooded, senders = Times(), Times(), Senders()
    answered = empty = 0
    with tempfile.TemporaryDirectory() as name, open_redis(None, Path(name) / "redis") as redis_url:
        site = Site(redis_url, Path(name), 0)
        server = Server(site, Subject("project", "app:create_app", Path()))
        try:
            server.wait()
            loud = senders.take()
            for cycle in range(2 * CYCLES):
                found = flooded if cycle % 2 else calm
                stop = threading.Event()
                people = _people(server, site, senders.take(PEOPLE), stop, found)
                for thread in people:
                    thread.start()
                if cycle % 2:
                    more, silent = _flood(server, site, loud, share, args.rate)
                    answered, empty = answered + more, empty + silent
                else:
                    time.sleep(share / args.rate)
                stop.set()
                for thread in people:
                    thread.join()
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
        finally:
            server.stop()
    print(f"flood: {args.messages} messages, {args.rate:g} a second; {answered} answered, {empty} with silence")
    for label, part in (("median", 0.5), ("95 of 100", 0.95), ("99 of 100", 0.99)):
        quiet, loud_time = calm.quantile(part) * 1000, flooded.quantile(part) * 1000
        print(f"{label:>10}: calm {quiet:6.1f} ms, flooded {loud_time:6.1f} ms, {loud_time / quiet:.2f}x")
    wrong = calm.wrong + flooded.wrong
    print(f"    others: {len(calm.seconds)} and {len(flooded.seconds)} messages, {wrong} not answered")
    return int(answered != args.messages or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
