"""The console as a browser without scripts sees it, in this process: real Redis, a clock that only the test moves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pyotp
import redis
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from app import create_app
from bot.access.accounts import Account, Accounts, Role
from bot.content.library import Library
from bot.settings import Settings, read_settings
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.audit import RedisAuditLog
from bot.storage.redis.connection import connect
from bot.storage.sealing import Identity, Sealer
from tests.harness.fixed import ENVIRONMENT, HOST, Clock
from tests.harness.twilio_client import sms

PASSWORD = "vier losse woorden"
QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
"""As ours, but in a millisecond: a password is hashed at every step of every test of the console."""

HASHED = QUICK.hash(PASSWORD)
SECRET = "JBSWY3DPEHPK3PXP" * 2


class ConsoleApp:
    """A console with a clock, and its accounts."""

    def __init__(self, library: Library, url: str, spool: Path, **more: str) -> None:
        self.clock, self.library, self.url, self.spool = Clock(), library, url, spool
        environment = ENVIRONMENT | {"REDIS_URL": url, "SPOOL_DIR": str(spool)} | more
        self.settings: Settings = read_settings(environment)
        self.app: Flask = create_app(self.settings, library=library, now=self.clock)
        self.console: Flask = self.app.extensions["console"]
        self.redis: redis.Redis = redis.Redis.from_url(url)
        self.connection = connect(url)
        self.audit_log = RedisAuditLog(self.connection)
        self.accounts = Accounts(RedisAccounts(self.connection, Sealer(self.settings.data_keys)), self.clock)

    def somebody(self, name: str, role: Role = Role.ADVISOR, **more: object) -> Account:
        """An account with a password and an app."""
        made, _password = self.accounts.add(name, role, ("nl",))
        changes = {"password": HASHED, "one_time_until": 0, "totp": SECRET} | more
        return self.accounts.change(made.id, lambda account: replace(account, **changes))

    def browser(self) -> "ConsoleVisit":
        return ConsoleVisit(self.app.test_client(), self)

    def logged_in(self, name: str) -> "ConsoleVisit":
        visit = self.browser()
        visit.log_in(name)
        assert visit.get("/console/").status_code == 200
        return visit

    def person_asks(self, number: int = 1, texts: tuple[str, ...] = ("hoi", "medewerker")) -> str:
        """Somebody writes and asks for an advisor; returns the id of the contact."""
        sender = f"+316{number:08}"
        for text in texts:
            self.person_sends(sms(f"{number}{len(text)}", text, sender))
        return Identity(self.settings.peppers).contacts("sms", sender)[0]

    def person_sends(self, form: dict[str, str]) -> None:
        """One webhook, as Twilio signs it."""
        validator = RequestValidator(ENVIRONMENT["TWILIO_AUTH_TOKEN"])
        signature = validator.compute_signature(f"https://{HOST}/twilio/message", form)
        answer = self.app.test_client().post(
            "/twilio/message", data=form, headers={"X-Twilio-Signature": signature}, base_url=f"https://{HOST}"
        )
        assert answer.status_code == 200

    def audit(self) -> list[str]:
        """What was done, oldest first."""
        return [line.what for line in reversed(self.audit_log.lines())]


@dataclass
class ConsoleVisit:
    """One browser."""

    client: FlaskClient
    pages: ConsoleApp
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: str) -> TestResponse:
        answer = self.client.get(path, base_url=f"https://{HOST}", headers=self.headers | more)
        found = re.search(r'name="csrf" content="([^"]+)"', answer.get_data(as_text=True))
        self.token = unescape(found[1]) if found else self.token
        return answer

    def post(self, path: str, form: Mapping[str, object] | None = None, token: str | None = None) -> TestResponse:
        fields = dict(form or {}) | {"csrf_token": self.token if token is None else token}
        answer = self.client.post(path, data=fields, base_url=f"https://{HOST}", headers=self.headers)
        found = re.search(r'name="csrf" content="([^"]+)"', answer.get_data(as_text=True))
        self.token = unescape(found[1]) if found else self.token
        return answer

    def act(self, where: str, do: str, form: Mapping[str, object] | None = None) -> TestResponse:
        """Send one of the forms of a conversation's page."""
        return self.post(where, {"do": do, **(form or {})})

    def log_in(self, name: str, password: str = PASSWORD, code: str | None = None) -> TestResponse:
        """Both steps, as far as they lead."""
        self.get("/console/login")
        answer = self.post("/console/login", {"name": name, "password": password})
        if answer.status_code != 303 or "/login/code" not in answer.location:
            return answer
        self.get(answer.location)
        return self.post(answer.location, {"code": code or self.digits()})

    def digits(self, secret: str = SECRET) -> str:
        """What the app shows now. Digits serve once, so time goes on first."""
        self.pages.clock.later(seconds=60)
        return pyotp.TOTP(secret).generate_otp(int(self.pages.clock.now.timestamp()) // 30)

    def is_in(self) -> bool:
        return self.get("/console/").status_code == 200


def where(path: str) -> str:
    """The login page that leads to `path`."""
    return f"/console/login?next={quote(path, safe='/')}"
