"""Brings a Redis that an earlier version has filled to the keys of this one, and back.

Before there were shards, each person's keys carried the contact id as their tag, and each list was one for everybody.
Values stay as they are: what is sealed is bound to the person, not to the name of the key. Every step may be done
again, so whoever is interrupted begins again; no step holds more than one list or BATCH keys.
"""

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence

from bot.ports.outbox import shard_of
from bot.ports.unavailable import StorageUnavailable
from bot.storage.codec import decode_erased
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.node import Command
from bot.storage.redis.presence import milliseconds
from bot.storage.redis.scripts import MOVE, MOVE_ENTRY

LAYOUT = b"shards"
"""What stands under keys.LAYOUT when all keys are those of this version."""

BATCH = 500
LOCK_SECONDS = 30
WAIT_SECONDS = 120.0
"""How long a second process waits for the one that moves the keys: 100,000 people take some seconds."""

_OF_A_PERSON = ("conversation", "turns", "address", "lease", "offer", "typing", "queue", "outgoing", "code")
_FORMER_NAME = {"queue": "lane"}
_NOW_NAME = {former: now for now, former in _FORMER_NAME.items()}
_OLD_KEY = re.compile(r"helpline:\{([^}]{3,})\}:(\w+)")
_OLD_COUNTS = re.compile(r"helpline:counts:(\d{4}-\d\d-\d\d)")
_NEW_KEY = re.compile(r"helpline:\{\d\d\}:([^:]+):(\w+)")
_NEW_COUNTS = re.compile(r"helpline:\{\d\d\}:counts:(\d{4}-\d\d-\d\d)")
_NEW_SENT = re.compile(r"helpline:\{\d\d\}:sent:(.+)")


def bring_up_to_date(connection: Connection) -> bool:
    """Move what an earlier version has written, unless that is done; returns when it is, whoever did it. True: it was
    done here. Raises StorageUnavailable."""
    return _once(connection, done=True)


def go_back(connection: Connection) -> bool:
    """Move everything to the keys of the version before shards. Nothing of this version may run any more. True: it
    was done here. Raises StorageUnavailable."""
    return _once(connection, done=False)


def _once(connection: Connection, *, done: bool) -> bool:
    if connection.is_spread:
        return False  # versions before shards could not run there
    token, end = secrets.token_hex(8), time.monotonic() + WAIT_SECONDS
    while (connection.ask("GET", keys.LAYOUT) == LAYOUT) is not done:
        if connection.ask("SET", keys.LAYOUT_LOCK, token, "NX", "EX", LOCK_SECONDS):
            for commands in _forward(connection) if done else _backward(connection):
                if commands:
                    connection.together([*commands, ("EXPIRE", keys.LAYOUT_LOCK, LOCK_SECONDS)])
            connection.ask(*(("SET", keys.LAYOUT, LAYOUT) if done else ("DEL", keys.LAYOUT)))
            connection.ask("DEL", keys.LAYOUT_LOCK)
            return True
        if time.monotonic() > end:
            raise StorageUnavailable("moving")
        time.sleep(0.1)
    return False


def _forward(connection: Connection) -> Iterator[list[Command]]:
    waiting = connection.ask("ZRANGE", "helpline:waiting", 0, -1, "WITHSCORES")
    yield [("ZADD", _at(who, "waiting"), "NX", score, who) for who, score in _pairs(waiting)]
    later = connection.ask("ZRANGE", "helpline:later", 0, -1, "WITHSCORES")
    yield [("ZADD", _at(who, "later"), "NX", score, who) for who, score in _pairs(later)]
    yield [("SADD", _at(who, "held"), who) for who in connection.ask("SMEMBERS", "helpline:held")]
    yield [
        ("HSETNX", _at(who, "check-ins"), who, sealed)
        for who, sealed in _pairs(connection.ask("HGETALL", "helpline:checkins"))
    ]
    now = milliseconds(connection.ask("TIME"))
    for shard in keys.ALL_SHARDS:  # whose messages they were is not kept
        name = f"{shard}erased-messages"
        yield [("ZUNIONSTORE", name, 2, name, "helpline:erased", "WEIGHTS", 1, now, "AGGREGATE", "MAX")]
        yield [("EXPIRE", name, keys.ERASED_LIFE)]
    yield [
        MOVE_ENTRY(["helpline:outbox", _at(fields[1], "outbox")], {"entry": id.decode(), "contact": fields[1].decode()})
        for id, fields in connection.ask("XRANGE", "helpline:outbox", "-", "+")
    ]
    for names in connection.scan("helpline:*", BATCH):
        yield [command for name in names for command in _new_name(name)]
        blocked = [name.rpartition(":")[2] for name in names if name.startswith("helpline:blocked:")]
        yield _indexed(connection, blocked)
    gone = ("waiting", "later", "held", "checkins", "erased", "outbox", "feed")
    yield [("DEL", f"helpline:{name}") for name in gone]


