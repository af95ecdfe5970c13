"""`make run`: a private Redis, the web server and the worker on this machine, with secrets of its own.

For trying out, teaching and developing. Needs no account and no key; what it makes stays under var/.
"""

import base64
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.access.accounts import Role
from bot.assembly import Assembly
from bot.content.models import how_messages_are_read
from bot.content.translation.languages import read_languages
from bot.devtools.twilio import StandIn
from bot.ports.unavailable import StorageUnavailable
from bot.settings import SETTINGS, WEBHOOK_OVERRIDES, Settings, SettingsError, read_settings
from bot.storage.embedded import NoRedis, start_redis
from bot.worker import stop_on_signals

START_SECONDS = 30
STOP_SECONDS = 15
WORKER_ONLY = ("SPOOL_PRIVATE_KEY",)
SMS_NUMBER = "+3197010000000"
WHATSAPP_NUMBER = "+3197010000001"
FIRST = "beheer"
"""Name of the first account, whose owner makes the others."""


class Children:
    """The processes that are started, each in a process group of its own: Ctrl-C reaches them through us only, so that
    everything stops in order."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, environment: dict[str, str]) -> None:
        """Start one more, with the Python of this process."""
        self._processes.append(
            subprocess.Popen([sys.executable, "-m", *command], cwd=self._root, env=environment, start_new_session=True)
        )

    def are_alive(self) -> bool:
        """Has none of them ended?"""
        return all(process.poll() is None for process in self._processes)

    def stop(self) -> None:
        """Ask them to end; after STOP_SECONDS make them."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def launch(root: Path, environment: dict[str, str]) -> int:
    """Start everything, print the addresses, stop everything on Ctrl-C or SIGTERM. Returns the exit status."""
    var = root / "var"
    var.mkdir(mode=0o700, exist_ok=True)
    with (var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("It is already running here. Stop the other one first (Ctrl-C there).", file=sys.stderr)
            return 1
        stop = stop_on_signals()
        try:
            with ExitStack() as started:
                filled = _filled_environment(var, environment)
                return _serve(root, filled, _start_all(root, var, filled, started), stop)
        except (NoRedis, SettingsError) as error:
            print(error, file=sys.stderr)
            return 1


def _start_all(root: Path, var: Path, environment: dict[str, str], started: ExitStack) -> Children:
    """Start what the environment does not name the address of, and write that address into it; then both processes.
    started: stops them again, the last one first."""
    if not environment.get("REDIS_URL"):
        redis = start_redis(var / "redis")
        started.callback(redis.stop)
        environment["REDIS_URL"] = redis.url
    settings = read_settings(environment)
    if not environment.get("TWILIO_API_URL"):
        stand_in = _stand_in(settings).start()
        started.callback(stand_in.stop)
        environment["TWILIO_API_URL"] = stand_in.url
    children = Children(root)
    started.callback(children.stop)
    web = {name: value for name, value in environment.items() if name not in WORKER_ONLY}
    config = str(root / "gunicorn.conf.py")
    children.start("gunicorn", "--config", config, "--graceful-timeout", "2", "app:create_app()", environment=web)
    children.start("bot", "worker", environment=environment)
    return children


def _serve(root: Path, environment: dict[str, str], children: Children, stop: threading.Event) -> int:
    """Wait until everything answers, say where, and wait for `stop` or the end of a process. Returns the status."""
    settings = read_settings(environment)
    if not _is_ready(settings.port, children, stop):
        print("It did not start; the lines above say why.", file=sys.stderr)
        return 1
    languages = read_languages(root / "locales").live
    first_login = _when_redis_answers(lambda: _first_login(settings, languages), children, stop)
    _welcome(settings.port, first_login, how_messages_are_read(settings.meaning))
    while children.are_alive():
        if stop.wait(0.3):
            print("\nStopping.")
            return 0
    print("A process ended by itself; stopping the others.", file=sys.stderr)
    return 1


def _stand_in(settings: Settings) -> StandIn:
    """Twilio for this machine: the simulator's phones hang on it, and what advisors write arrives there."""
    return StandIn(
        account_sid=settings.account_sid,
        auth_token=settings.auth_tokens[0],
        sms_number=settings.sms_number,
        whatsapp_number=settings.whatsapp_number,
        more_numbers=(*settings.sms_numbers[1:], *(f"whatsapp:{each}" for each in settings.whatsapp_numbers[1:])),
        public_url=settings.public_url,
        local_url=f"http://127.0.0.1:{settings.port}",
        webhook=f"{settings.public_url}/twilio/message{WEBHOOK_OVERRIDES}",
        fallback=f"{settings.public_url}/twilio/fallback",
        callback_delay=0.3,
    )


def _filled_environment(var: Path, given: dict[str, str]) -> dict[str, str]:
    """The environment with every setting filled: as given, else from var/settings, which is made at first start."""
    file = var / "settings"
    made = dict(line.split("=", 1) for line in file.read_text().splitlines()) if file.exists() else {}
    port = given.get("PORT") or "8000"
    opener = X25519PrivateKey.generate()
    fresh = {
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "SMS_NUMBER": SMS_NUMBER,
        "WHATSAPP_NUMBER": WHATSAPP_NUMBER,
        "SECRET_KEY": secrets.token_hex(32),
        "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "PEPPERS": secrets.token_hex(32),
        "METRICS_TOKEN": secrets.token_hex(16),
        "SPOOL_PUBLIC_KEY": opener.public_key().public_bytes_raw().hex(),
        "SPOOL_PRIVATE_KEY": opener.private_bytes_raw().hex(),
    }
    if not made:
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in fresh.items()))
        made = fresh
    spool = var / "spool"
    spool.mkdir(mode=0o700, exist_ok=True)
    local = {
        "PORT": port,
        "BIND": "127.0.0.1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SPOOL_DIR": str(spool),
        "SIMULATOR": "1",
    }
    names = {setting.name for setting in SETTINGS}
    chosen = {name: value for name, value in given.items() if name not in names or value}
    return {**made, **local, **chosen}


