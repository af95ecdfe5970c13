"""Measure the project beside the floor; print tables and, last, one JSON object.

Other things are measured by a command of their own: `python -m bench walk`, `soak`, `storage`, `failover`, `restart`,
`growth`, `reading`.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from bench.load import smsload
from bench.measure import Length
from bench.servers import BenchError
from bench.whole import Plan, measure

COMMANDS = {
    "walk": "bench.walk",
    "soak": "bench.soak.command",
    "storage": "bench.storage",
    "failover": "bench.failover",
    "restart": "bench.restart",
    "growth": "bench.growth",
    "reading": "bench.reading",
}
"""What else there is, by its first word."""


def _plan(args: argparse.Namespace) -> Plan:
    if args.quick:
        return Plan(2, 1, Length(0.2, 0.8), Length(0.2, 1.5), 1, 60, 1, 1, 100, 2)
    closed, opened = Length(0.3, 1.3), Length(0.3, 2.5)
    return Plan(args.cycles, max(args.cycles * 3 // 4, 1), closed, opened, 3, 200, 5, 3, 200, 30)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = words.add_argument
    add("--redis-url", help="an empty database; else REDIS_URL, else an embedded Redis")
    add("--cycles", type=int, default=6, help="closed-loop cycles; three quarters as many open")
    add("--quick", action="store_true", help="a short smoke run; its figures mean little")
    add("--project", default="app:create_app", help="what is measured: module:factory, or `floor`")
    add("--scenario", default="menu", help="the project's dialogue: a file or a name in scenarios/")
    add("--conversation-pattern", default="*:conversation", help="keys of conversations")
    add("--against", type=Path, help="a checkout of another version, measured in the same cycles")
    add("--without-peers", action="store_true", help="only the floor beside it, not what one would pick instead")
    add("--floor-padding", type=int, default=0, help="bytes added to the floor's stored state")
    args = words.parse_args(argv)
    if args.cycles < 1:
        words.error("--cycles must be at least 1")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """0: measured; 1: wrong answers, or no server or Redis; 2: no Linux or no C compiler."""
    words = sys.argv[1:] if argv is None else list(argv)
    if words and words[0] in COMMANDS:
        command = importlib.import_module(COMMANDS[words[0]])  # it may load the whole program into this process
        return int(command.main(words[1:]))
    args = _arguments(words)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _stop)
    if not Path("/proc/stat").exists():
        print("bench: needs Linux (it reads /proc and uses epoll)", file=sys.stderr)
        return 2
    try:
        smsload.build_engine()
    except smsload.LoadError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    try:
        return measure(args, _plan(args))
    except (BenchError, smsload.LoadError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)
        return 130


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