def _new_name(name: str) -> Iterator[Command]:
    if found := _OLD_KEY.fullmatch(name):
        what = _NOW_NAME.get(found[2], found[2])
        if what in _OF_A_PERSON:
            yield MOVE([name, f"{keys.person(found[1])}{what}"], {"newest": what == "conversation"})
    elif found := _OLD_COUNTS.fullmatch(name):
        yield MOVE([name, f"{keys.ALL_SHARDS[0]}counts:{found[1]}"], {"adds": True})


def _indexed(connection: Connection, blocked: Sequence[str]) -> list[Command]:
    """Blocks were found by looking through all keys."""
    if not blocked:
        return []
    time_, *lives = connection.together([("TIME",), *(("TTL", keys.blocked(mark)) for mark in blocked)])
    return [("ZADD", keys.BLOCKS, int(time_[0]) + life, mark) for mark, life in zip(blocked, lives, strict=True)]


def _backward(connection: Connection) -> Iterator[list[Command]]:
    for shard in keys.ALL_SHARDS:
        yield [("ZUNIONSTORE", "helpline:waiting", 2, "helpline:waiting", f"{shard}waiting")]
        yield [("ZUNIONSTORE", "helpline:later", 2, "helpline:later", f"{shard}later", "AGGREGATE", "MAX")]
        yield [("SUNIONSTORE", "helpline:held", "helpline:held", f"{shard}held")]
        erased = connection.ask("ZRANGE", f"{shard}erased-messages", 0, -1)
        yield [("SADD", "helpline:erased", mark) for mark in erased]
        yield [MOVE([f"{shard}check-ins", "helpline:checkins"], {})]
        entries = connection.ask("XRANGE", f"{shard}outbox", "-", "+")
        yield [("XADD", "helpline:outbox", "*", "c", fields[1]) for _id, fields in entries]
        gone = ("waiting", "later", "held", "erased-messages", "outbox", "feed", "stale-codes", "unreported")
        yield [("DEL", f"{shard}{name}") for name in gone]
    yield [("EXPIRE", "helpline:erased", keys.ERASED_LIFE)]
    for names in connection.scan("helpline:*", BATCH):
        yield [command for name in names for command in _former_name(name)]
        yield _in_minutes(connection, [name for name in names if name.startswith("helpline:erased:")])
    yield [("DEL", keys.BLOCKS, keys.DOORBELL)]


def _former_name(name: str) -> Iterator[Command]:
    if found := _NEW_SENT.fullmatch(name):
        yield MOVE([name, f"helpline:sent:{found[1]}"], {})
    elif found := _NEW_COUNTS.fullmatch(name):
        yield MOVE([name, f"helpline:counts:{found[1]}"], {"adds": True})
    elif (found := _NEW_KEY.fullmatch(name)) and found[2] in _OF_A_PERSON:
        what = _FORMER_NAME.get(found[2], found[2])
        yield MOVE([name, f"helpline:{{{found[1]}}}:{what}"], {"newest": what == "conversation"})


def _in_minutes(connection: Connection, names: Sequence[str]) -> list[Command]:
    """Of when somebody erased everything the version before knew the minute only."""
    stored = connection.together([("GET", name) for name in names]) if names else []
    return [
        ("SET", name, decode_erased(when) // 60_000, "KEEPTTL")
        for name, when in zip(names, stored, strict=True)
        if when
    ]


def _at(contact: bytes, what: str) -> str:
    return f"helpline:{{{shard_of(contact.decode())}}}:{what}"


def _pairs(flat: Sequence[bytes]) -> Iterable[tuple[bytes, bytes]]:
    return zip(flat[::2], flat[1::2], strict=True)
