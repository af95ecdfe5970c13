"""The way to Redis: what breaks, moves or becomes read-only is met by the next command, not by a restart."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.ports.unavailable import StorageUnavailable
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.node import Node
from bot.storage.redis.url import read_several
from tests.harness.processes import until
from tests.harness.redis_servers import Servers


@pytest.fixture
def connection(redis_url: str, clean_redis: object) -> Iterator[Connection]:
    with closing(connect(redis_url)) as made:
        yield made


def test_a_process_may_connect_again_as_often_as_redis_goes_away(connection: Connection) -> None:
    for _each in range(120):
        connection.ask("SET", "helpline:ping", 1)
        connection.close()


def test_what_is_in_use_while_the_others_are_dropped_is_not_used_again(redis_url: str, clean_redis: object) -> None:
    node = Node(redis_url)
    sent = node.send([("TIME",)])
    node.drop()
    assert node.receive(sent)
    assert not sent[0].is_connected


@pytest.mark.process
def test_a_master_that_became_a_replica_and_is_master_again_takes_writes(tmp_path: Path) -> None:
    with closing(Servers(tmp_path)) as servers:
        port = servers.start()
        with closing(connect(f"redis://127.0.0.1:{port}")) as connection:
            said: list[str] = []

            def wait() -> None:
                try:
                    connection.ask("BLPOP", "doorbell", 5)
                except StorageUnavailable as error:
                    said.append(str(error))

            connection.ask("SET", "a", 1)
            waiting = threading.Thread(target=wait)
            waiting.start()
            until(lambda: servers.ask(port, "INFO", "clients")["blocked_clients"])
            servers.ask(port, "REPLICAOF", "127.0.0.1", 1)
            with pytest.raises(StorageUnavailable, match="ReadOnlyError") as caught:
                connection.ask("SET", "a", 1)
            assert caught.value.refused
            waiting.join()
            assert said == ["ReadOnlyError"]
            servers.ask(port, "REPLICAOF", "NO", "ONE")
            connection.ask("SET", "a", 1)


@pytest.mark.process
def test_without_the_replicas_that_are_asked_for_a_turn_is_not_confirmed(tmp_path: Path) -> None:
    with closing(Servers(tmp_path)) as servers:
        port = servers.start()
        with closing(connect(f"redis://127.0.0.1:{port}", 1)) as connection:
            assert connection.together([("SET", "a", 1)]) == [b"OK"]
            with pytest.raises(StorageUnavailable, match="unconfirmed") as caught:
                connection.together([("SET", "a", 2)], confirmed=True)
            assert not caught.value.refused  # it is stored, perhaps not for long
            assert connection.ask("GET", "a") == b"2"
            replica = servers.start("--replicaof", "127.0.0.1", str(port))

            def is_confirmed() -> bool:  # a replica that is online may still be too slow to answer in time
                with suppress(StorageUnavailable):
                    return connection.together([("SET", "a", 3)], confirmed=True) == [b"OK"]
                return False

            until(is_confirmed)
            assert servers.ask(replica, "GET", "a") == "3"


@pytest.mark.parametrize(
    ("url", "servers", "service"),
    [
        ("redis+sentinel://a:1,b.example:26379/helpline", (("a", 1), ("b.example", 26379)), "helpline"),
        ("rediss+sentinel://user:word@10.0.0.1:1/line/2", (("10.0.0.1", 1),), "line"),
        ("redis+cluster://a:7000,[::1]:7001", (("a", 7000), ("[::1]", 7001)), ""),
        ("redis+cluster://a:7000/", (("a", 7000),), ""),
    ],
)
def test_addresses_of_several_servers_are_read(url: str, servers: object, service: str) -> None:
    found = read_several(url)
    assert found is not None
    assert (found.servers, found.service) == (servers, service)


def test_login_and_database_go_to_each_server() -> None:
    found = read_several("rediss+sentinel://user:word@10.0.0.1:1/line/2")
    assert found is not None
    assert found.url(("10.0.0.2", 3)) == "rediss://user:word@10.0.0.2:3/2"
    assert read_several("redis://127.0.0.1:6379/0") is None
