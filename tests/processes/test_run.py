"""`make run` and the static answer, on a copy of the tree, so that var/ is made beside the copy."""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.models import find_weights
from bot.encoder.loading import GRAPH, has_onnxruntime
from bot.storage.embedded import start_redis
from tests.harness.fixed import ROOT
from tests.harness.processes import WAIT_SECONDS, children, free_port, until
from tests.harness.twilio_client import ABROAD

pytestmark = pytest.mark.process

NEEDED = ("app.py", "gunicorn.conf.py", "bot", "flows", "locales")


class Run:
    """`python -m bot run` in `folder`."""

    def __init__(self, folder: Path, port: int, **more: str) -> None:
        self.port = port
        self._said = folder / "said.log"
        environment = {"PATH": os.environ["PATH"], "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", **more}
        with self._said.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self._said.read_text()

    def ready(self) -> "Run":
        until(lambda: "Phone simulator" in self.said or self.process.poll() is not None, what="the addresses")
        assert self.process.poll() is None, self.said
        return self

    def family(self) -> list[int]:
        """The process and all it started."""
        found = [self.process.pid]
        for pid in found:
            found += children(pid)
        return found

    def send(self, text: str) -> dict[str, object]:
        """A text through the simulator, as the page sends it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        asked = {"person": "a", "channel": "sms", "from": "+31612345678", "kind": "text", "body": text}
        with contextlib.closing(connection):
            connection.request("POST", "/simulator/send", json.dumps(asked), {"Content-Type": "application/json"})
            answer: dict[str, object] = json.loads(connection.getresponse().read())
        return answer

    def get(self, path: str) -> str:
        """A page, as text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in self.family():
                os.kill(pid, signal.SIGKILL)
            raise


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree as somebody who has just cloned it has it."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


@pytest.fixture
def run(copy: Path) -> Iterator[Run]:
    started = Run(copy, free_port()).ready()
    yield started
    if started.process.poll() is None:
        started.stop()


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)


def test_it_answers_and_continues_the_same_conversation_after_a_second_start(run: Run, copy: Path) -> None:
    port = run.port
    assert f"http://127.0.0.1:{port}/simulator" in run.said
    assert "Messages are read by letters" in run.said
    if find_weights() and has_onnxruntime():
        assert "by onnxruntime" in run.said
        assert "understanding: ok letters and meaning, by onnxruntime" in run.get("/readyz")
        assert (copy / "var" / "encoder" / GRAPH).exists()
    assert "Kun je nu veilig typen?" in str(run.send("hoi")["messages"])
    assert "Ik ben een computer." in str(run.send("ja")["messages"])
    assert {path.name for path in (copy / "var").iterdir()} >= {"settings", "redis", "spool"}
    assert (copy / "var" / "settings").stat().st_mode & 0o777 == 0o600

    refused = subprocess.run(
        [sys.executable, "-m", "bot", "run"], cwd=copy, env={"PATH": os.environ["PATH"], "PORT": str(free_port())},
        capture_output=True, text=True, timeout=WAIT_SECONDS, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "already running" in refused.stderr
    assert run.send("ja")["status"] == 200

    family = run.family()
    assert len(family) >= 5
    assert run.stop() == 0
    until(lambda: gone(family), what=f"no process left of {family}")
    assert not any(each in run.said for each in ("Traceback", "terminate called", "onnxruntime_unusable"))

    again = Run(copy, port).ready()
    family = again.family()
    assert "Hoi." not in str(again.send("2")["messages"])
    assert "Waar gaat het over?" in str(again.send("terug")["messages"])
    assert "papieren" in str(again.send("mijn ouders hebben mijn paspoort afgepakt")["messages"])
    assert again.stop(signal.SIGINT) == 0
    until(lambda: gone(family), what=f"no process left of {family}")
    assert "Traceback" not in again.said


def test_it_stops_all_when_one_process_ends_by_itself(run: Run) -> None:
    family = run.family()
    worker = next(pid for pid in family if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
    os.kill(worker, signal.SIGKILL)
    assert run.process.wait(WAIT_SECONDS) == 1
    until(lambda: gone(family), what=f"no process left of {family}")


def test_it_waits_for_a_redis_that_does_not_answer_yet(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    redis_port = free_port()
    server = start_redis(tmp_path_factory.mktemp("redis"), port=redis_port)
    server.process.send_signal(signal.SIGSTOP)
    started = Run(copy, free_port(), REDIS_URL=f"redis://127.0.0.1:{redis_port}/0")
    try:
        until(
            lambda: "Waiting for Redis" in started.said or started.process.poll() is not None, 40, "a word about Redis"
        )
        assert started.process.poll() is None, started.said
        family = started.family()
        assert len(family) >= 4  # the web server with its workers, and the worker
        server.process.send_signal(signal.SIGCONT)
        started.ready()
        assert "password" in started.said
        assert set(family) <= set(started.family())
        assert "Kun je nu veilig typen" in str(started.send("hoi"))
    finally:
        started.stop()
        server.process.send_signal(signal.SIGCONT)
        server.stop()


def test_it_says_which_setting_is_malformed(copy: Path) -> None:
    made_up = secrets.token_hex(8)
    refused = subprocess.run(
        [sys.executable, "-m", "bot", "run"], cwd=copy,
        env={"PATH": os.environ["PATH"], "PEPPERS": made_up, "PORT": "x"},
        capture_output=True, text=True, timeout=WAIT_SECONDS, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "PEPPERS is malformed" in refused.stderr
    assert "PORT is malformed" in refused.stderr
    assert made_up not in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr


def test_the_static_answer_needs_no_settings_and_carries_both_numbers_for_every_live_language() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "fallback-twiml"], cwd=ROOT, env={"PATH": os.environ["PATH"]},
        capture_output=True, timeout=WAIT_SECONDS, check=True,
    )  # fmt: skip
    assert done.stderr == b""
    response = ET.fromstring(done.stdout)  # noqa: S314 - our own answer
    messages = [message.text or "" for message in response]
    assert response.tag == "Response"
    assert len(messages) == 1
    live = [
        code
        for code, language in tomllib.loads((ROOT / "locales/supported.toml").read_text())["languages"].items()
        if language["status"] == "live"
    ]
    assert messages[0].count("112") == messages[0].count(ABROAD) == len(live) >= 2
    assert len(messages[0]) <= 1600