def _is_ready(port: int, children: Children, stop: threading.Event) -> bool:
    """Does the web server answer before START_SECONDS are over?"""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not stop.is_set() and children.are_alive():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _when_redis_answers(ask: Callable[[], str], children: Children, stop: threading.Event) -> str:
    """What `ask` returns; "" when it is stopped or a process ends before Redis answers."""
    is_told = False
    while not stop.is_set() and children.are_alive():
        try:
            return ask()
        except StorageUnavailable:
            if not is_told:
                print("Waiting for Redis.", flush=True)
                is_told = True
            stop.wait(0.5)
    return ""


def _first_login(settings: Settings, languages: tuple[str, ...]) -> str:
    """How to log in as the first advisor, who answers in these languages; "" once somebody has chosen a password. Until
    then each start makes a new one-time password."""
    accounts = Assembly(settings).accounts
    everybody = accounts.everybody()
    if any(not account.one_time_until for account in everybody):
        return ""
    first = accounts.find(FIRST)
    _account, password = accounts.reset(first.id) if first else accounts.add(FIRST, Role.ADMINISTRATOR, languages)
    return f"  First login       {FIRST}, password {password} (once)\n"


def _welcome(port: int, first_login: str, reading: str) -> None:
    print(
        f"\n  Phone simulator   http://127.0.0.1:{port}/simulator\n"
        f"  Console           http://127.0.0.1:{port}/console/\n"
        f"{first_login}"
        f"  Health            http://127.0.0.1:{port}/readyz\n"
        f"  Messages are read by {reading}\n\n"
        "  Ctrl-C stops all of it; the next `make run` continues the same conversations.\n",
        flush=True,
    )
