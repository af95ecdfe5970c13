"""A web worker that dies is replaced, whatever became of the disk meanwhile, and never takes the server with it. The
main process holds all that its workers share, and nothing that they may not share."""

import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.streams import Streams, log_in
from tests.harness.fixed import ROOT
from tests.harness.processes import until
from tests.harness.site import Site
from tests.harness.twilio_client import person, sms

pytestmark = pytest.mark.process

NewSite = Callable[..., Site]
_numbers = itertools.count(1)

MAY_REFUSE = """
from pathlib import Path

import app

def create_app():
    if Path("refuse").exists():
        raise RuntimeError
    return app.create_app()
"""
OWN_MEGABYTES = 30
"""What a worker that has just started may have for itself alone."""


@pytest.fixture(scope="module")
def copied(new_site: NewSite, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A running site with a checkout of its own, which a test may damage."""
    root = tmp_path_factory.mktemp("checkout")
    for folder in ("bot", "flows", "locales"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / file, root / file)
    (root / "may_refuse.py").write_text(MAY_REFUSE)
    site = new_site(root=root, application="may_refuse:create_app()")
    site.start_redis()
    site.start_web()
    until(lambda: site.log("web").count("web_ready") == 2, what="both workers")
    return site


def assert_greets(site: Site) -> None:
    """Somebody new gets the first question."""
    number = next(_numbers)
    assert "Kun je nu veilig typen?" in site.twilio.post(sms(number, "hoi", person(number))).text


def kill_one(site: Site) -> Callable[[], bool]:
    """Kill a web worker; returns whether another one has taken its place."""
    pid, ready = site.web_workers()[0], site.log("web").count("web_ready")
    site.twilio.close()  # its connections may lead to that one
    os.kill(pid, signal.SIGKILL)

    def is_replaced() -> bool:
        assert site.web is not None
        assert site.web.poll() is None, site.log("web")
        pids = site.web_workers()
        return len(pids) == 2 and pid not in pids and site.log("web").count("web_ready") > ready

    return is_replaced


def test_the_main_process_has_opened_nothing_that_its_workers_would_share(copied: Site) -> None:
    main = Path(f"/proc/{copied.web_pid}")
    assert len(list((main / "task").iterdir())) == 1
    sockets = [link for link in (main / "fd").iterdir() if str(link.readlink()).startswith("socket:")]
    assert len(sockets) == 1, "the one it listens on"


def test_pages_that_wait_for_news_hold_up_nobody(copied: Site) -> None:
    """What waits must wait the way gevent does, in everything the main process has loaded."""
    with closing(Streams(copied.port, 6, log_in(copied.port, copied.environment))) as streams:
        for _ in range(6):
            assert_greets(copied)
        assert streams.alive() == 6


def test_a_worker_has_little_for_itself(copied: Site) -> None:
    """Code, content and what was learned are those of the main process."""
    until(kill_one(copied), what="another worker")
    for pid in copied.web_workers():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        own = sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))
        assert own < OWN_MEGABYTES * 1024


def test_a_worker_is_replaced_although_spool_content_and_code_are_damaged(copied: Site) -> None:
    (copied.root / "flows" / "menu.toml").write_text("this is no TOML [")
    (copied.root / "app.py").write_text("this is no Python [")
    shutil.rmtree(copied.root / "locales")
    shutil.rmtree(copied.spool)
    for _ in range(2):
        until(kill_one(copied), what=f"both workers\n{copied.log('web')}")
    for _ in range(4):
        assert_greets(copied)


def test_a_replacement_that_cannot_start_leaves_the_others_alone(copied: Site) -> None:
    (copied.root / "refuse").touch()
    is_replaced = kill_one(copied)
    calm = time.monotonic() + 4
    while time.monotonic() < calm:
        assert copied.web is not None
        assert copied.web.poll() is None, copied.log("web")
        assert_greets(copied)
        time.sleep(0.2)
    (copied.root / "refuse").unlink()
    until(is_replaced, what=f"both workers\n{copied.log('web')}")
