"""The event loop comes in before the encoder's thread, which still gets its share."""

import os
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from bot.encoder import priority
from bot.encoder.priority import NICER
from bot.encoder.thread import ThreadedNetwork
from bot.nlu.weights import Array
from tests.harness.fixed import ROOT

ASKED = """
import os
from bot.encoder.priority import come_in_at_once
before = os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)
print(come_in_at_once(), before == (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)))
os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
print(come_in_at_once(), os.sched_getscheduler(0) == os.SCHED_BATCH)
"""


class _Telling:
    """A network that tells the priority it computes with."""

    name = "telling"

    def prepare(self) -> None:
        pass

    def run(self, texts: Sequence[Array]) -> Array:
        return np.full((len(texts), 1, 1), os.getpriority(os.PRIO_PROCESS, 0), np.float32)


def test_the_thread_of_the_encoder_gives_way_and_its_process_does_not() -> None:
    if sys.platform != "linux":
        return  # priorities are those of whole processes
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    found = ThreadedNetwork(_Telling(), print, 60).run([np.zeros((1, 1), np.float32)])
    assert float(found[0, 0, 0]) == min(ours + NICER, 19)
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours


def test_a_worker_keeps_its_priority_and_what_an_operator_chose() -> None:
    if sys.platform != "linux":
        return
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    asked, chosen = done.stdout.splitlines()
    assert asked in ("True True", "False True")
    assert chosen == "False True"


def test_an_unknown_processor_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert not priority.come_in_at_once()


def test_where_a_sandbox_forbids_it_everything_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_arguments: object) -> int:
        raise PermissionError

    for name in ("nice", "sched_getscheduler", "getpriority"):
        monkeypatch.setattr(os, name, forbidden, raising=False)
    priority.let_others_first()
    assert not priority.come_in_at_once()
