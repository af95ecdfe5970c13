"""Starting and stopping what is measured: one Redis, and gunicorn around floor and project."""

from __future__ import annotations

import base64
import contextlib
import http.client
import importlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import redis

from bench.client import Account
from bench.relay import Address

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "bench" / "scenarios"
FLOOR_APP = "bench.floor:create_app"
START_SECONDS = 60
STOP_SECONDS = 5
# Settings of the project's gunicorn.conf.py that the floor gets too.
MIRRORED = ("worker_class", "worker_connections", "threads", "keepalive", "backlog")
OURS = frozenset(
    [
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_URL",
        "SMS_NUMBER",
        "WHATSAPP_NUMBER",
        "MESSAGING_SERVICE_SID",
        "PUBLIC_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "DATA_KEYS",
        "PEPPERS",
        "SPOOL_DIR",
        "SIMULATOR",
        "PORT",
        "WEB_WORKERS",
        "GUNICORN_CMD_ARGS",
        "PYTHONDONTWRITEBYTECODE",
    ]
)


class BenchError(Exception):
    """The benchmark cannot be run here; the message says why."""


# ------------------------------------------------------------------- Redis
@contextlib.contextmanager
def open_redis(url: str | None, directory: Path) -> Iterator[str]:
    """The URL of an empty Redis on this machine: the given one, REDIS_URL, or an embedded one."""
    url = url or os.environ.get("REDIS_URL")
    if url:
        client = redis.Redis.from_url(url)
        target = redis_address(url)
        if isinstance(target, tuple) and not target[0].startswith("127.") and target[0] != "localhost":
            raise BenchError(f"Redis at {target[0]} is not on this machine: the benchmark stays on it")
        try:
            held = client.dbsize()
        except redis.RedisError as error:
            raise BenchError(f"no Redis answers at the given URL: {error}") from error
        if held:
            raise BenchError(
                f"the given Redis database holds {held} keys; the benchmark fills one and empties "
                "it afterwards, so give it an empty one (another number at the end of the URL)"
            )
        try:
            yield url
        finally:
            with contextlib.suppress(redis.RedisError):
                client.flushdb()  # it was empty when we came
        return
    try:
        start_redis = importlib.import_module("bot.storage.embedded").start_redis
    except ImportError as error:
        raise BenchError(f"no embedded Redis ({error}); give one with --redis-url") from error
    embedded = start_redis(directory)
    try:
        yield embedded.url
    finally:
        embedded.stop()


def redis_address(url: str) -> Address:
    """Where a Redis URL leads."""
    settings = redis.ConnectionPool.from_url(url).connection_kwargs
    if "path" in settings:
        return str(settings["path"])
    return settings.get("host", "127.0.0.1"), int(settings.get("port", 6379))


def other_database(url: str) -> str:
    """The database after this one on the same Redis: two versions of the project may lay out their keys differently."""
    number = int(redis.ConnectionPool.from_url(url).connection_kwargs.get("db") or 0)
    address = url.partition("?")[0]
    if url.startswith("unix:"):
        return f"{address}?db={number + 1}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/{number + 1}"


def relayed_url(url: str, port: int) -> str:
    """The same Redis database through a relay on a port of this machine."""
    settings = redis.ConnectionPool.from_url(url).connection_kwargs
    login = ""
    if settings.get("password"):
        login = f"{quote(settings.get('username') or '')}:{quote(settings['password'])}@"
    return f"redis://{login}127.0.0.1:{port}/{settings.get('db') or 0}"


# ---------------------------------------------------------------- gunicorn
@dataclass(frozen=True)
class Subject:
    """Something that answers webhooks."""

    name: str
    app: str
    """module:factory"""
    scenario: Path
    floor_prefix: str = "floor:"
    """Where the floor keeps its state; the project ignores it."""
    root: Path = ROOT
    """The checkout it runs from."""
    redis_url: str = ""
    """A Redis database of its own; "": the one of the site."""
    with_encoder: bool = True
    """Whether it reads free text with the sentence encoder as well as by letters."""
    is_ours: bool = True
    """Whether it is the project, with its own gunicorn.conf.py."""
    python: str = sys.executable
    worker_class: str = ""
    """"": the one of its gunicorn.conf.py."""
    is_called: bool = True
    """Whether gunicorn calls the factory; else its worker does."""


