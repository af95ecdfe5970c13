"""Runs things a little later, in threads of its own."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

_Step = TypeVar("_Step")


class Scheduler(Generic[_Step]):
    """Calls `act` with every step when it is due. Steps with the same key keep their order.

    It has several queues, so that a web server which keeps one callback waiting does not hold up all of them.
    """

    def __init__(self, act: Callable[[_Step], None], queues: int = 4) -> None:
        self._act = act
        self._queues: list[list[tuple[float, int, _Step]]] = [[] for _ in range(queues)]
        self._changed = threading.Condition()
        self._order = itertools.count()
        self._unfinished = 0
        self._stopped = False
        self._threads = [threading.Thread(target=self._run, args=(queue,), daemon=True) for queue in self._queues]

    def start(self) -> None:
        """Begin; what was added before waits until then."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop; what is still scheduled is dropped."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(1)

    def add(self, key: int, seconds: float, step: _Step) -> None:
        """Run `step` after this many seconds."""
        with self._changed:
            self._unfinished += 1
            queue = self._queues[key % len(self._queues)]
            heapq.heappush(queue, (time.monotonic() + seconds, next(self._order), step))
            self._changed.notify_all()

    def settled(self, timeout: float) -> bool:
        """Wait until all is done. False when it is not within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unfinished == 0, timeout)

    def _run(self, queue: list[tuple[float, int, _Step]]) -> None:
        while True:
            with self._changed:
                while not self._stopped and (not queue or queue[0][0] > time.monotonic()):
                    self._changed.wait(queue[0][0] - time.monotonic() if queue else None)
                if self._stopped:
                    return
                _due, _order, step = heapq.heappop(queue)
            try:
                self._act(step)
            finally:
                with self._changed:
                    self._unfinished -= 1
                    self._changed.notify_all()
