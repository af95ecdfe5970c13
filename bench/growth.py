"""`python -m bench growth`: turns a second and p99 as work grows: more workers, more stored conversations.

For each number of conversations the same load goes to servers with 1, 2 and 4 workers and to the floor with 2, in turn;
the first line of figures of each is absolute, the one below beside the floor.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import figures
from bench.client import Senders
from bench.load import smsload
from bench.measure import RATE, Bench, Cycle, Length, Run, middle, ratio
from bench.servers import FLOOR_APP, SCENARIOS, BenchError, Server, Site, Subject, open_redis
from bench.storage import LONG
from bot.dialogue.conversation import Conversation
from bot.messages import Channel, Inbound
from bot.ports.conversations import Committed, Decision
from bot.ports.storage import Storage
from bot.settings import read_settings
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer

WORKERS = (1, 2, 4)
SIZES = (1_000, 10_000, 100_000)
CLOSED, OPEN = Length(0.3, 1.5), Length(0.3, 2.5)


def main(argv: Sequence[str] | None = None) -> int:
    """0: measured; 1: wrong answers, or something did not start."""
    words = argparse.ArgumentParser(prog="python -m bench growth", description=__doc__)
    words.add_argument("--redis-url", help="an empty database; else REDIS_URL, else an embedded Redis")
    words.add_argument("--cycles", type=int, default=3)
    words.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of stored conversations")
    args = words.parse_args(argv)
    try:
        smsload.build_engine()
        return _measure(args)
    except (BenchError, smsload.LoadError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _measure(args: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        redis_home = directory / "redis"
        redis_home.mkdir()
        site = Site(stack.enter_context(open_redis(args.redis_url, redis_home)), directory, 0)
        menu = Subject("menu", "app:create_app", SCENARIOS / "menu.json")
        floor = Subject("floor", FLOOR_APP, SCENARIOS / "floor.json", is_ours=False)
        senders, servers = Senders(), {}
        for name, subject, workers in (*((str(each), menu, each) for each in WORKERS), ("floor", floor, 2)):
            servers[name] = server = Server(site, subject, workers=workers)
            stack.callback(server.stop)
            server.wait()
            figures.check_dialogue(site, server, senders)
        runs = [Run(name, server, (server.subject.scenario,)) for name, server in servers.items()]
        bench = Bench(site.account, senders, site.redis_url, 30, _say)
        settings = read_settings(site.environment(menu, servers["1"].port))
        connection = connect(settings.redis_url)
        stack.callback(connection.close)
        storage, stored, told = redis_storage(connection, Sealer(settings.data_keys)), 0, {}
        for size in sorted(args.sizes):
            for number in range(stored, size):
                _store(storage, number)
            stored = size
            _say(f"{size:,} conversations")
            closed = bench.cycles(runs, args.cycles, CLOSED)
            opened = bench.cycles(runs, args.cycles, OPEN, RATE)
            told[size] = {name: _row(closed, opened, name) for name in servers}
    _say(_table(told))
    print(json.dumps(told), flush=True)
    return 1 if bench.errors else 0


def _store(storage: Storage, number: int) -> None:
    """One conversation of six turns' length, as the bot leaves it."""
    minute = int(time.time()) // 60
    message = Inbound(message_id=f"grown-{number}", contact=f"grown-{number:016}", channel=Channel.SMS)
    opened = storage.conversations.open(message)
    conversation = Conversation(locale="nl", heard_minute=minute).with_position(state="menu.menu")
    if not isinstance(storage.conversations.commit(message, opened, Decision(conversation, LONG, "")), Committed):
        raise BenchError("a conversation was not stored")


def _row(closed: Sequence[Cycle], opened: Sequence[Cycle], name: str) -> dict[str, float]:
    return {
        "turns_per_s": round(middle(closed, name, "turns_per_s")),
        "cpu_us": round(middle(closed, name, "cpu_us")),
        "p99_ms": round(middle(opened, name, "p99_ms"), 1),
        "share": round(ratio(closed, name, "floor", "turns_per_s"), 2),
        "p99_ratio": round(ratio(opened, name, "floor", "p99_ms"), 2),
    }


def _table(told: dict[int, dict[str, dict[str, float]]]) -> str:
    lines = [f"{'conversations':>14}{'workers':>9}{'turns/s':>9}{'/ floor':>9}{'CPU us':>8}{'p99 ms':>8}{'/ floor':>9}"]
    for size, rows in told.items():
        for name, row in rows.items():
            lines.append(
                f"{size:>14,}{name:>9}{row['turns_per_s']:>9.0f}{row['share']:>9}"
                f"{row['cpu_us']:>8.0f}{row['p99_ms']:>8}{row['p99_ratio']:>9}"
            )
    return "\n".join(lines)


def _say(text: str) -> None:
    print(text, flush=True)
