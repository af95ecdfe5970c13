"""What was learned, as arrays and a few numbers: the one value the reader of messages is built from."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from bot.nlu.classifiers import EmbeddingClassifier, NgramClassifier


class Thresholds(msgspec.Struct, frozen=True):
    """From how likely on the reader acts. Fitted at every build; see docs/understanding.md.

    sharpness: question -> what scores are multiplied with, so that "0.8" is right eight times in ten.
    direct: a topic is answered without asking.
    red: danger is put first; red_named: the same where a word list names it too. danger: it is thought possible.
    calm: below this danger a plain question may go without the emergency line.
    wants: a person is asked for; wants_named: the same where words name one. nocall: a call is refused.
    weak: language the encoder hardly knows -> what its vote counts there instead of 1.
    """

    sharpness: dict[str, float]
    direct: float
    red: float
    red_named: float
    danger: float
    calm: float
    wants: float
    wants_named: float
    nocall: float
    weak: dict[str, float] = {}


class Figures(msgspec.Struct, frozen=True):
    """letters: thresholds when only the letters vote; both: when the meaning votes too."""

    fingerprint: str
    letters: Thresholds
    both: Thresholds


@dataclass(frozen=True, slots=True)
class Model:
    letters: NgramClassifier
    meaning: EmbeddingClassifier
    languages: NgramClassifier
    figures: Figures


QUESTIONS = ("topic", "danger", "person")
_ARRAYS = (
    "letters_weights", "letters_scales", "letters_biases", "meaning_centre", "meaning_weights", "meaning_biases",
    "languages_weights", "languages_scales", "languages_biases",
)  # fmt: skip


class UnreadableModel(ValueError):
    """The files do not belong together."""


def model_from(arrays: Mapping[str, "np.ndarray[tuple[int, ...], np.dtype[np.generic]]"], written: bytes) -> Model:
    """The model of the named arrays and of the JSON beside them. Raises UnreadableModel."""
    try:
        beside = msgspec.json.decode(written, type=_Beside)
    except msgspec.MsgspecError as error:
        raise UnreadableModel(f"its description cannot be read: {error}") from None
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise UnreadableModel(f"has no {', '.join(missing)}")
    columns = sum(map(len, beside.labels.values()))
    shapes = {
        "letters_weights": columns,
        "meaning_weights": columns,
        "languages_weights": len(beside.languages),
    }
    for name, width in shapes.items():
        if arrays[name].ndim != 2 or arrays[name].shape[1] != width:
            raise UnreadableModel(f"{name} does not have a column for each label")
    got = {name: np.asarray(arrays[name]) for name in _ARRAYS}
    floats = {name: array.astype(np.float32) for name, array in got.items() if array.dtype != np.int8}
    return Model(
        letters=NgramClassifier(
            beside.labels, got["letters_weights"].astype(np.int8), floats["letters_scales"], floats["letters_biases"]
        ),
        meaning=EmbeddingClassifier(
            beside.labels, floats["meaning_centre"], floats["meaning_weights"], floats["meaning_biases"]
        ),
        languages=NgramClassifier(
            {"language": beside.languages},
            got["languages_weights"].astype(np.int8),
            floats["languages_scales"],
            floats["languages_biases"],
        ),
        figures=beside.figures,
    )


class _Beside(msgspec.Struct, frozen=True):
    labels: dict[str, tuple[str, ...]]
    languages: tuple[str, ...]
    figures: Figures
