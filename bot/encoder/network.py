"""The layers of the encoder in onnxruntime.

Only arrays of floats of ours go in, a row per token, never a text. onnxruntime computes in the thread that calls it
and starts none of its own: a session is only memory, and those who are forked after it is made share its pages.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.encoder.graph import MASK, ROWS, SHARES, VECTORS
from bot.nlu.embedding import EncoderUnavailable, Network, of_length_1
from bot.nlu.weights import Array

PADDING_TOKENS = 20
"""A pass of its own costs as much as so many tokens more in a pass: reading the weights once again."""

PASS_TOKENS = 256
"""Tokens per pass, padding too. It bounds how long a pass takes and what it needs of memory."""

FAR_BELOW_0 = -1e30

Report = Callable[..., None]
"""report(what, **fields): count and log."""


class OnnxNetwork:
    """A `Network` by onnxruntime; by another one where onnxruntime cannot be used on this machine.

    graph: gives what `encoder_graph` makes. is_right: whether a network gives what it should, asked once in each
    process. other: makes the network to use instead. report: counts and logs that it was.
    """

    def __init__(
        self,
        graph: Callable[[], bytes],
        is_right: Callable[[Network], bool],
        other: Callable[[], Network],
        report: Report,
    ) -> None:
        self._graph = graph
        self._is_right = is_right
        self._other = other
        self._report = report
        self._chosen: tuple[int, Network] | None = None
        self._shared: Network | None = None

    @property
    def name(self) -> str:
        """See `Network`."""
        return self._here().name

    def share(self) -> None:
        """Make the session now, for the processes that this one forks: each computes with it as with its own, and its
        weights are in memory once. Not beside another thread, which a fork would leave behind with what it holds."""
        with suppress(Exception):  # whatever it is, each process meets it again and says so
            session = _Session(self._graph()) if _threads() == 1 else None
            self._shared = session if _threads() == 1 else None

    def prepare(self) -> None:
        """Have the session of this process."""
        self._here()

    def run(self, texts: Sequence[Array]) -> Array:
        """See `Network`."""
        return self._here().run(texts)

    def _here(self) -> Network:
        if self._chosen is None or self._chosen[0] != os.getpid():
            self._chosen = (os.getpid(), self._choose())
        return self._chosen[1]

    def _choose(self) -> Network:
        try:
            session = self._shared or _Session(self._graph())
            if self._is_right(session):
                return session
            cause = "wrong"
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it here, the other one computes the same
            cause = type(error).__name__
        self._report("onnxruntime_unusable", cause=cause)
        return self._other()


@cache
def onnxruntime() -> Any:
    """The library. Raises ImportError or OSError where it cannot be loaded."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # newer versions report to their maker unless told not to, before this:
    import onnxruntime as library  # noqa: PLC0415 - absent where there is no wheel

    library.disable_telemetry_events()
    return library


def _threads() -> int | None:
    """How many threads this process has; None where that cannot be told."""
    with suppress(OSError):
        return sum(1 for _each in Path("/proc/self/task").iterdir())
    return None


class _Session:
    name = "onnxruntime"

    def __init__(self, graph: bytes) -> None:
        library = onnxruntime()
        options = library.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_mem_pattern = False  # for texts of equal length only
        session = library.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        session._model_bytes = None  # it would keep the graph, of which it has made its own matrices
        self._run = session.run

    def prepare(self) -> None:
        """Everything is there."""

    def run(self, texts: Sequence[Array]) -> Array:
        found: list[Array | None] = [None] * len(texts)
        for numbers in passes([len(rows) for rows in texts]):
            (vectors,) = self._run([VECTORS], _padded([texts[number] for number in numbers]))
            for number, vector in zip(numbers, vectors, strict=True):
                found[number] = vector
        together = np.stack([each for each in found if each is not None])
        if not np.isfinite(together).all():
            raise EncoderUnavailable("not_finite")
        return of_length_1(together)


def passes(lengths: Sequence[int]) -> list[list[int]]:
    """Which texts share a pass: numbers of texts by their lengths in tokens, so that little is padded."""
    found: list[list[int]] = []
    longest = 0
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        length = lengths[number]
        together = len(found[-1]) if found else 0
        if not found or together * (length - longest) > PADDING_TOKENS or (together + 1) * length > PASS_TOKENS:
            found.append([])
        found[-1].append(number)
        longest = length
    return found


def _padded(texts: Sequence[Array]) -> dict[str, Array]:
    """The inputs of the graph."""
    most, hidden = max(map(len, texts)), texts[0].shape[1]
    rows = np.zeros((len(texts), most, hidden), np.float32)
    mask = np.full((len(texts), 1, most, most), FAR_BELOW_0, np.float32)
    shares = np.zeros((len(texts), 1, most), np.float32)
    for number, text in enumerate(texts):
        length = len(text)
        rows[number, :length] = text
        mask[number, ..., :length] = 0
        shares[number, 0, :length] = 1 / length
    return {ROWS: rows, MASK: mask, SHARES: shares}
