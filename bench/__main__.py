"""Measure the project beside the floor; print tables and, last, one JSON object.

Other things are measured by a command of their own: `python -m bench walk`, `soak`, `storage`, `failover`, `restart`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bench import figures, report
from bench.client import Senders
from bench.load import smsload
from bench.measure import RATE, Bench, Length
from bench.servers import (
    FLOOR_APP,
    SCENARIOS,
    BenchError,
    Server,
    Site,
    Subject,
    open_redis,
    other_database,
)
from bench.streams import Streams, log_in

STREAMS = 200
COMMANDS = {
    "walk": "bench.walk",
    "soak": "bench.soak.command",
    "storage": "bench.storage",
    "failover": "bench.failover",
    "restart": "bench.restart",
}
"""What else there is, by its first word."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    closed_cycles: int
    open_cycles: int
    closed: Length
    open: Length
    starts: int
    counted_turns: int
    openings: int
    conversations: int
    quiet_budget: float


def _plan(args: argparse.Namespace) -> Plan:
    if args.quick:
        return Plan(2, 1, Length(0.2, 0.8), Length(0.2, 1.5), 1, 60, 1, 100, 2)
    closed, opened = Length(0.3, 1.3), Length(0.3, 2.5)
    return Plan(args.cycles, max(args.cycles * 3 // 4, 1), closed, opened, 3, 200, 5, 200, 30)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = words.add_argument
    add("--redis-url", help="an empty database; else REDIS_URL, else an embedded Redis")
    add("--cycles", type=int, default=8, help="closed-loop cycles; three quarters as many open")
    add("--quick", action="store_true", help="a short smoke run; its figures mean little")
    add("--project", default="app:create_app", help="what is measured: module:factory, or `floor`")
    add("--scenario", default="menu", help="the project's dialogue: a file or a name in scenarios/")
    add("--conversation-pattern", default="*:conversation", help="keys of conversations")
    add("--against", type=Path, help="a checkout of another version, measured in the same cycles")
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
        return _run(args, _plan(args))
    except (BenchError, smsload.LoadError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)
        return 130


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(args: argparse.Namespace, plan: Plan) -> int:
    floor = Subject("floor", FLOOR_APP, SCENARIOS / "floor.json")
    on_itself = args.project == "floor"
    if on_itself:  # the benchmark tried on itself: every ratio should be near 1
        app, scenario, prefix = FLOOR_APP, SCENARIOS / "floor.json", "bench:conversation:"
    else:
        app, scenario, prefix = args.project, figures.path_of(args.scenario), ""
    turn = Subject("turn", app, scenario, prefix)
    with_streams = Subject("streams", app, scenario, prefix)
    by_letters = Subject("letters", app, scenario, prefix, with_encoder=False)
    senders = Senders()
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        redis_home = directory / "redis"
        redis_home.mkdir()
        redis_url = stack.enter_context(open_redis(args.redis_url, redis_home))
        site = Site(redis_url, directory, args.floor_padding)

        def up(subject: Subject, *, streams: bool = False) -> Server:
            server = Server(site, subject, streams=streams)
            stack.callback(server.stop)
            server.wait()
            figures.check_dialogue(site, server, senders)
            return server

        _say("starting ...")
        started = up(turn)  # once unmeasured, so that byte code and disk cache are there
        start = figures.start_seconds(site, turn, senders, plan.starts)
        servers = [up(floor), started, up(with_streams, streams=on_itself), up(by_letters)]
        if args.against:
            servers.append(
                up(Subject("before", app, scenario, prefix, args.against.resolve(), other_database(redis_url)))
            )
        port = servers[2].port
        held = Streams(port, STREAMS, "" if on_itself else log_in(port, site.environment(with_streams, port)))
        stack.callback(held.close)

        bench = Bench(site.account, senders, redis_url, plan.quiet_budget, _say)
        _say(f"closed loop, 16 at a time: turns/s, CPU us a turn ({site.worker_class}, 2 workers)")
        closed = bench.cycles(servers, plan.closed_cycles, plan.closed)
        _say(f"open loop, {RATE} webhooks/s")
        opened = bench.cycles(servers, plan.open_cycles, plan.open, RATE)
        if held.alive() != STREAMS:
            raise BenchError(f"only {held.alive()} of {STREAMS} streams were still open at the end")

        _say("free text, memory, round trips ...")
        free_text = figures.free_text_ms(site, servers[1], senders, plan.openings)
        size = figures.bytes_per_conversation(site, servers[1], senders, args.conversation_pattern, plan.conversations)
        trips, commands = figures.round_trips(site, turn, senders, plan.counted_turns)
        result = report.result(closed, opened, trips, free_text, size, start)
        if size is None:
            _say(f"no key fits {args.conversation_pattern!r}: see --conversation-pattern")
    _say(report.tables(closed, opened, result, commands))
    _say(f"{bench.slices} slices, {bench.noisy} noisy (~), {bench.errors} wrong or unsent")
    for sample in bench.samples[:5]:
        _say(
            f"! {sample['server']}: {sample['why']}: sent {sample['sent']!r}, expected "
            f"{sample['expected']!r}, HTTP {sample['status']}, got {sample['got'][:300]!r}"
        )
    print(json.dumps(result), flush=True)
    return 1 if bench.errors else 0


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
