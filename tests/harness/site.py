"""The bot as it runs in production, on this machine: its own Redis, gunicorn, the worker; and Twilio's side of it."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.dialogue.events import AnyEvent, Heard
from bot.messages import Channel, Inbound
from bot.ports.conversations import Opened
from bot.ports.storage import Storage
from bot.storage.embedded import EmbeddedRedis, start_redis
from bot.storage.given import memory_of
from bot.storage.redis import keys
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Identity, Sealer
from tests.harness.events import events_of
from tests.harness.fixed import ENVIRONMENT, ROOT, TOKEN
from tests.harness.processes import WAIT_SECONDS, alive, children, free_port, until
from tests.harness.twilio_client import TwilioClient

OPENER = X25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass
class Site:
    """Redis, web server and worker in `folder`. What is started here is stopped by `close`."""

    folder: Path
    port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    application: str = "app:create_app()"
    root: Path = ROOT
    """The checkout that it runs from."""
    web_options: tuple[str, ...] = ()
    """More options for gunicorn."""
    several: str = ""
    """The REDIS_URL of servers that others start; "" = one Redis of its own."""
    token: str = TOKEN
    pepper: str = ENVIRONMENT["PEPPERS"]
    data_key: str = ENVIRONMENT["DATA_KEYS"]
    server: EmbeddedRedis | None = None
    web: "subprocess.Popen[bytes] | None" = None
    worker: "subprocess.Popen[bytes] | None" = None
    web_pid: int = 0
    """The main process of the web server; after a rolling restart it is not `web` any more."""

    def __post_init__(self) -> None:
        self.spool.mkdir(mode=0o700)
        self.twilio = TwilioClient(self.port, self.token)
        self.environment = ENVIRONMENT | {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "TWILIO_AUTH_TOKEN": self.token,
            "REDIS_URL": self.redis_url,
            "DATA_KEYS": self.data_key,
            "PEPPERS": self.pepper,
            "SPOOL_DIR": str(self.spool),
            "SPOOL_PUBLIC_KEY": OPENER.public_key().public_bytes_raw().hex(),
            "METRICS_TOKEN": "metrics-token",
            "WEB_WORKERS": "2",
        }

    def on_own_machine(self) -> None:
        """With the simulator, as on somebody's own machine: signed for an address of this one."""
        self.twilio.public_url = f"http://127.0.0.1:{self.port}"
        self.environment |= {"SIMULATOR": "1", "PORT": str(self.port), "PUBLIC_URL": self.twilio.public_url}

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def data(self) -> Path:
        """The folder of Redis."""
        return self.folder / "redis"

    @property
    def redis_url(self) -> str:
        return self.several or f"redis://127.0.0.1:{self.redis_port}/0"

    # -- Redis ---------------------------------------------------------------------------------------------------

    def start_redis(self, *extra: str) -> None:
        self.server = start_redis(self.data, port=self.redis_port, extra=extra)

    def stop_redis(self) -> None:
        assert self.server is not None
        self.server.stop()

    def signal_redis(self, number: signal.Signals) -> None:
        assert self.server is not None
        self.server.process.send_signal(number)
        if number is signal.SIGKILL:
            self.server.process.wait()
            self.server.stop()

    @contextlib.contextmanager
    def client(self) -> Iterator[redis.Redis]:
        client = redis.Redis.from_url(self.redis_url)
        try:
            yield client
        finally:
            client.close()

    def dump(self) -> dict[bytes, object]:
        """Everything in Redis that a turn may change."""
        readers: dict[object, list[Any]] = {
            b"string": ["GET"],
            b"hash": ["HGETALL"],
            b"zset": ["ZRANGE", 0, -1, "WITHSCORES"],
            b"set": ["SMEMBERS"],
            b"stream": ["XRANGE", "-", "+"],
        }
        found: dict[bytes, object] = {}
        with self.client() as client:
            keys_now: Any = client.keys("helpline:*")
            for key in keys_now:
                if key not in (b"helpline:ping", b"helpline:spools"):
                    command, *more = readers[client.type(key)]
                    found[key] = client.execute_command(command, key, *more)
        return found

    # -- the web server ------------------------------------------------------------------------------------------

    def launch_web(self) -> "subprocess.Popen[bytes]":
        command = [str(Path(sys.executable).with_name("gunicorn")), "--config", "gunicorn.conf.py"]
        command += ["--bind", f"127.0.0.1:{self.port}", *self.web_options, self.application]
        return self._launch(command, self.environment, "web")

    def start_web(self) -> None:
        """Start it and wait until both workers answer."""
        self.web = self.launch_web()
        self.web_pid = self.web.pid
        until(self._answers, what=f"the web server\n{self.log('web')}")

    def stop_web(self) -> None:
        self.twilio.close()
        _end(self.web)
        self._end_rolled(signal.SIGTERM)

    def kill_web(self) -> None:
        """The web server dies whole, in this moment."""
        assert self.web is not None
        for pid in (self.web_pid, *self.web_workers()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(self.web_pid))
        if self.web.pid == self.web_pid:
            self.web.wait()

    def roll_web(self) -> None:
        """Restart without a pause, as docs/operations.md says: a second main process beside the first, which leaves
        when the second answers."""
        old, wanted = self.web_pid, int(self.environment["WEB_WORKERS"])
        ready = self.log("web").count("what=web_ready") + wanted
        os.kill(old, signal.SIGUSR2)

        def second() -> list[int]:
            """The new main process, once it has its workers: those of the old one have no children."""
            return [pid for pid in children(old) if len(children(pid)) >= wanted]

        until(lambda: self.log("web").count("what=web_ready") >= ready and second(), what="the second main process")
        (new,) = second()
        workers = [pid for pid in self.web_workers() if pid != new]
        self.web_pid = new
        os.kill(old, signal.SIGTERM)
        until(lambda: not any(alive(pid) for pid in [old, *workers]), what="the end of the first main process")
        time.sleep(2)  # the new one looks once a second whether the old one is gone

    def kill_web_worker(self) -> None:
        """One process of the web server dies; the main one makes another."""
        until(self.web_workers, what="a web process")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.web_workers()[0], signal.SIGKILL)

    def refusal(self) -> tuple[int, str]:
        """Start the web server, which must not come up: its exit status and what it said."""
        before = len(self.log("web"))
        process = self.launch_web()
        try:
            status = process.wait(WAIT_SECONDS)
        finally:
            _end(process)
        return status, self.log("web")[before:]

    def connection(self) -> socket.socket:
        """A connection to it, on which nothing has been said."""
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def web_workers(self) -> list[int]:
        return children(self.web_pid)

    def _answers(self) -> bool:
        assert self.web is not None
        assert self.web.poll() is None, self.log("web")
        if len(self.web_workers()) < int(self.environment["WEB_WORKERS"]):
            return False
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.twilio.send("GET", "/healthz").status == 200
        return False

    def has_redis(self) -> bool:
        """Does the web server say that it has everything it needs?"""
        return self.twilio.send("GET", "/readyz").status == 200

    def counts(self) -> dict[str, float]:
        """/metrics as name{labels} -> value."""
        answer = self.twilio.send("GET", "/metrics", headers={"Authorization": "Bearer metrics-token"})
        assert answer.status == 200
        lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def webhooks(self, outcome: str) -> float:
        """How many webhooks had this outcome."""
        return self.counts().get(f'helpline_webhooks_total{{outcome="{outcome}"}}', 0)

    # -- the worker ----------------------------------------------------------------------------------------------

    def start_worker(self) -> None:
        private = {"SPOOL_PRIVATE_KEY": OPENER.private_bytes_raw().hex()}
        self.worker = self._launch([sys.executable, "-m", "bot", "worker"], self.environment | private, "worker")

    def stop_worker(self) -> None:
        _end(self.worker)

    def spooled(self) -> list[Path]:
        """What waits there; not what a process that was killed had begun to write."""
        return sorted(path for path in self.spool.iterdir() if path.suffix != ".part" and path.name[0] != ".")

    def replayed(self) -> None:
        """Let a worker bring back what was spooled."""
        self.start_worker()
        assert self.worker is not None
        until(lambda: not self.spooled(), what=f"an empty spool\n{self.log('worker')}")
        self.stop_worker()

    # -- what is stored ------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def storage(self) -> Iterator[Storage]:
        client = connect(self.redis_url)
        try:
            yield redis_storage(client, Sealer([bytes.fromhex(self.data_key)]))
        finally:
            client.close()

    def contact(self, sender: str, channel: str = "sms") -> str:
        return Identity([self.pepper]).contacts(channel, sender)[0]

    def opened(self, sender: str) -> Opened:
        with self.storage() as storage:
            return storage.conversations.open(
                Inbound(message_id="no such message", contact=self.contact(sender), channel=Channel.SMS)
            )

    def transcript(self, sender: str) -> list[AnyEvent]:
        with self.storage() as storage:
            return events_of(storage, self.contact(sender))

    def heard(self, sender: str) -> list[str]:
        """What this person wrote, in the order it was applied."""
        return [event.text for event in self.transcript(sender) if isinstance(event, Heard)]

    def turns(self, sender: str) -> int:
        """How many turns are stored."""
        with self.client() as client:
            return int(client.hlen(f"{keys.person(self.contact(sender))}turns"))

    # -- processes -----------------------------------------------------------------------------------------------

    def log(self, name: str) -> str:
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def close(self) -> None:
        """The end of a test: nobody waits for open streams to finish, as `stop_web` does."""
        self.twilio.close()
        _end(self.web, signal.SIGQUIT)
        self._end_rolled(signal.SIGQUIT)
        _end(self.worker)
        if self.server is not None:
            self.signal_redis(signal.SIGCONT)
            self.server.stop()
        shutil.rmtree(memory_of(self.spool), ignore_errors=True)

    def _end_rolled(self, how: signal.Signals) -> None:
        """End a main process that a rolling restart made: it is not our child, so nobody waits for it but us."""
        if self.web is None or self.web.pid == self.web_pid or not alive(self.web_pid):
            return
        os.kill(self.web_pid, how)
        until(lambda: not alive(self.web_pid), what="the end of the web server")

    def _launch(self, command: list[str], environment: dict[str, str], name: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


def _end(process: "subprocess.Popen[bytes] | None", how: signal.Signals = signal.SIGTERM) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
