"""`python -m bench storage`: what the storage of a turn costs, and, at a given size, the console's looks and a backup.

Any REDIS_URL will do, Sentinel and Cluster too; it must be empty, and is emptied afterwards. One process, one turn
after another: the two round trips `open` and `commit` alone, with sealing; `python -m bench` measures whole turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec.structs import replace

from bench.servers import open_redis
from bot.advisors.board import Advisor, Board
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import AnyEvent, Heard, Said
from bot.handoff.counting import day_of
from bot.messages import Channel, Inbound
from bot.ports.conversations import Committed, Decision
from bot.ports.storage import Storage
from bot.storage.backup import write_backup
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.copying import pieces
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer

LOOKS = 15
DAYS = 30
"""Of statistics."""

BLOCKED = 100
"""Senders."""

SHORT = (Heard("text", "ik wil iets vragen"), Said("antwoord"))
LONG = (Heard("text", "ik wil iets vragen over mijn paspoort"), Said("antwoord " * 40)) * 6
"""What a person and the bot said, as long as six turns."""


def main(argv: Sequence[str] | None = None) -> int:
    """0: measured; 1: the given Redis is not empty."""
    words = argparse.ArgumentParser(prog="python -m bench storage", description=__doc__)
    words.add_argument("--redis-url", default="", help="an empty Redis of any kind; else an embedded one")
    words.add_argument("--replicas", type=int, default=0, help="how many must confirm each turn (REDIS_REPLICAS)")
    words.add_argument("--turns", type=int, default=2000, help="how many are measured")
    words.add_argument("--conversations", type=int, default=0, help="how many there are besides, for the looks")
    words.add_argument("--waiting", type=int, default=0, help="how many of those wait for an advisor")
    args = words.parse_args(argv)
    with ExitStack() as stack:
        url = args.redis_url
        if not url:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            url = stack.enter_context(open_redis(None, folder))
        connection = connect(url, args.replicas)
        stack.callback(connection.close)
        if any(size for [size] in connection.everywhere([("DBSIZE",)])):
            print("bench: the given Redis is not empty", file=sys.stderr)
            return 1
        try:
            print(json.dumps(_measure(connection, args)))
        finally:
            connection.everywhere([("FLUSHDB", "ASYNC")])
    return 0


def _measure(connection: Connection, args: argparse.Namespace) -> dict[str, float]:
    storage = redis_storage(connection, Sealer([bytes(32)]))
    minute = int(time.time()) // 60
    for number in range(args.conversations):
        _turn(storage, f"filled-{number:015}", number, minute, LONG, waits=number < args.waiting)
    took = sorted(_seconds(lambda n=n: _turn(storage, f"p-{n % 200}", n, minute)) for n in range(args.turns))  # type: ignore[misc]
    found = {
        "turn_p50_ms": _ms(statistics.median(took)),
        "turn_p99_ms": _ms(took[len(took) * 99 // 100]),
    }
    if args.conversations:
        board, ada = Board(storage, {}, lambda: None), Advisor("ada", ("nl",))  # type: ignore[arg-type,return-value]
        days = [day_of(minute - back * 24 * 60) for back in range(DAYS)]
        connection.together(
            [
                ("COPY", f"{shard}counts:{days[0]}", f"{shard}counts:{day}", "REPLACE")
                for shard in keys.ALL_SHARDS
                for day in days[1:]
            ]
        )
        for number in range(BLOCKED):
            storage.blocks.add(f"blocked-{number:014}", "ada")
        looks: dict[str, Callable[[], object]] = {
            "waiting": storage.queue.waiting,
            "board": lambda: board.board(ada),
            "blocks": storage.blocks.current,
            "statistics": lambda: storage.counts.of(days),
        }
        for name, look in looks.items():
            took_each = [(_seconds(look), _seconds(look, time.process_time)) for _each in range(LOOKS)]
            found |= {f"{name}_ms": _ms(min(wall for wall, _own in took_each))}
            found |= {f"{name}_cpu_ms": _ms(min(own for _wall, own in took_each))}
        found |= _backup(connection)
    return found


def _backup(connection: Connection) -> dict[str, float]:
    """How long a backup takes, how large it is, and the longest time in which a Redis did nothing else for it."""
    connection.everywhere([("CONFIG", "SET", "slowlog-log-slower-than", 500), ("SLOWLOG", "RESET")])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "backup"
        took = _seconds(lambda: write_backup(file, X25519PrivateKey.generate().public_key(), pieces(connection)))
        size = file.stat().st_size
    slow = [entry for [entries] in connection.everywhere([("SLOWLOG", "GET", 1000)]) for entry in entries]
    longest = max((entry[2] for entry in slow), default=0)
    return {"backup_s": round(took, 2), "backup_mb": round(size / 1e6, 1), "backup_stops_ms": _ms(longest / 1e6)}


def _turn(
    storage: Storage,
    contact: str,
    number: int,
    minute: int,
    events: Sequence[AnyEvent] = SHORT,
    *,
    waits: bool = False,
) -> None:
    cause = Inbound(message_id=f"SM{number}", contact=contact, channel=Channel.SMS, address="+31600000000")
    opened = storage.conversations.open(cause)
    conversation: Conversation = replace(opened.conversation, locale="nl", heard_minute=minute)
    if waits:
        handling = replace(conversation.handling, status=Status.WAITING, waiting_minute=minute, channel="sms")
        conversation = replace(conversation, handling=handling)
    decision = Decision(conversation, events, "antwoord")
    if not isinstance(storage.conversations.commit(cause, opened, decision), Committed):
        raise TypeError("the same message twice")


def _seconds(what: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    what()
    return clock() - began


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


if __name__ == "__main__":
    sys.exit(main())
