"""The one way to Redis: commands as tuples, several in one round trip, on connections that are kept.

The layers of redis-py above its connections (retries, events, tracing, a pool that looks at the socket twice) cost a
third of a round trip and do nothing for us (docs/performance.md). Which server has a key, `topology` knows.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MasterDownError,
    MovedError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.ports.unavailable import StorageUnavailable
from bot.storage.redis import keys
from bot.storage.redis.node import Command, Node
from bot.storage.redis.reading import text
from bot.storage.redis.topology import Topology, topology

AGAIN_SECONDS = 0.6
PAUSE_SECONDS = 0.02
"""How long, and how often, is asked again while a slot of a Cluster moves: its keys lie on two servers then."""

CONFIRM_MS = 300
"""Milliseconds in which replicas must have what was written."""


_LUA = Path(__file__).parent / "lua"
_INCLUDE = re.compile(r'^--- @include "(\w+)"$', re.MULTILINE)

SOURCES: dict[str, bytes] = {}
"""Every script by its hash, to send it to a Redis that does not know it."""


class Script:
    """A Lua script. It takes the keys it touches and one msgpack table of named options; called, it gives the command
    that runs it.

    A line `--- @include "name"` stands for `lua/include/name.lua`; it is resolved here, once, when the program starts.
    """

    def __init__(self, name: str) -> None:
        text = (_LUA / f"{name}.lua").read_text()
        source = _INCLUDE.sub(lambda found: (_LUA / "include" / f"{found[1]}.lua").read_text(), text).encode()
        self._sha = hashlib.sha1(source, usedforsecurity=False).hexdigest()
        SOURCES[self._sha] = source

    def __call__(self, keys: Sequence[str], options: Mapping[str, object]) -> tuple[bytes | str | int, ...]:
        return ("EVALSHA", self._sha, len(keys), *keys, _encode(options))


_encode = msgspec.msgpack.Encoder().encode


def blob(data: bytes) -> msgspec.Raw:
    """Bytes for a table of options: Redis' cmsgpack knows no binary type, but any string holds bytes in Lua."""
    return msgspec.Raw(b"\xdb" + len(data).to_bytes(4, "big") + data)


@dataclass(slots=True)
class _Asked:
    """One command on its way to an answer. node: where it must go; None: where its key is. before: what is sent
    just before it; its own answer counts."""

    number: int
    command: Command
    node: Node | None = None
    before: tuple[Command, ...] = ()


_Refused = tuple[_Asked, Exception, Node]
"""What was not answered, why, and by whom."""


