"""The one way to Redis: commands as tuples, several in one round trip, on connections that are kept.

The layers of redis-py above its connections (retries, events, tracing, a pool that looks at the socket twice) cost a
third of a round trip and do nothing for us (docs/performance.md). What stands behind an address can change here alone.
"""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from bot.ports.unavailable import StorageUnavailable

CONNECT_SECONDS = 0.4
ANSWER_SECONDS = 0.8
"""redis-py waits 5 s and tries 10 times by default: 59 s with a hung Redis, four times what Twilio waits, and a
repeated EVAL may run 11 times. These keep a whole turn under 2 s."""

FAILURES_TO_OPEN = 3
REST_SECONDS = 1.0
"""After three failures in a row nobody asks Redis for a second: answers without it stay fast."""

Command = tuple[bytes | str | int | float, ...]

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


class Connection:
    """Asks Redis. Thread- and greenlet-safe; raises StorageUnavailable and nothing else."""

    def __init__(self, url: str) -> None:
        self._pool = redis.ConnectionPool.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            health_check_interval=0,
            protocol=2,
        )
        self._idle: list[Any] = []
        self._failures = 0
        self._rest_until = 0.0

    def ask(self, *command: bytes | str | int | float) -> Any:
        """The answer to one command, as Redis gives it (RESP2)."""
        return self.together([command])[0]

    def together(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to several commands, in one round trip.

        A broken connection is tried once more on a new one: all we ask may be asked twice (a commit is keyed by its
        message). A time-out is not: it has cost what we may spend.
        """
        if self._failures >= FAILURES_TO_OPEN and time.monotonic() < self._rest_until:
            raise StorageUnavailable("resting")
        try:
            try:
                answers = self._exchange(commands)
            except RedisTimeoutError:
                raise
            except RedisConnectionError:
                answers = self._exchange(commands)
        except (RedisError, OSError) as error:
            self._failures += 1
            self._rest_until = time.monotonic() + REST_SECONDS
            raise StorageUnavailable(type(error).__name__, refused=isinstance(error, ResponseError)) from None
        self._failures = 0
        return answers

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().disconnect()

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Raises what redis-py raises; the first refusal only after all answers were read."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._pool.make_connection()
        answers: list[Any] = []
        refused: ResponseError | None = None
        try:
            connection.send_packed_command(connection.pack_commands(commands))
            for _command in commands:
                try:
                    answers.append(connection.read_response())
                except ResponseError as error:
                    answers.append(error)
                    refused = refused or error
        except BaseException:
            connection.disconnect()
            self.close()  # the others have most likely died with it
            raise
        if isinstance(refused, ReadOnlyError):
            # What was the master is a replica now: every connection to it would be refused for ever.
            connection.disconnect()
            self.close()
            raise refused
        self._idle.append(connection)
        if refused is not None:
            return self._with_sources(commands, answers)
        return answers

    def _with_sources(self, commands: Sequence[Command], answers: list[Any]) -> list[Any]:
        """The answers, once scripts that a restarted Redis does not know any more were sent whole."""
        for answer in answers:
            if isinstance(answer, ResponseError) and not isinstance(answer, NoScriptError):
                raise answer
        for answer in answers:
            if isinstance(answer, ResponseError) and not isinstance(answer, NoScriptError):
                raise answer
        unknown = [number for number, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        again: list[Command] = [("EVAL", SOURCES[str(commands[each][1])], *commands[each][2:]) for each in unknown]
        for number, answer in zip(unknown, self._exchange(again), strict=True):
            answers[number] = answer
        return answers


def connect(url: str) -> Connection:
    """A way to the Redis at this address; nothing is asked yet."""
    return Connection(url)
