"""The thread of the encoder: what waits is computed together, nobody waits long, and the loop of gevent goes on."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from bot.encoder.thread import MOST_WAITING, TOGETHER, ThreadedNetwork
from bot.nlu.embedding import EncoderUnavailable
from bot.nlu.weights import Array
from tests.harness.fixed import ROOT

AT_ONCE, LONG = 0.0, 60.0
BAD = -1.0


class Gated:
    """A network that computes only while its gate is open, and notes what it computed together."""

    name = "numpy"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)
        self.batches: list[list[float]] = []

    def prepare(self) -> None:
        pass

    def run(self, texts: Sequence[Array]) -> Array:
        numbers = [float(text[0, 0]) for text in texts]
        self.batches.append(numbers)
        self.begun.release()
        assert self.gate.wait(LONG)
        if BAD in numbers:
            raise ValueError
        return np.array([[[number]] for number in numbers], np.float32)


def text(number: float) -> Array:
    return np.full((1, 1), number, np.float32)


class Counted:
    """Reports, by their causes."""

    def __init__(self) -> None:
        self.causes: list[str] = []

    def __call__(self, what: str, **fields: str) -> None:
        assert what == "encoder_unavailable"
        self.causes.append(fields["cause"])


@contextmanager
def waiting(network: ThreadedNetwork, inner: Gated, numbers: Sequence[float]) -> "Iterator[list[Callable[[], Array]]]":
    """While one text is being computed, these come and wait, in this order."""
    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        results = [pool.submit(network.run, [text(0)])]
        assert inner.begun.acquire(timeout=LONG)
        for count, number in enumerate(numbers, start=1):
            results.append(pool.submit(network.run, [text(number)]))
            while network._here().waiting() < count:
                threading.Event().wait(0.001)
        yield [each.result for each in results]


def test_what_waits_is_computed_together_and_each_gets_its_own() -> None:
    inner = Gated()
    network = ThreadedNetwork(inner, Counted(), LONG)
    with waiting(network, inner, [1, 2, 3]) as results:
        inner.gate.set()
        assert [float(result()[0, 0, 0]) for result in results] == [0, 1, 2, 3]
    assert inner.batches == [[0], [1, 2, 3]]


def test_not_more_are_computed_together_than_are_ready_in_time() -> None:
    inner = Gated()
    network = ThreadedNetwork(inner, Counted(), LONG)
    with waiting(network, inner, range(1, TOGETHER + 3)) as results:
        inner.gate.set()
        assert [float(result()[0, 0, 0]) for result in results] == list(range(TOGETHER + 3))
    assert [len(batch) for batch in inner.batches] == [1, TOGETHER, 2]


def test_one_that_cannot_be_computed_is_no_reason_for_the_others() -> None:
    inner, counted = Gated(), Counted()
    network = ThreadedNetwork(inner, counted, LONG)
    with waiting(network, inner, [1, BAD, 2]) as results:
        inner.gate.set()
        assert [float(results[number]()[0, 0, 0]) for number in (1, 3)] == [1, 2]
        with pytest.raises(EncoderUnavailable):
            results[2]()
    assert counted.causes == ["failed"]


def test_a_thread_that_hangs_holds_nobody_and_is_counted() -> None:
    inner, counted = Gated(), Counted()
    network = ThreadedNetwork(inner, counted, AT_ONCE)
    for _ in range(2):
        with pytest.raises(EncoderUnavailable):
            network.run([text(1)])
    assert counted.causes == ["late", "overdue"]
    assert network.name.startswith("numpy, which does not answer")
    inner.gate.set()
    network._seconds = LONG
    while network._here().is_overdue:
        threading.Event().wait(0.001)
    assert float(network.run([text(2)])[0, 0, 0]) == 2
    assert network.name == "numpy"


def test_a_text_that_is_read_in_the_moment_it_is_given_up_stops_nobody() -> None:
    inner, counted = Gated(), Counted()
    inner.gate.set()
    network = ThreadedNetwork(inner, counted, LONG)
    thread = network._here()
    job = thread.put([text(1)])
    job.done.wait(LONG)
    thread.give_up(job)
    assert float(network.run([text(2)])[0, 0, 0]) == 2
    assert counted.causes == []


def test_what_was_given_up_is_not_computed_any_more() -> None:
    inner, counted = Gated(), Counted()
    network = ThreadedNetwork(inner, counted, LONG)
    with waiting(network, inner, []) as results:
        network._seconds = AT_ONCE
        with pytest.raises(EncoderUnavailable):
            network.run([text(7)])
        inner.gate.set()
        results[0]()
    network._seconds = LONG
    while network._here().is_overdue or network._here().waiting():
        threading.Event().wait(0.001)
    network.run([text(8)])
    assert [7.0] not in inner.batches


def test_more_than_can_be_read_in_time_are_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    inner, counted = Gated(), Counted()
    network = ThreadedNetwork(inner, counted, LONG)
    monkeypatch.setattr(network._here(), "waiting", lambda: MOST_WAITING)
    with pytest.raises(EncoderUnavailable):
        network.run([text(1)])
    assert counted.causes == ["full"]
    inner.gate.set()


UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all({patched})
import os, gevent, numpy as np
from bot.encoder.thread import ThreadedNetwork
from bot.nlu.embedding import EncoderUnavailable

Event = monkey.get_original("threading", "Event")

class Held:
    name = "held"
    def __init__(self):
        self.gate = monkey.get_original("_thread", "allocate_lock")()
        self.gate.acquire()
    def prepare(self):
        pass
    def run(self, texts):
        assert self.gate.acquire(timeout=60)
        self.gate.release()
        return np.array([[[float(text[0, 0])]] for text in texts])

def reads(held, network):
    waiting = [gevent.spawn(network.run, [np.full((1, 1), number)]) for number in (1.0, 2.0)]
    ticks = 0
    while ticks < 100:  # the loop goes on while the thread is held
        gevent.sleep(0)
        ticks += 1
    assert not any(each.dead for each in waiting)
    held.gate.release()
    gevent.joinall(waiting, timeout=60)
    held.gate.acquire()
    return [float(each.value[0, 0, 0]) for each in waiting]

causes = []
held = Held()
network = ThreadedNetwork(held, lambda what, **fields: causes.append(fields["cause"]), 60)
print(reads(held, network))
child = os.fork()
if not child:
    print(reads(held, network), flush=True)
    network._seconds = 0.01
    for _ in range(2):
        try:
            network.run([np.zeros((1, 1))])
        except EncoderUnavailable:
            pass
    print(*causes, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.process
@pytest.mark.parametrize("patched", ["", "os=False, signal=False, queue=False"], ids=["a worker", "the main process"])
def test_the_loop_goes_on_and_a_forked_worker_has_a_thread_of_its_own(patched: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT.format(patched=patched)], cwd=ROOT, env=dict(os.environ),
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert sorted(done.stdout.splitlines()) == ["[1.0, 2.0]", "[1.0, 2.0]", "late overdue"]


AT_THE_END = """
from gevent import monkey
monkey.patch_all()
import gevent, numpy as np
from bot.encoder.thread import ThreadedNetwork

begun = monkey.get_original("_thread", "allocate_lock")()
begun.acquire()

class Slow:
    name = "slow"
    def prepare(self):
        pass
    def run(self, texts):
        begun.release()
        monkey.get_original("time", "sleep")(0.2)
        print("computed", flush=True)
        return np.zeros((len(texts), 1, 1))

gevent.spawn(ThreadedNetwork(Slow(), print).run, [np.zeros((1, 1))])
gevent.sleep(0)
begun.acquire()
"""


@pytest.mark.process
def test_a_process_does_not_end_in_the_middle_of_a_pass() -> None:
    """onnxruntime aborts the process when Python ends while it computes."""
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "computed\n", "")


def test_a_text_is_computed_while_its_asker_does_something_else() -> None:
    inner = Gated()
    network = ThreadedNetwork(inner, Counted(), LONG)
    end = network.begin([text(3)])
    assert inner.begun.acquire(timeout=LONG)
    inner.gate.set()
    assert float(end()[0, 0, 0]) == 3
