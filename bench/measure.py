"""Interleaved slices of load: short, taken in turn with a rotating start, on a quiet machine where possible.

A processor of a shared machine may slow down by a third between two minutes, so absolute numbers
drift; ratios of slices of the same cycle do not. That is why only medians of such ratios count.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from bench.client import Account, Senders
from bench.load import smsload
from bench.servers import Server

FOREIGN_CORES = 0.15  # more than this by others, or ...
STOLEN_CORES = 0.08  # ... this taken by the host, and a slice is noisy
SENDERS_PER_SLICE = 4000
RATE = 200  # webhooks a second in the open loop


@dataclass(frozen=True)
class Length:
    """The duration of one slice."""

    warmup: float
    seconds: float


@dataclass(frozen=True)
class Run:
    """What is sent to one server in a slice, and what the figures are called."""

    name: str
    server: Server
    scenarios: tuple[Path, ...]


@dataclass(frozen=True)
class Slice:
    """The figures of one slice of load on one server."""

    turns_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    redis_us: float
    errors: int
    noisy: bool


Cycle = dict[str, Slice]


@dataclass
class Bench:
    """Runs slices and keeps what is reported at the end: noise, errors, samples of wrong answers."""

    account: Account
    senders: Senders
    redis_url: str
    quiet_budget: float  # seconds of waiting for a quiet machine, in the whole run
    progress: Callable[[str], None]
    errors: int = 0
    slices: int = 0
    noisy: int = 0
    samples: list[dict[str, Any]] = field(default_factory=list)

    def cycles(self, runs: Sequence[Run], count: int, length: Length, rate: float = 0) -> list[Cycle]:
        """`count` rounds over all of them, and up to half as many again to replace noisy ones."""
        done: list[Cycle] = []
        clean = 0
        while clean < count and len(done) < count + count // 2:
            start = len(done) % len(runs)
            order = [*runs[start:], *runs[:start]]
            cycle = {one.name: self.slice(one, length, rate) for one in order}
            done.append(cycle)
            clean += not any(one.noisy for one in cycle.values())
            shown = "   ".join(f"{one.name} {_short(cycle[one.name], rate)}" for one in runs)
            self.progress(f"  {len(done):2}  {shown}")
        quiet = [cycle for cycle in done if not any(one.noisy for one in cycle.values())]
        return quiet if len(quiet) >= (count + 1) // 2 else done

    def slice(self, run: Run, length: Length, rate: float) -> Slice:
        """One slice on one server."""
        server = run.server
        server.check_running()
        self._wait_for_quiet()
        words = ["--url", server.url]
        for scenario in run.scenarios:
            words += ["--scenario", str(scenario)]
        words += ["--duration", str(length.seconds), "--warmup", str(length.warmup)]
        words += ["--concurrency", "32" if rate else "16", "--rate", str(rate)]
        words += ["--senders", str(SENDERS_PER_SLICE)]
        words += ["--first-sender", str(self.senders.take(SENDERS_PER_SLICE))]
        words += ["--watch-pid", str(server.process.pid), "--no-memory"]
        words += ["--seed", str(self.slices + 1)]
        before = self._processors()
        result = load(self.account, words)
        after = self._processors()
        used = result["watched"][server.process.pid]
        known = used["cpu_s"] + (after.own - before.own) + (after.redis - before.redis)
        wall = after.clock - before.clock
        noisy = (after.busy - before.busy - known) / wall > FOREIGN_CORES
        noisy = noisy or (after.stolen - before.stolen) / wall > STOLEN_CORES
        errors = result["errors"] + result["unsent"]
        self.slices += 1
        self.noisy += noisy
        self.errors += errors
        self.samples += [{"server": run.name, **one} for one in result["samples"]]
        started = max(result["started"], 1)
        return Slice(
            turns_per_s=result["turns_per_s"],
            p50_ms=result["latency_ms"]["p50"],
            p99_ms=result["latency_ms"]["p99"],
            cpu_us=used["cpu_us_per_turn"],
            redis_us=(after.redis - before.redis) * 1e6 / started,
            errors=errors,
            noisy=noisy,
        )

    def _wait_for_quiet(self) -> None:
        deadline = min(self.quiet_budget, 3.0)
        while deadline > 0:
            before = _machine()
            time.sleep(0.2)
            busy, stolen = (b - a for a, b in zip(before, _machine(), strict=True))
            if busy / 0.2 <= FOREIGN_CORES and stolen / 0.2 <= STOLEN_CORES:
                return
            deadline -= 0.2
            self.quiet_budget -= 0.2

    def _processors(self) -> _Processors:
        with redis.Redis.from_url(self.redis_url) as client:
            told = client.info("cpu")
        own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        busy, stolen = _machine()
        return _Processors(
            clock=time.monotonic(),
            busy=busy,
            stolen=stolen,
            own=sum(one.ru_utime + one.ru_stime for one in own),
            redis=told["used_cpu_sys"] + told["used_cpu_user"],
        )


@dataclass(frozen=True)
class _Processors:
    """Processor time in seconds up to one moment, by who used it."""

    clock: float
    busy: float
    stolen: float
    own: float
    redis: float


def load(account: Account, words: list[str]) -> dict[str, Any]:
    """Run the load generator with this account and these words."""
    words = [*words, "--token", account.token, "--account", account.sid]
    words += ["--to", account.sms_number, "--to-whatsapp", account.whatsapp_number]
    return smsload.run(smsload.parser().parse_args(words))


def ratio(cycles: Sequence[Cycle], name: str, to: str, figure: str) -> float:
    """Median of the same-cycle ratios of one figure."""
    return statistics.median(_value(cycle, name, figure) / max(_value(cycle, to, figure), 1e-9) for cycle in cycles)


def middle(cycles: Sequence[Cycle], name: str, figure: str) -> float:
    """Median of one figure of one server."""
    return statistics.median(_value(cycle, name, figure) for cycle in cycles)


def _value(cycle: Cycle, name: str, figure: str) -> float:
    return float(getattr(cycle[name], figure))


def _machine() -> tuple[float, float]:
    """Busy and stolen processor seconds of the whole machine since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(x) / 100 for x in fields[:8])
    return user + nice + system + irq + softirq, steal


def _short(one: Slice, rate: float) -> str:
    shown = f"p99 {one.p99_ms:6.1f} ms" if rate else f"{one.turns_per_s:6.0f}/s {one.cpu_us:5.0f} us"
    return shown + ("~" if one.noisy else " ") + (f" {one.errors} errors" if one.errors else "")
