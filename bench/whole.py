"""One whole measurement: everything is started, loaded in turn, counted and told."""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import figures, report
from bench.client import Senders
from bench.lateness import loop_lateness
from bench.measure import RATE, Bench, Length, Run
from bench.mixes import Mixes, write_mixes
from bench.peers.installed import botbuilder_python
from bench.servers import FLOOR_APP, SCENARIOS, BenchError, Server, Site, Subject, open_redis, other_database
from bench.streams import Streams, log_in

STREAMS = 200
FLOOR_DIALOGUE = SCENARIOS / "floor.json"
WITH_STREAMS = "bench.streams:create_app"
"""The floor has no console: an idle stream beside it."""


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
    lateness_rounds: int
    conversations: int
    quiet_budget: float


def measure(args: argparse.Namespace, plan: Plan) -> int:
    """0: measured; 1: wrong answers. Raises BenchError and smsload.LoadError."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        redis_home = directory / "redis"
        redis_home.mkdir()
        site = Site(stack.enter_context(open_redis(args.redis_url, redis_home)), directory, args.floor_padding)
        subjects = _subjects(args, site)
        return _measured(args, plan, site, subjects, stack)


def _subjects(args: argparse.Namespace, site: Site) -> dict[str, Subject]:
    """What is started, by name."""
    if args.project == "floor":  # the benchmark tried on itself: every ratio should be near 1
        app, scenario, prefix, ours = FLOOR_APP, FLOOR_DIALOGUE, "bench:conversation:", False
    else:
        app, scenario, prefix, ours = args.project, figures.path_of(args.scenario), "", True
    found = [
        Subject("floor", FLOOR_APP, FLOOR_DIALOGUE, is_ours=False),
        Subject("turn", app, scenario, prefix, is_ours=ours),
        Subject("streams", app, scenario, prefix, is_ours=ours),
        Subject("letters", app, scenario, prefix, with_encoder=False, is_ours=ours),
    ]
    if not args.without_peers:
        found.append(Subject("machine", "bench.peers.machine:create_app", FLOOR_DIALOGUE, is_ours=False))
        python = botbuilder_python(_say)
        if python:
            found.append(
                Subject(
                    "botbuilder",
                    "bench.peers.botbuilder:create_app",
                    FLOOR_DIALOGUE,
                    is_ours=False,
                    python=python,
                    worker_class="aiohttp.GunicornWebWorker",
                    is_called=False,
                )
            )
    if args.against:
        database = other_database(site.redis_url)
        found.append(Subject("before", app, scenario, prefix, args.against.resolve(), database))
    return {each.name: each for each in found}


def _measured(
    args: argparse.Namespace, plan: Plan, site: Site, subjects: dict[str, Subject], stack: contextlib.ExitStack
) -> int:
    senders, on_itself = Senders(), args.project == "floor"
    turn = subjects["turn"]
    mixes = write_mixes(turn.scenario, site.directory)

    def up(subject: Subject) -> Server:
        idle_stream = on_itself and subject.name == "streams"
        server = Server(site, subject, wrapper=WITH_STREAMS if idle_stream else "")
        stack.callback(server.stop)
        server.wait()
        figures.check_dialogue(site, server, senders)
        return server

    _say("starting ...")
    servers = {"turn": up(turn)}  # once unmeasured, so that byte code and disk cache are there
    start = figures.start_seconds(site, turn, senders, plan.starts)
    servers |= {name: up(subject) for name, subject in subjects.items() if name != "turn"}
    port = servers["streams"].port
    cookie = "" if on_itself else log_in(port, site.environment(subjects["streams"], port))
    held = Streams(port, STREAMS, cookie)
    stack.callback(held.close)

    bench = Bench(site.account, senders, site.redis_url, plan.quiet_budget, _say)
    _say(f"closed loop, 16 at a time: turns/s, CPU us a turn ({site.worker_class}, 2 workers)")
    closed = bench.cycles(_closed(servers, mixes), plan.closed_cycles, plan.closed)
    _say(f"open loop, {RATE} webhooks/s")
    opened = bench.cycles(_opened(servers, mixes), plan.open_cycles, plan.open, RATE)
    if held.alive() != STREAMS:
        raise BenchError(f"only {held.alive()} of {STREAMS} streams were still open at the end")

    _say("free text, memory, lateness of the loop, round trips ...")
    memory = figures.memory_mb(servers["turn"])
    free_text, free_text_cpu = figures.free_text(site, servers["turn"], senders, plan.openings)
    size = figures.bytes_per_conversation(site, servers["turn"], senders, args.conversation_pattern, plan.conversations)
    trips, commands = figures.round_trips(site, turn, senders, plan.counted_turns)
    lateness = loop_lateness(site, turn, senders, mixes, plan.lateness_rounds)
    singles = {
        "redis_round_trips": round(trips, 2),
        "free_text_ms": free_text,
        "free_text_cpu_ms": free_text_cpu,
        "redis_bytes_per_conversation": None if size is None else round(size),
        "start_to_first_answer_s": round(start, 2),
        "memory_mb": round(memory),
        "loop_lateness_ms": lateness,
    }
    result = report.result(closed, opened, singles)
    if size is None:
        _say(f"no key fits {args.conversation_pattern!r}: see --conversation-pattern")
    _say(report.tables(closed, opened, result, commands))
    _say_errors(bench)
    print(json.dumps(result), flush=True)
    return 1 if bench.errors else 0


def _closed(servers: dict[str, Server], mixes: Mixes) -> Sequence[Run]:
    """All mixes, with and without streams, and everybody else on the menu."""
    runs = []
    for name, server in servers.items():
        scenarios: dict[str, tuple[Path, ...]] = {"": (server.subject.scenario,)}
        if name in ("turn", "streams", "before"):
            scenarios |= {"sixth": mixes.sixth, "free": mixes.free}
        runs += [Run("_".join(filter(None, (name, mix))), server, each) for mix, each in scenarios.items()]
    return runs


def _opened(servers: dict[str, Server], mixes: Mixes) -> Sequence[Run]:
    """The menu, and the project with some free text as well."""
    runs = [Run(name, server, (server.subject.scenario,)) for name, server in servers.items() if name != "letters"]
    return runs + [Run(f"{name}_some", servers[name], mixes.some) for name in ("turn", "streams")]


def _say_errors(bench: Bench) -> None:
    _say(f"{bench.slices} slices, {bench.noisy} noisy (~), {bench.errors} wrong or unsent")
    for sample in bench.samples[:5]:
        _say(
            f"! {sample['server']}: {sample['why']}: sent {sample['sent']!r}, expected "
            f"{sample['expected']!r}, HTTP {sample['status']}, got {sample['got'][:300]!r}"
        )


def _say(text: str) -> None:
    print(text, flush=True)
