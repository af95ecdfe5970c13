"""A thread of its own for the encoder, so that nobody waits for somebody else's text to be read.

What waits at the same moment is computed together. A text that is not read in time is given up: its sender gets an
answer by letters alone, and as long as the thread is still at it, so does everybody, at once.
"""

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty
from typing import Protocol

import gevent
import gevent.event
from gevent import monkey

from bot.encoder.network import OnnxNetwork, Report
from bot.encoder.priority import let_others_first
from bot.nlu.embedding import Encoder, EncoderUnavailable, Network
from bot.nlu.weights import Array

SECONDS = 1.0
"""How long an answer waits for the encoder. It needs a hundredth of that."""

TOGETHER = 16
"""How many texts are computed together: a share of SECONDS, whatever their lengths."""

MOST_WAITING = 64
"""More are not let in: they would not be read in time."""


END_SECONDS = 2.0
"""How long the end of a process waits for the pass that the thread is at."""


class _Event(Protocol):
    def set(self) -> None: ...

    def wait(self, timeout: float) -> object: ...


class _Job:
    """Texts that wait for their vectors."""

    def __init__(self, texts: Sequence[Array], done: _Event) -> None:
        self.texts = texts
        self.done = done
        self.found: Array | None = None
        self.is_over = False
        self.is_given_up = False


class ThreadedNetwork:
    """A `Network` whose passes are computed one after the other in a thread, one in each process.

    Safe for greenlets and threads. report: counts what is not read, `encoder_unavailable` with a cause.
    """

    def __init__(self, network: Network, report: Report, seconds: float = SECONDS) -> None:
        self.network = network
        self._report = report
        self._seconds = seconds
        self._thread: tuple[int, _Thread] | None = None

    @property
    def name(self) -> str:
        """See `Network`."""
        name = self.network.name
        return f"{name}, which does not answer now: letters only until it does" if self._here().is_overdue else name

    def share(self) -> None:
        """Make what processes can share that this one forks. It starts no thread."""
        if isinstance(self.network, OnnxNetwork):
            self.network.share()

    def prepare(self) -> None:
        """See `Network`; and start the thread of this process."""
        self.network.prepare()
        self._here()

    def run(self, texts: Sequence[Array]) -> Array:
        """See `Network`."""
        return self.begin(texts)()

    def begin(self, texts: Sequence[Array]) -> Callable[[], Array]:
        """Have them computed meanwhile. What is returned waits for the result. Both raise EncoderUnavailable."""
        thread = self._here()
        if thread.is_overdue:
            raise self._unavailable("overdue")
        if thread.waiting() >= MOST_WAITING:
            raise self._unavailable("full")
        return partial(self._end, thread, thread.put(texts))

    def _end(self, thread: "_Thread", job: _Job) -> Array:
        job.done.wait(self._seconds)
        if not job.is_over:
            thread.give_up(job)
            raise self._unavailable("late")
        if job.found is None:
            raise self._unavailable("failed")
        return job.found

    def _here(self) -> "_Thread":
        """The thread of this process. None outlives a fork: a child begins with its own, and with nothing waiting."""
        if self._thread is None or self._thread[0] != os.getpid():
            self._thread = (os.getpid(), _Thread(self.network))
        return self._thread[1]

    def _unavailable(self, cause: str) -> EncoderUnavailable:
        self._report("encoder_unavailable", cause=cause)
        return EncoderUnavailable(cause)


class ThreadedEncoder(Encoder):
    """An encoder that reads a text while whoever asked does something else."""

    network: ThreadedNetwork

    def begin(self, text: str) -> Callable[[], Array]:
        """Begin with a text. What is returned waits for what `layers` makes of it. Both raise EncoderUnavailable."""
        return self.network.begin([self._token_rows.rows(self._token_rows.tokens(text))])


class _Thread:
    """A real thread, under gevent too, where those of the standard library are greenlets."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._queue = monkey.get_original("queue", "SimpleQueue")()
        self._over: deque[_Job] = deque()
        self._given_up: _Job | None = None
        self._new_event: Callable[[], _Event] = threading.Event
        self._tell = self._tell_waiting
        if monkey.is_module_patched("threading"):
            # Only the loop may wake a greenlet, and only `send` may be called from another thread to wake the loop.
            self._new_event = gevent.event.Event
            self._loop = gevent.get_hub().loop.async_(ref=False)
            self._loop.start(self._tell_waiting)
            self._tell = self._loop.send
        self._process = os.getpid()
        self._is_ending = False
        self._running = monkey.get_original("_thread", "allocate_lock")()
        self._running.acquire()
        monkey.get_original("_thread", "start_new_thread")(self._work, ())
        atexit.register(self._end)

    def waiting(self) -> int:
        """How many jobs the thread has not begun with."""
        found: int = self._queue.qsize()
        return found

    def put(self, texts: Sequence[Array]) -> _Job:
        """Have them computed."""
        job = _Job(texts, self._new_event())
        self._queue.put(job)
        return job

    def give_up(self, job: _Job) -> None:
        """Nobody waits for it any more."""
        job.is_given_up = True
        self._given_up = job

    @property
    def is_overdue(self) -> bool:
        """Whether the thread has not got past the last one that was given up. Asked of the job, which is over once and
        for all: a sign that is set and taken back would stay when both happen at the same moment."""
        return self._given_up is not None and not self._given_up.is_over

    def _end(self) -> None:
        """Python must not end while the thread computes: it would be cut off inside the library, which aborts then."""
        if self._process == os.getpid():
            self._is_ending = True
            self._queue.put(None)
            self._running.acquire(timeout=END_SECONDS)

    def _work(self) -> None:
        let_others_first()
        while True:
            jobs: list[_Job | None] = [self._queue.get()]
            try:
                while len(jobs) < TOGETHER:
                    jobs.append(self._queue.get_nowait())
            except Empty:
                pass
            if self._is_ending:
                break
            self._compute_all([job for job in jobs if job])
        self._running.release()

    def _compute_all(self, jobs: Sequence[_Job]) -> None:
        wanted = [job for job in jobs if not job.is_given_up]
        if not self._compute(wanted) and len(wanted) > 1:
            for job in wanted:  # that one cannot be computed is no reason for the others
                self._compute([job])
        for job in jobs:
            job.is_over = True
        self._over.extend(jobs)
        self._tell()

    def _compute(self, jobs: Sequence[_Job]) -> bool:
        if not jobs:
            return True
        try:
            found = self._network.run([text for job in jobs for text in job.texts])
        except Exception:  # noqa: BLE001 - whatever it is, these are read by letters
            return False
        first = 0
        for job in jobs:
            job.found = found[first : first + len(job.texts)]
            first += len(job.texts)
        return True

    def _tell_waiting(self) -> None:
        while self._over:
            self._over.popleft().done.set()
