"""A web worker that dies is replaced, whatever became of the disk meanwhile, and never takes the server with it."""

import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.fixed import ROOT
from tests.harness.processes import until
from tests.harness.site import Site
from tests.harness.twilio_client import person, sms

pytestmark = pytest.mark.process

NewSite = Callable[..., Site]
_numbers = itertools.count(1)


@pytest.fixture
def copied(new_site: NewSite, tmp_path: Path) -> Site:
    """A running site with a checkout of its own, which a test may damage."""
    root = tmp_path / "checkout"
    for folder in ("bot", "flows", "locales"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / file, root / file)
    site = new_site(root=root)
    site.start_redis()
    site.start_web()
    until(serves(site, []), 40, "both workers")
    return site


def assert_greets(site: Site) -> None:
    """Somebody new gets the first question."""
    number = next(_numbers)
    assert "Kun je nu veilig typen?" in site.twilio.post(sms(number, "hoi", person(number))).text


def kill_one(site: Site) -> int:
    """Kill a web worker; returns its process id."""
    pid = site.web_workers()[0]
    site.twilio.close()  # its connections may lead to that one
    os.kill(pid, signal.SIGKILL)
    return pid


def serves(site: Site, gone: list[int]) -> Callable[[], bool]:
    """Whether both workers are there and none of those that were killed."""

    def answers() -> bool:
        assert site.web is not None
        assert site.web.poll() is None, site.log("web")
        pids = site.web_workers()
        return len(pids) == 2 and not set(pids) & set(gone) and site.log("web").count("web_ready") >= 2 + len(gone)

    return answers


def test_a_worker_is_replaced_although_spool_and_content_are_damaged(copied: Site) -> None:
    (copied.root / "flows" / "menu.toml").write_text("this is no TOML [")
    shutil.rmtree(copied.root / "locales")
    shutil.rmtree(copied.spool)
    gone = []
    for _ in range(2):
        gone.append(kill_one(copied))
        until(serves(copied, gone), 40, f"both workers\n{copied.log('web')}")
    for _ in range(4):
        assert_greets(copied)
    copied.stop_web()


def test_a_replacement_that_cannot_start_leaves_the_others_alone(copied: Site) -> None:
    code = (copied.root / "app.py").read_text()
    (copied.root / "app.py").write_text("this is no Python [")
    gone = [kill_one(copied)]
    calm = time.monotonic() + 4
    while time.monotonic() < calm:
        assert copied.web is not None
        assert copied.web.poll() is None, copied.log("web")
        assert_greets(copied)
        time.sleep(0.2)
    (copied.root / "app.py").write_text(code)
    until(serves(copied, gone), 40, f"both workers\n{copied.log('web')}")
    copied.stop_web()