class Site:
    """What all servers of one run share: Redis, secrets, gunicorn's settings, a directory."""

    def __init__(self, redis_url: str, directory: Path, padding: int) -> None:
        """Make up the secrets; read the project's gunicorn.conf.py, if there is one."""
        self.redis_url = redis_url
        self.directory = directory
        self.account = Account(
            sid="AC" + secrets.token_hex(16),
            token=secrets.token_hex(16),
            sms_number="+15550001111",
            whatsapp_number="+15550002222",
        )
        self._secrets = {
            "SECRET_KEY": secrets.token_hex(32),
            "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "PEPPERS": secrets.token_hex(32),
        }
        self._padding = padding
        self._project_conf = ROOT / "gunicorn.conf.py"
        self._floor_conf = directory / "floor.conf.py"
        settings = self._gunicorn_settings()
        self.worker_class = str(settings["worker_class"])
        self._floor_conf.write_text("".join(f"{k} = {v!r}\n" for k, v in settings.items()))

    def environment(self, subject: Subject, port: int, redis_url: str | None = None) -> dict[str, str]:
        """The complete environment of one server; nothing of ours is inherited."""
        spool = self.directory / f"spool-{port}"
        spool.mkdir(mode=0o700, exist_ok=True)
        inherited = {key: value for key, value in os.environ.items() if key not in OURS}
        return (
            inherited
            | self._secrets
            | {
                "TWILIO_ACCOUNT_SID": self.account.sid,
                "TWILIO_AUTH_TOKEN": self.account.token,
                "TWILIO_API_URL": "http://127.0.0.1:9",  # nothing may leave this machine
                "SMS_NUMBER": self.account.sms_number,
                "WHATSAPP_NUMBER": self.account.whatsapp_number,
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
                "REDIS_URL": redis_url or subject.redis_url or self.redis_url,
                "SPOOL_DIR": str(spool),
                "PORT": str(port),
                "WEB_WORKERS": "2",
                "MEANING": "1" if subject.with_encoder else "0",
                "BENCH_APP": subject.app,
                "FLOOR_PREFIX": subject.floor_prefix,
                "FLOOR_PADDING": str(self._padding),
            }
        )

    def conf(self, subject: Subject) -> Path:
        """The configuration file gunicorn reads for this server."""
        project_conf = subject.root / "gunicorn.conf.py"
        own = project_conf.exists() and subject.is_ours
        return project_conf if own else self._floor_conf

    def _gunicorn_settings(self) -> dict[str, str | int]:
        settings: dict[str, str | int] = {"worker_class": "gevent"}
        if not self._project_conf.exists():
            return settings
        # In a process of its own: the file may import and patch what it likes.
        code = (
            "import json, runpy, sys; found = runpy.run_path(sys.argv[1]); "
            "print(json.dumps({k: found[k] for k in sys.argv[2:] "
            "if isinstance(found.get(k), (str, int))}))"
        )
        environment = self.environment(Subject("", "", ROOT), 0)
        done = subprocess.run(
            [sys.executable, "-c", code, str(self._project_conf), *MIRRORED],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        if done.returncode:
            raise BenchError(f"gunicorn.conf.py cannot be read:\n{done.stderr.strip()}")
        settings.update(json.loads(done.stdout.splitlines()[-1]))
        return settings


class Server:
    """One gunicorn with its workers, in a session of its own."""

    def __init__(
        self,
        site: Site,
        subject: Subject,
        *,
        workers: int = 2,
        wrapper: str = "",
        redis_url: str | None = None,
    ) -> None:
        """Start it; it may not answer yet. wrapper: another factory, which wraps that of the subject."""
        self.subject = subject
        self.port = free_port()
        self._log = site.directory / f"{subject.name}-{self.port}.log"
        factory = (wrapper or subject.app) + ("()" if subject.is_called else "")
        command = [subject.python, "-m", "gunicorn", "-c", str(site.conf(subject))]
        command += ["-k", subject.worker_class] if subject.worker_class else []  # else that of its configuration
        command += ["-w", str(workers), "--no-control-socket"]
        command += ["-b", f"127.0.0.1:{self.port}", "--log-level", "warning", factory]
        environment = site.environment(subject, self.port, redis_url)
        self.begun = time.perf_counter()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=subject.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"http://127.0.0.1:{self.port}/twilio/message"

    def check_running(self) -> None:
        """Raise, with the end of its log, when it has ended."""
        if self.process.poll() is not None:
            tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-25:])
            raise BenchError(f"{self.subject.name} ended while starting:\n{tail}")

    def wait(self) -> None:
        """Wait until it answers GET /healthz."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check_running()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass  # not yet
            finally:
                connection.close()
            time.sleep(0.05)
        raise BenchError(f"{self.subject.name} does not answer /healthz; log: {self._log.read_text()}")

    def stop(self) -> None:
        """End it and everything it started."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
