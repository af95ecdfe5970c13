"""The bot as it runs in production, on this machine: its own Redis, gunicorn, the worker; and Twilio's side of it."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import redis
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from bot.dialogue.events import AnyEvent, Heard
from bot.messages import Channel, Inbound
from bot.ports.everything import Opened
from bot.storage import keys
from bot.storage.embedded import EmbeddedRedis, start_redis
from bot.storage.identity import Identity
from bot.storage.redis import RedisStorage, connect
from bot.storage.sealing import Sealer

ROOT = Path(__file__).parent.parent.parent
PUBLIC_URL = "https://helpline.example"
PATH = "/twilio/message"
ABROAD = "+31 247 247 247"
START_SECONDS = 25
IDLE_SECONDS = 5
"""A connection unused for longer is opened anew, before the server closes it."""
FORM = "application/x-www-form-urlencoded"
OPENER = X25519PrivateKey.from_private_bytes(bytes(range(32)))
Form = Mapping[str, str] | Sequence[tuple[str, str]]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def free_port() -> int:
    """A port nobody listens on, below those the kernel gives to outgoing connections."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], object], seconds: float = 15, what: str = "") -> None:
    """Wait for `condition`; fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what or condition}"
        time.sleep(0.05)


def at_once(work: Callable[[_Item], _Result], items: Iterable[_Item], threads: int = 8) -> list[_Result]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))


def children(pid: int) -> list[int]:
    """The live child processes of `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            _name, _, rest = stat.read_text().rpartition(") ")
            state, parent, *_ = rest.split()
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return sorted(found)


def alive(pid: int) -> bool:
    """Does this process exist, and is it more than a name its parent has not cleared away?"""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    return False


@dataclass(frozen=True)
class Answer:
    """One response of the web server."""

    status: int
    body: bytes
    kind: str
    seconds: float

    @property
    def messages(self) -> list[str]:
        """The texts in the TwiML. Fails unless it is well-formed."""
        root = ET.fromstring(self.body)  # noqa: S314 - our own answer
        assert root.tag == "Response"
        return [element.text or "" for element in root]

    @property
    def text(self) -> str:
        assert self.status == 200, f"{self.status} {self.body!r}"
        assert self.kind.startswith("text/xml")
        assert len(self.messages) == 1, self.body
        return self.messages[0]

    @property
    def from_outage(self) -> bool:
        """Was this answer to "menu" given without Redis? The menu itself carries no number."""
        return ABROAD in self.text


def assert_numbers_first(text: str) -> None:
    """The numbers for both places, above every other word of the answer."""
    assert ABROAD in text
    assert "112" in text
    words = [text.find(word) for word in ("storing", "problem", "Kun je nu veilig typen", "Waar gaat het over")]
    first_words = min((place for place in words if place >= 0), default=len(text))
    assert max(text.index(ABROAD), text.index("112")) < first_words, text


class Twilio:
    """Signs and posts as Twilio does; one connection per thread, kept open."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._validator = RequestValidator(token)
        self._here = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def sign(self, path: str, fields: Form) -> str:
        params = fields if isinstance(fields, Mapping) else MultiDict(fields)
        signature: str = self._validator.compute_signature(PUBLIC_URL + path, params)
        return signature

    def post(self, fields: Form, path: str = PATH, signature: str | None = None) -> Answer:
        """A signed webhook. Raises OSError or HTTPException when the server goes away meanwhile."""
        headers = {"X-Twilio-Signature": self.sign(path, fields) if signature is None else signature}
        return self.send("POST", path, urlencode(fields).encode(), headers)

    def insist(self, fields: Form, tries: int = 40) -> Answer:
        """As Twilio with `rp=all`: the same message again until somebody answers."""
        for _ in range(tries):
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.post(fields)
                if answer.status < 500:
                    return answer
            time.sleep(0.1)
        raise AssertionError("nobody answered")

    def send(
        self,
        method: str,
        path: str,
        body: "bytes | Iterable[bytes] | None" = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any request."""
        connection = self._connection()
        started = time.monotonic()
        try:
            sent = {"Content-Type": f"{FORM}; charset=UTF-8"} | dict(headers or {})
            connection.request(method, path, body, sent, encode_chunked=not isinstance(body, bytes | None))
            response = connection.getresponse()
            answer = response.read()
        except BaseException:
            connection.close()
            raise
        kind = response.headers.get("Content-Type", "")
        return Answer(response.status, answer, kind, time.monotonic() - started)

    def close(self) -> None:
        for connection in self._open:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._here.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
            self._open.append(connection)
        elif time.monotonic() - self._here.used > IDLE_SECONDS:
            connection.close()
        self._here.used = time.monotonic()
        return connection


@dataclass
class Site:
    """Redis, web server and worker in `folder`. What is started here is stopped by `close`."""

    folder: Path
    port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    application: str = "app:create_app()"
    token: str = "t" * 32
    pepper: str = "pepper of thirty-two characters!"
    data_key: str = "11" * 32
    server: EmbeddedRedis | None = None
    web: "subprocess.Popen[bytes] | None" = None
    worker: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.spool.mkdir(mode=0o700)
        self.twilio = Twilio(self.port, self.token)
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "TWILIO_ACCOUNT_SID": f"AC{'ab' * 16}",
            "TWILIO_AUTH_TOKEN": self.token,
            "SMS_NUMBER": "+3197010000000",
            "WHATSAPP_NUMBER": "+3197010000001",
            "PUBLIC_URL": PUBLIC_URL,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": "a secret of thirty-two characters",
            "DATA_KEYS": self.data_key,
            "PEPPERS": self.pepper,
            "SPOOL_DIR": str(self.spool),
            "SPOOL_PUBLIC_KEY": OPENER.public_key().public_bytes_raw().hex(),
            "METRICS_TOKEN": "metrics-token",
            "WEB_WORKERS": "2",
            "MEANING": "0",  # the engine that the answers are compared with reads by letters as well
        }

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def data(self) -> Path:
        """The folder of Redis."""
        return self.folder / "redis"

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis_port}/0"

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
                if key != b"helpline:ping":
                    command, *more = readers[client.type(key)]
                    found[key] = client.execute_command(command, key, *more)
        return found

    # -- the web server ------------------------------------------------------------------------------------------

    def launch_web(self) -> "subprocess.Popen[bytes]":
        command = [str(Path(sys.executable).with_name("gunicorn")), "--config", "gunicorn.conf.py"]
        command += ["--bind", f"127.0.0.1:{self.port}", self.application]
        return self._launch(command, self.environment, "web")

    def start_web(self) -> None:
        """Start it and wait until both workers answer."""
        self.web = self.launch_web()
        until(self._answers, START_SECONDS, f"the web server\n{self.log('web')}")

    def stop_web(self) -> None:
        self.twilio.close()
        _end(self.web)

    def refusal(self) -> tuple[int, str]:
        """Start the web server, which must not come up: its exit status and what it said."""
        before = len(self.log("web"))
        process = self.launch_web()
        try:
            status = process.wait(12)
        finally:
            _end(process)
        return status, self.log("web")[before:]

    def web_workers(self) -> list[int]:
        assert self.web is not None
        return children(self.web.pid)

    def _answers(self) -> bool:
        assert self.web is not None
        assert self.web.poll() is None, self.log("web")
        if len(self.web_workers()) < int(self.environment["WEB_WORKERS"]):
            return False
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.twilio.send("GET", "/healthz").status == 200
        return False

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
        return sorted(path for path in self.spool.iterdir() if not path.name.startswith("."))

    def replayed(self) -> None:
        """Let a worker bring back what was spooled."""
        self.start_worker()
        assert self.worker is not None
        until(lambda: not self.spooled(), 20, f"an empty spool\n{self.log('worker')}")
        self.stop_worker()

    # -- what is stored ------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def storage(self) -> Iterator[RedisStorage]:
        client = connect(self.redis_url)
        try:
            yield RedisStorage(client, Sealer([bytes.fromhex(self.data_key)]))
        finally:
            client.close()

    def contact(self, sender: str) -> str:
        return Identity([self.pepper]).contacts("sms", sender)[0]

    def opened(self, sender: str) -> Opened:
        with self.storage() as storage:
            return storage.open(
                Inbound(message_id="no such message", contact=self.contact(sender), channel=Channel.SMS)
            )

    def transcript(self, sender: str) -> list[AnyEvent]:
        with self.storage() as storage:
            return storage.transcript(self.contact(sender))

    def heard(self, sender: str) -> list[str]:
        """What this person wrote, in the order it was applied."""
        return [event.text for event in self.transcript(sender) if isinstance(event, Heard)]

    def turns(self, sender: str) -> int:
        """How many turns are stored."""
        with self.client() as client:
            return int(client.hlen(keys.turns(self.contact(sender))))

    # -- processes -----------------------------------------------------------------------------------------------

    def log(self, name: str) -> str:
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def close(self) -> None:
        self.twilio.close()
        _end(self.web)
        _end(self.worker)
        if self.server is not None:
            self.signal_redis(signal.SIGCONT)
            self.server.stop()

    def _launch(self, command: list[str], environment: dict[str, str], name: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


def sms(number: int | str, text: str, sender: str, **more: str) -> dict[str, str]:
    """The fields of one SMS; the same number is the same message."""
    return {
        "MessageSid": f"SM{number:0>32}",
        "SmsSid": f"SM{number:0>32}",
        "AccountSid": f"AC{'ab' * 16}",
        "From": sender,
        "To": "+3197010000000",
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
        **more,
    }


def person(number: int) -> str:
    """A made-up telephone number."""
    return f"+316{number:08}"


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