class Connection:
    """Asks Redis. Thread- and greenlet-safe; raises StorageUnavailable and nothing else.

    replicas: how many of them must have what is written with `confirmed`.
    """

    def __init__(
        self, where: Topology, replicas: int = 0, report: Callable[..., None] = lambda _what, **_fields: None
    ) -> None:
        """report: is told of every key that is damaged."""
        self._where = where
        self._replicas = replicas
        self._report = report

    @property
    def is_spread(self) -> bool:
        """Keys lie on several servers: a script reaches those of one shard only."""
        return self._where.is_spread

    @property
    def waits_for_replicas(self) -> bool:
        """Does `confirmed` mean anything?"""
        return self._replicas > 0

    def ask(self, *command: bytes | str | int | float) -> Any:
        """The answer to one command, as Redis gives it (RESP2)."""
        return self.together([command])[0]

    def everywhere(self, commands: Sequence[Command]) -> list[list[Any]]:
        """The answers of each master to commands that concern the server itself."""
        if self._where.in_doubt:
            self._where.look()
        return [self.together(commands, server=node) for node in self._where.nodes()]

    def scan(self, pattern: str, count: int) -> Iterator[list[str]]:
        """Names of keys, about so many at once, of one master after the other. One that is there all the while is met
        at least once, unless its slot moves to a server that was asked before."""
        for node in list(self._where.nodes()):
            cursor = b""
            while cursor != b"0":
                command = ("SCAN", cursor or b"0", "MATCH", pattern, "COUNT", count)
                [(cursor, names)] = self.together([command], server=node)
                yield [text(name) for name in names]

    def together(
        self, commands: Sequence[Command], *, confirmed: bool = False, server: Node | None = None
    ) -> list[Any]:
        """The answers to several commands, in one round trip to each server concerned.

        A broken connection is tried once more on a new one: all we ask may be asked twice (a commit is keyed by its
        message). A time-out is not: it has cost what we may spend.
        confirmed: the replicas must have what was written; raises otherwise, although it is stored.
        server: the one to ask; None: those that have the keys.
        """
        asked = [_Asked(number, command, server) for number, command in enumerate(commands)]
        answers: list[Any] = [None] * len(asked)
        deadline, broken = 0.0, False
        while asked:
            if self._where.in_doubt:
                self._where.look()
            refused = self._round(asked, answers, self._replicas if confirmed else 0)
            if not refused:
                break
            deadline = deadline or time.monotonic() + AGAIN_SECONDS
            mended = self._without_damaged([each.command for each, why, _node in refused if _is_damage(why)])
            for _each, why, node in refused:
                if mended and _is_damage(why):
                    continue
                if not isinstance(why, _WORTH_ANOTHER) or (broken and isinstance(why, _ONCE_MORE)):
                    node.failed()
                    raise _unavailable(why)
            if time.monotonic() > deadline:
                raise _unavailable(refused[0][1])
            broken = broken or any(isinstance(why, _ONCE_MORE) for _each, why, _node in refused)
            if any(isinstance(why, TryAgainError) for _each, why, _node in refused):
                time.sleep(PAUSE_SECONDS)
            asked = [self._again(each, why) for each, why, _node in refused]
        return answers

    def close(self) -> None:
        """Close what is idle."""
        self._where.drop()

    def _without_damaged(self, commands: Sequence[Command]) -> bool:
        """Take the keys of these commands away that are of another kind than they should be; were there any?"""
        if not commands:
            return False
        from bot.storage.redis import damage  # noqa: PLC0415 - its script is made with this module

        found = {name for command in commands for name in damage.keys_of(command) if keys.kind_of(name)[1]}
        if not found:
            return False
        names = sorted(found)
        moved = self.together([damage.take_away(name) for name in names])
        for name, was_moved in zip(names, moved, strict=True):
            if was_moved:
                self._report("key_damaged", cause=keys.kind_of(name)[0])
        return any(moved)

    def _round(self, asked: list[_Asked], answers: list[Any], replicas: int) -> list[_Refused]:
        """Ask each server at once, then read. What was answered goes into `answers`; returns what was not."""
        flights = []
        refused: list[_Refused] = []
        only = self._where.only
        groups = self._groups(asked) if only is None else {only: asked}
        now = time.monotonic()
        if any(now < node.rests_until for node in groups):
            self._where.in_doubt = self._where.may_change
            raise StorageUnavailable("resting")
        for node, group in groups.items():
            commands = [command for each in group for command in (*each.before, each.command)]
            if replicas:
                commands.append(("WAIT", replicas, CONFIRM_MS))
            try:
                flights.append((node, group, node.send(commands)))
            except (RedisError, OSError) as error:
                refused += [(each, error, node) for each in group]
        confirmed = True
        for node, group, flight in flights:
            try:
                found = node.receive(flight)
            except (RedisError, OSError) as error:
                refused += [(each, error, node) for each in group]
                continue
            if replicas:
                told = found.pop()
                confirmed = confirmed and isinstance(told, int) and told >= replicas
            said = iter(found)
            for each in group:
                *_before, answer = [next(said) for _command in (*each.before, each.command)]
                if isinstance(answer, ResponseError):
                    refused.append((each, answer, node))
                else:
                    answers[each.number] = answer
        self._where.in_doubt |= self._where.may_change and any(_is_doubtful(why) for _each, why, _node in refused)
        if not refused and not confirmed:
            raise StorageUnavailable("unconfirmed")
        return refused

    def _groups(self, asked: list[_Asked]) -> dict[Node, list[_Asked]]:
        """What goes to which server."""
        if not self._where.is_spread:
            return {self._where.node(asked[0].command): asked}
        groups: dict[Node, list[_Asked]] = {}
        for each in asked:
            groups.setdefault(each.node or self._where.node(each.command), []).append(each)
        return groups

    def _again(self, asked: _Asked, why: Exception) -> _Asked:
        if isinstance(why, NoScriptError):  # a server that was started again knows none
            return replace(asked, command=("EVAL", SOURCES[str(asked.command[1])], *asked.command[2:]))
        if isinstance(why, AskError):  # or its kind MovedError
            node = self._where.asked_for(why)
            return replace(asked, node=node, before=() if isinstance(why, MovedError) else _ASKING)
        return replace(asked, node=None, before=())


_ASKING: tuple[Command, ...] = (("ASKING",),)
"""Goes before a command whose slot is just moving to the server that gets it."""

_ELSEWHERE = (NoScriptError, AskError, TryAgainError)
"""Refusals that say nothing against the server. MovedError is a kind of AskError."""

_ONCE_MORE = (RedisConnectionError, ReadOnlyError, ClusterDownError, MasterDownError)
_WORTH_ANOTHER = (*_ELSEWHERE, *_ONCE_MORE)


def _is_doubtful(why: Exception) -> bool:
    """Is the master perhaps another one, or a slot elsewhere?"""
    return isinstance(why, (*_ONCE_MORE, RedisTimeoutError, OSError, MovedError))


def _is_damage(why: Exception) -> bool:
    """Is a key of the wrong kind? Inside a script Redis says so further back."""
    return isinstance(why, ResponseError) and "WRONGTYPE" in str(why)


def _unavailable(error: Exception) -> StorageUnavailable:
    return StorageUnavailable(type(error).__name__, refused=isinstance(error, ResponseError))


def connect(url: str, replicas: int = 0, report: Callable[..., None] = lambda _what, **_fields: None) -> Connection:
    """A way to the Redis at this address; nothing is asked yet. replicas, report: see `Connection`."""
    return Connection(topology(url), replicas, report)
