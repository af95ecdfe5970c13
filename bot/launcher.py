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
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.access.accounts import Role
from bot.assembly import Assembly
from bot.content.models import how_messages_are_read
from bot.content.translation.languages import read_languages
from bot.devtools.twilio import StandIn
from bot.ports.unavailable import StorageUnavailable
from bot.settings import SETTINGS, WEBHOOK_OVERRIDES, Settings, SettingsError, read_settings
from bot.storage.embedded import EmbeddedRedis, NoRedis, start_redis
from bot.worker import stop_on_signals

START_SECONDS = 30
STOP_SECONDS = 15
WORKER_ONLY = ("SPOOL_PRIVATE_KEY",)
SMS_NUMBER = "+3197010000000"
WHATSAPP_NUMBER = "+3197010000001"
FIRST = "beheer"
"""Name of the first account, which makes the others."""


def launch(root: Path, environment: dict[str, str]) -> int:
    """Start everything, print the addresses, stop everything on Ctrl-C or SIGTERM. Returns the exit status."""
    var = root / "var"
    var.mkdir(mode=0o700, exist_ok=True)
    lock = (var / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("It is already running here. Stop the other one first (Ctrl-C there).", file=sys.stderr)
        return 1
    redis: EmbeddedRedis | None = None
    stand_in: StandIn | None = None
    processes: list[subprocess.Popen[bytes]] = []
    stop = stop_on_signals()
    try:
        settings = _environment(var, environment)
        if not settings.get("REDIS_URL"):
            redis = start_redis(var / "redis")
            settings["REDIS_URL"] = redis.url
        read = read_settings(settings)
        if not settings.get("TWILIO_API_URL"):
            stand_in = _stand_in(read).start()
            settings["TWILIO_API_URL"] = stand_in.url
        web = {name: value for name, value in settings.items() if name not in WORKER_ONLY}
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            str(root / "gunicorn.conf.py"),
            "--graceful-timeout",
            "2",
            "app:create_app()",
        ]
        processes.append(_start(gunicorn, root, web))
        processes.append(_start([sys.executable, "-m", "bot", "worker"], root, settings))
        if not _ready(settings["PORT"], processes, stop):
            print("It did not start; the lines above say why.", file=sys.stderr)
            return 1
        languages = read_languages(root / "locales").live
        first_login = _when_redis_answers(lambda: _first_login(read, languages), processes, stop)
        _welcome(settings["PORT"], first_login, how_messages_are_read(read.meaning))
        while all(process.poll() is None for process in processes):
            if stop.wait(0.3):
                print("\nStopping.")
                return 0
        print("A process ended by itself; stopping the others.", file=sys.stderr)
        return 1
    except (NoRedis, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        _stop(processes)
        if stand_in is not None:
            stand_in.stop()
        if redis is not None:
            redis.stop()
        lock.close()


def _stand_in(settings: Settings) -> StandIn:
    """Twilio for this machine: the simulator's phones hang on it, and what advisors write arrives there."""
    return StandIn(
        account_sid=settings.account_sid,
        auth_token=settings.auth_tokens[0],
        sms_number=settings.sms_number,
        whatsapp_number=settings.whatsapp_number,
        public_url=settings.public_url,
        local_url=f"http://127.0.0.1:{settings.port}",
        webhook=f"{settings.public_url}/twilio/message{WEBHOOK_OVERRIDES}",
        fallback=f"{settings.public_url}/twilio/fallback",
        callback_delay=0.3,
    )


def _environment(var: Path, given: dict[str, str]) -> dict[str, str]:
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


def _start(command: list[str], root: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A child in its own process group, so that Ctrl-C reaches it through us only and everything stops in order."""
    return subprocess.Popen(command, cwd=root, env=environment, start_new_session=True)


def _ready(port: str, processes: list["subprocess.Popen[bytes]"], stop: threading.Event) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not stop.is_set() and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _when_redis_answers(
    ask: Callable[[], str], processes: list["subprocess.Popen[bytes]"], stop: threading.Event
) -> str:
    """What `ask` returns; "" when it is stopped or a process ends before Redis answers."""
    is_told = False
    while not stop.is_set() and all(process.poll() is None for process in processes):
        try:
            return ask()
        except StorageUnavailable:
            if not is_told:
                print("Waiting for Redis.", flush=True)
                is_told = True
            stop.wait(0.5)
    return ""


def _first_login(settings: Settings, languages: tuple[str, ...]) -> str:
    """How to log in as the first one; "" once somebody chose a password. A new password each time until then.

    languages: those they answer in.
    """
    accounts = Assembly(settings).accounts
    everybody = accounts.everybody()
    if any(not account.one_time_until for account in everybody):
        return ""
    first = accounts.find(FIRST)
    _account, password = accounts.reset(first.id) if first else accounts.add(FIRST, Role.ADMINISTRATOR, languages)
    return f"  First login       {FIRST}, password {password} (once)\n"


def _welcome(port: str, first_login: str, reading: str) -> None:
    print(
        f"\n  Phone simulator   http://127.0.0.1:{port}/simulator\n"
        f"  Console           http://127.0.0.1:{port}/console/\n"
        f"{first_login}"
        f"  Health            http://127.0.0.1:{port}/readyz\n"
        f"  Messages are read by {reading}\n\n"
        "  Ctrl-C stops all of it; the next `make run` continues the same conversations.\n",
        flush=True,
    )


def _stop(processes: list["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
