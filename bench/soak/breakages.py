"""Everything that is broken on purpose. Each breaks, holds for a while, and mends."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

from bench.soak.people import AFTER
from tests.harness.processes import free_port
from tests.harness.site import Site

SETTLE_SECONDS = 2.0
"""So long after it is mended a thing still counts as broken: a process leaves Redis alone for a second after a failure,
and what it hears meanwhile goes to the spool."""


class Breakages:
    """Breaks one thing after the other until it is stopped; every kind once before any comes again."""

    def __init__(self, site: Site, seed: int) -> None:
        self._site = site
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.counts: Counter[str] = Counter()
        self.current = ""
        """What is broken now, or was last."""

        self.failure: Exception | None = None
        """Why something could not be mended; the soak is worth nothing then."""
        self._kinds: dict[str, Callable[[float], None]] = {
            "redis_killed": self._redis_killed,
            "redis_stopped": self._redis_stopped,
            "redis_read_only": self._redis_read_only,
            "redis_full": self._redis_full,
            "web_worker_killed": self._web_worker_killed,
            "web_server_killed": self._web_server_killed,
            "worker_killed": self._worker_killed,
            "rolling_restart": self._rolling_restart,
            "spool_shut": self._spool_shut,
            "slow_disk": self._slow_disk,
        }

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Mend what is broken now, and break nothing more."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        waiting: list[str] = []
        while not self._over.wait(self._chance.uniform(0.5, 1.5)):
            if not waiting:
                waiting = list(self._kinds)
                self._chance.shuffle(waiting)
            kind = waiting.pop()
            self.current = kind
            try:
                self._kinds[kind](self._chance.uniform(0.5, 4))
            except Exception as error:  # noqa: BLE001 - said at the end, whatever it was
                self.failure = error
                return
            self.counts[kind] += 1
            self._over.wait(SETTLE_SECONDS)
            self.current = f"{AFTER}{kind}"

    # -- Redis -----------------------------------------------------------------------------------------------------

    def _redis_killed(self, seconds: float) -> None:
        self._site.signal_redis(signal.SIGKILL)
        time.sleep(seconds)
        self._site.start_redis()

    def _redis_stopped(self, seconds: float) -> None:
        self._site.signal_redis(signal.SIGSTOP)
        time.sleep(seconds)
        self._site.signal_redis(signal.SIGCONT)

    def _redis_read_only(self, seconds: float) -> None:
        with self._site.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", free_port())
            time.sleep(seconds)
            client.execute_command("REPLICAOF", "NO", "ONE")

    def _redis_full(self, seconds: float) -> None:
        with self._site.client() as client:
            client.config_set("maxmemory", "100kb")
            time.sleep(seconds)
            client.config_set("maxmemory", "0")

    # -- our processes ---------------------------------------------------------------------------------------------

    def _web_worker_killed(self, _seconds: float) -> None:
        self._site.kill_web_worker()

    def _web_server_killed(self, seconds: float) -> None:
        self._site.kill_web()
        time.sleep(seconds / 2)
        self._site.start_web()

    def _worker_killed(self, seconds: float) -> None:
        assert self._site.worker is not None
        self._site.worker.kill()
        self._site.worker.wait()
        time.sleep(seconds)
        self._site.start_worker()

    def _rolling_restart(self, _seconds: float) -> None:
        self._site.roll_web()

    # -- the disk --------------------------------------------------------------------------------------------------

    def _spool_shut(self, seconds: float) -> None:
        """Nothing can be kept anywhere; and a web process dies and is replaced meanwhile."""
        aside = self._site.folder / "shut"
        self._site.stop_redis()
        self._site.spool.rename(aside)
        self._site.kill_web_worker()
        time.sleep(seconds)
        aside.rename(self._site.spool)
        self._site.start_redis()

    def _slow_disk(self, seconds: float) -> None:
        """Redis is away, so every message goes to a disk that takes its time."""
        flag = self._site.folder / "slow"
        flag.touch()
        self._site.stop_redis()
        time.sleep(seconds)
        self._site.start_redis()
        flag.unlink()
