"""One Redis server: its connections, which are kept, and when it is left alone for a while."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
from hiredis import pack_command
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, ResponseError
from redis.retry import Retry

CONNECT_SECONDS = 0.4
ANSWER_SECONDS = 0.8
"""redis-py waits 5 s and tries 10 times by default: 59 s with a hung Redis, four times what Twilio waits, and a
repeated EVAL may run 11 times. These keep a whole turn under 2 s."""

FAILURES_TO_OPEN = 3
REST_SECONDS = 1.0
"""After three failures in a row nobody asks a server for a second: answers without it stay fast."""

Command = tuple[bytes | str | int | float, ...]

_packed: Callable[[Command], bytes] = pack_command  # type: ignore[assignment] # its stub knows one argument only
"""What redis-py would call as well, after layers that take twenty times as long."""


class Node:
    """A server behind a URL of redis-py. Thread- and greenlet-safe.

    always_master: what is connected to must be a master now; for servers whose part may change.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        always_master: bool = False,
    ) -> None:
        self._pool = redis.ConnectionPool.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=connect_seconds,
            socket_timeout=answer_seconds,
            health_check_interval=0,
            protocol=2,
            max_connections=2**31,  # it counts those that it has ever made
        )
        self._always_master = always_master
        self._idle: list[Any] = []
        self._age = 0
        self._failures = 0
        self.rests_until = 0.0
        """Until then it is left alone (`time.monotonic`)."""

    def failed(self) -> None:
        """It did not answer, or refused."""
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self.rests_until = time.monotonic() + REST_SECONDS

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """The answers, refusals among them. Raises what redis-py raises when there is no answer."""
        return self.receive(self.send(commands))

    def send(self, commands: Sequence[Command]) -> tuple[Any, int, int]:
        """Send only; what comes back is for `receive`."""
        age = self._age
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._pool.make_connection()
        try:
            if self._always_master and not connection.is_connected:
                _must_be_master(connection)
            connection.send_packed_command([b"".join(map(_packed, commands))])
        except BaseException:
            connection.disconnect()
            self.drop()
            raise
        return connection, age, len(commands)

    def receive(self, sent: tuple[Any, int, int]) -> list[Any]:
        """The answers to what was sent. Without a refusal among them, its failures are forgotten."""
        connection, age, count = sent
        answers: list[Any] = []
        refused = read_only = False
        try:
            for _command in range(count):
                try:
                    answers.append(connection.read_response())
                except ResponseError as error:
                    # What waited at the doorbell while its server became a replica is told so in other words.
                    became = isinstance(error, ReadOnlyError) or str(error).startswith("UNBLOCKED")
                    answers.append(ReadOnlyError() if became else error)
                    refused, read_only = True, read_only or became
        except BaseException:
            connection.disconnect()
            self.drop()  # the others have most likely died with it
            raise
        if not refused:
            self._failures, self.rests_until = 0, 0.0
        if read_only:
            self.drop()  # what was the master is a replica now: every connection to it would be refused for ever
        if age == self._age:
            self._idle.append(connection)
        else:
            connection.disconnect()
        return answers

    def drop(self) -> None:
        """Close what is idle; what is in use is closed when it comes back."""
        self._age += 1
        while self._idle:
            try:
                self._idle.pop().disconnect()
            except IndexError:  # another thread was faster
                return


def _must_be_master(connection: Any) -> None:
    connection.connect()
    connection.send_command("ROLE")
    if connection.read_response()[0] != b"master":
        raise RedisConnectionError("not a master")
