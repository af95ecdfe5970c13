"""The network to compute with on this machine: onnxruntime where there is a wheel, else numpy."""

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from bot.encoder.graph import encoder_graph
from bot.encoder.network import OnnxNetwork, Report, onnxruntime
from bot.nlu.embedding import Network, NumpyNetwork
from bot.nlu.weights import Array, WeightsFile

GRAPH = "encoder-int8.onnx"
GRAPH_SHA256 = "e8342c09dd5b756a08d951d13f3dfc5acff1bc8db8d44125b921c2d178ddbd17"
"""What `encoder_graph` gives for the pinned weights. A file in the cache that is another is not read."""

KNOWN = ("papa heeft me paspoort", "my dad took my passport", "wat kost het bellen")
KNOWN_COSINES = (0.9286, 0.8213)
"""Of the first text with each of the others."""
NEAR = 0.02


def has_onnxruntime() -> bool:
    """Whether onnxruntime is installed."""
    return importlib.util.find_spec("onnxruntime") is not None


def network_of(weights: WeightsFile, known: Sequence[Array], folder: Path, report: Report) -> Network:
    """The network with these weights. known: the rows of the texts KNOWN, with which a session is tried first.

    folder: where the graph is kept from one start to the next, if it can be written. report: counts and logs, when
    onnxruntime is there but cannot be used.
    """
    by_numpy = partial(NumpyNetwork, weights)
    if not has_onnxruntime():
        return by_numpy()
    try:
        onnxruntime()  # the workers of a server share it
    except (ImportError, OSError) as error:
        report("onnxruntime_unusable", cause=type(error).__name__)
        return by_numpy()
    return OnnxNetwork(partial(_kept, weights, folder / GRAPH), partial(is_right, known), by_numpy, report)


def is_right(known: Sequence[Array], network: Network) -> bool:
    """Whether the vectors of the texts KNOWN lie as they should: no processor computes something else."""
    first, *others = network.run(known)[:, -1]
    return all(abs(float(first @ other) - cosine) < NEAR for other, cosine in zip(others, KNOWN_COSINES, strict=True))


def _kept(weights: WeightsFile, path: Path) -> bytes:
    """The graph: from the file, or made and kept there."""
    with suppress(OSError):
        found = path.read_bytes()
        if hashlib.sha256(found).hexdigest() == GRAPH_SHA256:
            return found
    made = encoder_graph(weights)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(made)
            Path(part).replace(path)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
    return made
