"""`python -m bench walk`: how far one message walks through the program.

Counts, for a few ways in, the functions of bot/ that are called and the files they stand in, with `sys.setprofile`. A
function or method counts each time it starts, a generator also each time it goes on; comprehensions, generator
expressions and lambdas belong to the function around them. The clock stands still and everything was done once
before, so the figures are the same at every run.
"""

from __future__ import annotations

import re
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path
from types import FrameType
from wsgiref.types import WSGIApplication

import pyotp
from argon2 import PasswordHasher
from msgspec.structs import replace
from twilio.request_validator import RequestValidator
from werkzeug.test import Client, EnvironBuilder, TestResponse, run_wsgi_app

from app import create_app
from bench.servers import ROOT, open_redis
from bot import metrics
from bot.access.accounts import Accounts, Role
from bot.messaging.delivery import Delivery
from bot.settings import read_settings
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Identity, Sealer

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUBLIC_URL = "https://helpline.example"
ACCOUNT = f"AC{'ab' * 16}"
TOKEN = "t" * 32
PASSWORD = "vier losse woorden"
OURS = f"{ROOT / 'bot'}/"
FREE_TEXT = "wat moet ik doen"


@dataclass(frozen=True)
class Count:
    """How many calls, in how many modules."""

    calls: int
    modules: int

    def __str__(self) -> str:
        return f"{self.calls} / {self.modules}"


BEFORE = {
    "menu": Count(122, 22),
    "free text": Count(346, 32),
    "repeated": Count(50, 12),
    "advisor's reply": Count(107, 20),
    "worker to sender": Count(67, 7),
    "status callback": Count(30, 9),
}
"""As it was at e6334ae."""

TARGETS = {
    "menu": Count(90, 16),
    "free text": Count(240, 24),
    "repeated": Count(30, 8),
    "advisor's reply": Count(80, 14),
}

MOST = {
    "menu": Count(71, 20),
    "free text": Count(236, 44),
    "repeated": Count(30, 11),
    "advisor's reply": Count(108, 29),
    "worker to sender": Count(56, 8),
    "status callback": Count(39, 9),
}
"""What a test lets them grow to."""


@dataclass
class Profile:
    """What `sys.setprofile` tells, of our own functions only."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    """File and name of each function that was called, in order."""

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS) and not code.co_name.startswith("<"):
            self.calls.append((code.co_filename.removeprefix(OURS), code.co_qualname))

    def count(self) -> Count:
        return Count(len(self.calls), len({file for file, _name in self.calls}))


def profiled(work: Callable[[], object]) -> Profile:
    """Do it, and say what it called, in this thread and in those it starts."""
    profile = Profile()
    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return profile


class Walks:
    """A whole helpline in this process: the web application, its Redis, one advisor."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        folder.chmod(0o700)
        self._settings = read_settings(
            {
                "TWILIO_ACCOUNT_SID": ACCOUNT,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "SMS_NUMBER": "+15550001111",
                "WHATSAPP_NUMBER": "+15550002222",
                "PUBLIC_URL": PUBLIC_URL,
                "REDIS_URL": redis_url,
                "SECRET_KEY": "s" * 32,
                "DATA_KEYS": "11" * 32,
                "PEPPERS": "p" * 32,
                "SPOOL_DIR": str(folder),
            }
        )
        connection, sealer = connect(redis_url), Sealer(self._settings.data_keys)
        self._storage = redis_storage(connection, sealer)
        self._app: WSGIApplication = create_app(self._settings, now=lambda: NOON)
        self._browser = Browser(self._app)
        self._browser.log_in(Accounts(RedisAccounts(connection, sealer), lambda: NOON))

    def measure(self) -> dict[str, Profile]:
        """Every walk by its name. The first round, with somebody else, only warms up."""
        self._walk("+31612340001")
        return self._walk("+31612340002")

    def _walk(self, person: str) -> dict[str, Profile]:
        found = {}
        self._post(_message(person, "hoi"))
        found["menu"] = self._post(_message(person, "1"))
        question = _message(person, FREE_TEXT)
        found["free text"] = self._post(question)
        found["repeated"] = self._post(question)
        self._post(_message(person, "9"))
        contact = Identity(self._settings.peppers).contacts("sms", person)[0]
        self._browser.act(contact, "claim")
        found["advisor's reply"] = profiled(partial(self._browser.act, contact, "reply", text="dag, ik lees mee"))
        found["worker to sender"], id = self._deliver()
        found["status callback"] = self._post(
            {"MessageSid": f"SM{secrets.token_hex(16)}", "AccountSid": ACCOUNT, "MessageStatus": "delivered"},
            f"/twilio/status?o={id}",
        )
        return found

    def _post(self, form: dict[str, str], path: str = "/twilio/message") -> Profile:
        """One webhook, as Twilio signs it, from the call of the application to the end of its answer."""
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}{path}", form)
        headers = [("X-Twilio-Signature", signature)]
        environ = EnvironBuilder(
            method="POST", path=path, base_url=PUBLIC_URL, data=form, headers=headers
        ).get_environ()
        answers: list[str] = []

        def call() -> None:
            _body, status, _headers = run_wsgi_app(self._app, environ, buffered=True)
            answers.append(status)

        profile = profiled(call)
        if not answers[0].startswith("2"):
            raise RuntimeError(f"{path}: {answers[0]}")
        return profile

    def _deliver(self) -> tuple[Profile, str]:
        """One round of the worker's sending loop, and our id of what was sent."""
        sender = StubSender()
        delivery = Delivery(self._storage, sender, {}, metrics.report)
        profile = profiled(lambda: delivery.step("walk", 0))
        delivery.close()
        return profile, sender.sent[-1]


