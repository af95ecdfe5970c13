"""`python -m bench storage`: what the storage of a turn costs, and what the console asks for, at a given size.

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

from msgspec.structs import replace

from bench.servers import open_redis
from bot.advisors.board import Advisor, Board
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import Heard, Said
from bot.messages import Channel, Inbound
from bot.ports.conversations import Committed, Decision
from bot.ports.storage import Storage
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer

LOOKS = 5


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
            connection.everywhere([("FLUSHDB",)])
    return 0


def _measure(connection: Connection, args: argparse.Namespace) -> dict[str, float]:
    storage = redis_storage(connection, Sealer([bytes(32)]))
    minute = int(time.time()) // 60
    for number in range(args.conversations):
        _turn(storage, f"filled-{number}", number, minute, waits=number < args.waiting)
    took = sorted(_seconds(lambda n=n: _turn(storage, f"p-{n % 200}", n, minute)) for n in range(args.turns))  # type: ignore[misc]
    found = {
        "turn_p50_ms": _ms(statistics.median(took)),
        "turn_p99_ms": _ms(took[len(took) * 99 // 100]),
    }
    if args.conversations:
        board, ada = Board(storage, {}, lambda: None), Advisor("ada", ("nl",))  # type: ignore[arg-type,return-value]
        days = [f"2026-01-{day:02}" for day in range(1, 31)]
        looks: dict[str, Callable[[], object]] = {
            "waiting_ms": storage.queue.waiting,
            "board_ms": lambda: board.board(ada),
            "blocks_ms": storage.blocks.current,
            "statistics_ms": lambda: storage.counts.of(days),
        }
        found |= {name: _ms(min(_seconds(look) for _each in range(LOOKS))) for name, look in looks.items()}
    return found


def _turn(storage: Storage, contact: str, number: int, minute: int, *, waits: bool = False) -> None:
    cause = Inbound(message_id=f"SM{number}", contact=contact, channel=Channel.SMS, address="+31600000000")
    opened = storage.conversations.open(cause)
    conversation: Conversation = replace(opened.conversation, locale="nl", heard_minute=minute)
    if waits:
        handling = replace(conversation.handling, status=Status.WAITING, waiting_minute=minute, channel="sms")
        conversation = replace(conversation, handling=handling)
    decision = Decision(conversation, (Heard("text", "ik wil iets vragen"), Said("antwoord")), "antwoord")
    if not isinstance(storage.conversations.commit(cause, opened, decision), Committed):
        raise TypeError("the same message twice")


def _seconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


if __name__ == "__main__":
    sys.exit(main())
