"""The trained model: classifiers and decision thresholds, which the reader of messages is built from."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from bot.nlu.classifiers import EmbeddingClassifier, NgramClassifier


class Thresholds(msgspec.Struct, frozen=True):
    """Decision thresholds on probabilities. Fitted at every build; see docs/understanding.md."""

    inverse_temperature: dict[str, float]
    """question -> factor on its scores, so that "0.8" is right eight times in ten."""
    direct: float
    """From here on a topic is answered without asking."""
    red: float
    """From here on danger is answered before anything else."""
    red_named: float
    """The same where a phrase of the vocabulary names the danger too."""
    danger: float
    """From here on danger is thought possible (amber)."""
    calm: float
    """Below this probability of danger a plain question may go without the emergency line."""
    wants: float
    """From here on a person is asked for."""
    wants_named: float
    """The same where the words name a person too."""
    nocall: float
    """From here on a call is refused."""
    commands: dict[str, float] = {}
    """command -> from here on free words are taken for it."""
    told: dict[str, dict[str, float]] = {}
    """Question that meaning alone answers -> label -> from here on a message says it. A label that is not there is
    never said so."""
    encoder_weights: dict[str, float] = {}
    """language the encoder hardly knows -> the weight of its vote there, instead of 1."""


class Calibration(msgspec.Struct, frozen=True):
    """The thresholds for both ways of reading."""

    fingerprint: str
    """A hash of what the model was built from."""
    letters: Thresholds
    """When only the letters vote."""
    both: Thresholds
    """When the encoder votes too."""


@dataclass(frozen=True, slots=True)
class Model:
    letters: NgramClassifier
    meaning: EmbeddingClassifier
    languages: NgramClassifier
    calibration: Calibration


_ARRAYS = (
    "letters_weights", "letters_scales", "letters_biases", "meaning_centre", "meaning_hidden", "meaning_hidden_biases",
    "meaning_weights", "meaning_biases", "languages_weights", "languages_scales", "languages_biases",
)  # fmt: skip


class UnreadableModel(ValueError):
    """The files do not belong together."""


def model_from(arrays: Mapping[str, "np.ndarray[tuple[int, ...], np.dtype[np.generic]]"], written: bytes) -> Model:
    """The model from its named arrays and the JSON that describes them. Raises UnreadableModel."""
    try:
        description = msgspec.json.decode(written, type=_Description)
    except msgspec.MsgspecError as error:
        raise UnreadableModel(f"its description cannot be read: {error}") from None
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise UnreadableModel(f"has no {', '.join(missing)}")
    meant = {**description.labels, **description.by_meaning}
    shapes = {
        "letters_weights": sum(map(len, description.labels.values())),
        "meaning_weights": sum(map(len, meant.values())),
        "languages_weights": len(description.languages),
    }
    for name, width in shapes.items():
        if arrays[name].ndim != 2 or arrays[name].shape[1] != width:
            raise UnreadableModel(f"{name} does not have a column for each label")
    if arrays["meaning_hidden"].shape != (len(arrays["meaning_centre"]), len(arrays["meaning_weights"])):
        raise UnreadableModel("meaning_hidden does not fit between its inputs and meaning_weights")
    got = {name: np.asarray(arrays[name]) for name in _ARRAYS}
    floats = {name: array.astype(np.float32) for name, array in got.items() if array.dtype != np.int8}
    return Model(
        letters=NgramClassifier(
            description.labels,
            got["letters_weights"].astype(np.int8),
            floats["letters_scales"],
            floats["letters_biases"],
        ),
        meaning=EmbeddingClassifier(
            meant,
            floats["meaning_centre"],
            floats["meaning_hidden"],
            floats["meaning_hidden_biases"],
            floats["meaning_weights"],
            floats["meaning_biases"],
        ),
        languages=NgramClassifier(
            {"language": description.languages},
            got["languages_weights"].astype(np.int8),
            floats["languages_scales"],
            floats["languages_biases"],
        ),
        calibration=description.calibration,
    )


class _Description(msgspec.Struct, frozen=True):
    labels: dict[str, tuple[str, ...]]
    by_meaning: dict[str, tuple[str, ...]]
    """Questions that only the classifier by meaning answers, in columns after the others."""
    languages: tuple[str, ...]
    calibration: Calibration