class Browser:
    """The advisor's."""

    def __init__(self, app: WSGIApplication) -> None:
        self._client = Client(app)
        self._token = ""

    def log_in(self, accounts: Accounts) -> None:
        """With password and code, as anybody does."""
        secret, hashed = pyotp.random_base32(), PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
        made, _password = accounts.add("walk", Role.ADVISOR)
        accounts.change(made.id, lambda account: replace(account, password=hashed, one_time_until=0, totp=secret))
        self._send("GET", "/console/login")
        self._send("POST", "/console/login", name="walk", password=PASSWORD)
        self._send("GET", "/console/login/code")
        self._send("POST", "/console/login/code", code=pyotp.TOTP(secret).at(NOON))
        self._send("GET", "/console/")

    def act(self, contact: str, what: str, **fields: str) -> None:
        """Send one of the forms of a conversation."""
        self._send("POST", f"/console/c/{contact}", do=what, act=secrets.token_hex(8), **fields)

    def _send(self, method: str, path: str, **fields: str) -> TestResponse:
        data = fields | {"csrf_token": self._token} if method == "POST" else None
        answer = self._client.open(path, method=method, data=data, base_url=PUBLIC_URL)
        if answer.status_code >= 400:
            raise RuntimeError(f"{path}: {answer.status}")
        found = re.search(r'name="csrf" content="([^"]+)"', answer.get_data(as_text=True))
        self._token = unescape(found[1]) if found else self._token
        return answer


class StubSender:
    """Twilio takes everything."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, _channel: str, _address: str, _text: str, id: str, _seconds: int, _our_number: str = "") -> str:
        """See `Sender.send`."""
        self.sent.append(id)
        return id

    def find(self, _channel: str, _address: str, _text: str, _known: Collection[str], _minutes: int) -> str | None:
        """See `Sender.find`."""
        return None


def _message(person: str, text: str) -> dict[str, str]:
    sid = f"SM{secrets.token_hex(16)}"
    return {
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": person,
        "To": "+15550001111",
        "Body": text,
        "NumMedia": "0",
    }


def main(arguments: list[str]) -> int:
    """Print the table; with --calls also every call, in order."""
    with tempfile.TemporaryDirectory(prefix="walk-") as folder:
        redis_home = Path(folder) / "redis"
        redis_home.mkdir()
        with open_redis(None, redis_home) as url:
            found = Walks(url, Path(folder)).measure()
    print(f"{'calls / modules':<18}{'e6334ae':>12}{'now':>12}{'at most':>12}")
    for name, profile in found.items():
        print(f"{name:<18}{BEFORE[name]!s:>12}{profile.count()!s:>12}{TARGETS.get(name, '')!s:>12}")
    if "--calls" in arguments:
        for name, profile in found.items():
            print(f"\n{name}", *(f"  {file} {function}" for file, function in profile.calls), sep="\n")
    return 0
