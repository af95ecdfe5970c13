"""The private server of `make run` and of these tests."""

import shutil
import stat
from importlib import metadata
from pathlib import Path

import pytest
import redis

from bot.storage import embedded
from bot.storage.embedded import NoRedis, find_server, installed_server, start_redis

pytestmark = pytest.mark.process


def test_it_answers_keeps_everything_and_listens_on_no_port(tmp_path: Path) -> None:
    server = start_redis(tmp_path / "data")
    client = redis.Redis.from_url(server.url)
    try:
        wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": "", "port": "0"}
        config = client.config_get("*")
        assert {name: config[name] for name in wanted} == wanted
        version = tuple(map(int, client.info("server")["redis_version"].split(".")[:2]))
        assert version >= embedded.MINIMUM["Redis"]
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    finally:
        client.close()
        server.stop()
    assert server.process.poll() is not None


def test_what_was_written_is_there_after_a_stop_and_a_start(tmp_path: Path) -> None:
    for seen, written in ((None, b"one"), (b"one", b"two"), (b"two", b"three")):
        server = start_redis(tmp_path)
        client = redis.Redis.from_url(server.url)
        assert client.get("key") == seen
        client.set("key", written)
        client.close()
        server.stop()


def test_a_folder_too_deep_for_a_socket_gets_one_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    server = start_redis(deep)
    socket = Path(server.url.removeprefix("unix://"))
    try:
        assert len(str(socket)) <= 100
        assert deep not in socket.parents
        client = redis.Redis.from_url(server.url)
        assert client.ping()
        assert client.config_get("dir")["dir"] == str(deep)
        client.close()
    finally:
        server.stop()
    assert not socket.parent.exists()


def test_stopping_twice_is_no_harm(tmp_path: Path) -> None:
    server = start_redis(tmp_path)
    server.stop()
    server.stop()


def test_a_server_that_does_not_start_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoRedis, match=r"redis\.log"):
        start_redis(tmp_path, extra=("--no-such-option", "yes"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("redis-server", "Redis server v=7.0.15 sha=0 malloc=jemalloc"),
        ("redis-server", "Redis server v=6.2.0 sha=0"),
        ("redis-server", "Valkey server v=8.0.1 sha=0"),  # as a distribution links it to the old name
        ("valkey-server", "Valkey server v=7.2.9 sha=0 malloc=libc"),
    ],
)
def test_a_server_on_the_path_that_is_new_enough_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    mine = _script(tmp_path, name, says)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server() == mine


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("redis-server", "Redis server v=6.0.16 sha=0"),
        ("redis-server", "Redis server v=5.0.3"),
        ("redis-server", "nonsense"),
        ("redis-server", ""),
        ("valkey-server", "Valkey server v=7.0.0 sha=0"),
        ("valkey-server", "v=9.9"),
    ],
)
def test_an_older_one_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str) -> None:
    mine = _script(tmp_path, name, says)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_server()
    assert found != mine
    assert found == installed_server()
    assert found.name == "valkey-server"


def test_an_old_redis_does_not_hide_a_newer_valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _script(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0")
    valkey = _script(tmp_path, "valkey-server", "Valkey server v=8.1.0 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server() == valkey


def test_the_installed_one_starts_and_reads_what_the_one_on_the_path_wrote(tmp_path: Path) -> None:
    for binary in (find_server(), installed_server(), find_server()):
        server = start_redis(tmp_path, binary=binary)
        client = redis.Redis.from_url(server.url)
        assert client.incr("starts") == client.incrby("again", 1)
        client.close()
        server.stop()


def test_without_any_server_the_message_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(metadata, "files", nothing)
    with pytest.raises(NoRedis, match=r"6\.2.*7\.2"):
        find_server()


def _script(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path
