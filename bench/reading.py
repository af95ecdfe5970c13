"""`python -m bench reading`: what reading one free text costs, and whether others wait for it.

CPU: the same sentences by letters alone, with onnxruntime and with numpy, in turn, in one thread of one process; and
how the encoder's part falls when several wait at the same moment. Lateness: how late a 10 ms tick comes on gevent's
loop while ten free texts a second are read, beside the same loop with nothing to do, in turn, in one process each.
Ratios hold on a busy machine; milliseconds are those of this moment.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import OPENINGS
from bench.servers import ROOT, SCENARIOS
from bot import metrics
from bot.content.building import build_reader
from bot.content.library import read_library
from bot.content.models import find_weights, read_encoder
from bot.encoder.thread import ThreadedEncoder, ThreadedNetwork
from bot.nlu.embedding import Encoder, Network, NumpyNetwork
from bot.nlu.reader import Reader
from bot.nlu.weights import WeightsFile

TICK = 0.01
TEXTS_PER_SECOND = 10
WAITING = (1, 2, 4, 8)
CPU = "cpu"
WAYS = ("onnxruntime in a thread", "onnxruntime on the loop", "numpy in a thread", "numpy on the loop")


def main(argv: Sequence[str] | None = None) -> int:
    """0: measured; 1: the weights of the encoder are not installed."""
    words = argparse.ArgumentParser(prog="python -m bench reading", description=__doc__)
    words.add_argument("--rounds", type=int, default=10, help="how often each sentence is read")
    words.add_argument("--slices", type=int, default=8, help="of two seconds, idle and busy in turn")
    words.add_argument("--part", choices=(CPU, *WAYS), help=argparse.SUPPRESS)
    args = words.parse_args(argv)
    if args.part:
        print(json.dumps(_cpu(args.rounds) if args.part == CPU else _lateness(args.part, args.slices)))
        return 0
    if find_weights() is None:
        print("bench: the weights of the sentence encoder are not installed", file=sys.stderr)
        return 1
    found = _in_a_process("", CPU, args)
    patched = "from gevent import monkey; monkey.patch_all(); "
    found["loop_lateness_ms"] = {way: _in_a_process(patched, way, args) for way in WAYS}
    print(_table(found))
    print(json.dumps(found))
    return 0


def _cpu(rounds: int) -> dict[str, object]:
    library, encoder = read_library(ROOT, datetime.now(UTC).date()), _encoder("onnxruntime")
    exact = _encoder("numpy")
    readers = {
        "letters": build_reader(library, None),
        encoder.network.name: build_reader(library, encoder),
        "numpy": build_reader(library, exact),
    }
    texts = _texts()
    took: dict[str, list[float]] = {name: [] for name in readers}
    for number in range(rounds):
        for name, reader in readers.items():
            for text in texts[number % 5 :: 5]:
                took[name].append(_milliseconds(lambda text=text, reader=reader: reader.understand(text, "nl")))  # type: ignore[misc]
    together: dict[int, list[float]] = {many: [] for many in WAITING}
    for number in range(rounds * 4):
        for many in WAITING:
            part = random.Random(number).sample(texts, many)
            together[many].append(_milliseconds(lambda part=part: encoder.vectors(part)) / many)  # type: ignore[misc]
    return {
        "free_text_cpu_ms": {name: round(statistics.median(each), 2) for name, each in took.items()},
        "encoder_ms_by_waiting": {many: round(statistics.median(each), 2) for many, each in together.items()},
    }


def _milliseconds(work: Callable[[], object]) -> float:
    """Of processor time, of all threads."""
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def _lateness(way: str, slices: int) -> dict[str, float]:
    """In a process that is patched: ticks while nothing is read and while texts are, in turn."""
    import gevent  # noqa: PLC0415 - only in the process that is patched

    kind, where = way.split(" ", 1)
    encoder = _encoder(kind)
    if where == "in a thread":
        encoder = ThreadedEncoder(encoder._token_rows, ThreadedNetwork(encoder.network, metrics.report))
    encoder.network.prepare()
    reader, texts = build_reader(read_library(ROOT, datetime.now(UTC).date()), encoder), _texts()
    late: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * slices):
        is_busy = bool(number % 2)
        people = gevent.spawn(_write, reader, texts, random.Random(number)) if is_busy else None
        until = time.perf_counter() + 2
        while time.perf_counter() < until:
            due = time.perf_counter() + TICK
            gevent.sleep(TICK)
            late[is_busy].append(1000 * (time.perf_counter() - due))
        if people:
            people.kill()
    idle, busy = (statistics.quantiles(late[each], n=100)[98] for each in (False, True))
    return {"idle_p99": round(idle, 2), "busy_p99": round(busy, 2), "ratio": round(busy / idle, 2)}


def _write(reader: Reader, texts: Sequence[str], chance: random.Random) -> None:
    """Free texts at random moments, each read by a greenlet of its own."""
    import gevent  # noqa: PLC0415 - as above

    while True:
        gevent.sleep(chance.expovariate(TEXTS_PER_SECOND))
        gevent.spawn(reader.understand, chance.choice(texts), "nl")


def _in_a_process(begin: str, part: str, args: argparse.Namespace) -> dict[str, object]:
    """One part in a process of its own, with one thread for numpy's sums, as gunicorn.conf.py sets it."""
    code = f"{begin}import sys, bench.reading as it; it.main(sys.argv[1:])"
    options = ["--part", part, "--slices", str(args.slices), "--rounds", str(args.rounds)]
    done = subprocess.run(
        [sys.executable, "-c", code, *options],
        cwd=ROOT, env={"PATH": "", "OPENBLAS_NUM_THREADS": "1"}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _encoder(kind: str) -> Encoder:
    encoder, path = read_encoder(), find_weights()
    assert encoder
    assert path
    network: Network = NumpyNetwork(WeightsFile(Path(path).read_bytes())) if kind == "numpy" else encoder.network
    encoder.network = network
    return encoder


def _texts() -> list[str]:
    lines = (SCENARIOS / "free_text.txt").read_text(encoding="utf-8").splitlines()
    return [opening + line for opening in OPENINGS for line in lines]


def _table(found: dict[str, object]) -> str:
    lines = ["CPU, ms, medians"]
    for name in ("free_text_cpu_ms", "encoder_ms_by_waiting", "loop_lateness_ms"):
        figures = found[name]
        assert isinstance(figures, dict)
        lines += [name, *(f"  {key!s:26} {value}" for key, value in figures.items())]
    return "\n".join(lines)
