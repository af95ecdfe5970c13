"""`python -m bot.nlu_training build`: learn flows/model anew. `evaluate`: print how well it reads. `check`: learn once
more and compare. `make model`, `make evaluate` and `.ci/run` call these."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.content.building import build_reader, lexicons
from bot.content.files import read
from bot.content.models import ARRAYS, BESIDE, read_encoder, read_model
from bot.content.utterances import read_utterances
from bot.errors import StartError
from bot.nlu.classifiers import EmbeddingClassifier, NgramClassifier
from bot.nlu.embedding import Encoder
from bot.nlu.model import Figures
from bot.nlu.phrases import Phrases
from bot.nlu_training import evaluate
from bot.nlu_training.gates import fallen
from bot.nlu_training.sets import BLIND, TUNING, Sets, read_sets
from bot.nlu_training.sources import LABELS, examples, fingerprint, languages
from bot.nlu_training.thresholds import fit_thresholds

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "flows" / "model"

APART = 0.02
"""So far apart a model learned once more may be; another line in flows/utterances makes more difference than that."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.nlu_training", description=__doc__)
    parser.add_argument("what", choices=("build", "evaluate", "check"))
    options = parser.parse_args(arguments)
    try:
        return {"build": build, "evaluate": print_figures, "check": check}[options.what]()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1


def build() -> int:
    """Write flows/model."""
    encoder = _encoder()
    arrays = learned(encoder)
    MODEL.mkdir(exist_ok=True)
    names = tuple(map(str, arrays.pop("language_names")))
    np.savez_compressed(MODEL / ARRAYS, **arrays)  # type: ignore[arg-type]
    phrases = Phrases(lexicons(read(ROOT / "flows", datetime.now(UTC).date())))
    figures = fitted(arrays, encoder, phrases, read_sets(ROOT, TUNING))
    beside = {"labels": LABELS, "languages": names, "figures": figures}
    (MODEL / BESIDE).write_bytes(msgspec.json.format(msgspec.json.encode(beside), indent=1) + b"\n")
    print(f"wrote {MODEL / ARRAYS}, {(MODEL / ARRAYS).stat().st_size / 1e6:.1f} MB")
    return 0


def learned(encoder: Encoder) -> dict[str, "NDArray[np.generic]"]:
    """The arrays that flows/utterances teach."""
    from bot.nlu_training.fit import fit  # noqa: PLC0415 - scikit-learn is only there to build

    utterances = read_utterances(ROOT / "flows" / "utterances")
    return fit(examples(utterances), languages(utterances), encoder.vectors)


def fitted(arrays: dict[str, "NDArray[np.generic]"], encoder: Encoder, phrases: Phrases, sets: Sets) -> Figures:
    letters = NgramClassifier(
        LABELS,
        arrays["letters_weights"].astype(np.int8),
        arrays["letters_scales"].astype(np.float32),
        arrays["letters_biases"].astype(np.float32),
    )
    meaning = EmbeddingClassifier(
        LABELS,
        arrays["meaning_centre"].astype(np.float32),
        arrays["meaning_weights"].astype(np.float32),
        arrays["meaning_biases"].astype(np.float32),
    )
    texts = sorted({message.text for found in sets.values() for message in found})
    vectors = dict(zip(texts, encoder.vectors(texts), strict=True))
    by_letters = fit_thresholds(letters, None, vectors, phrases, sets)
    by_both = fit_thresholds(letters, meaning, vectors, phrases, sets, by_letters)
    return Figures(fingerprint=fingerprint(ROOT), letters=by_letters, both=by_both)


def print_figures() -> int:
    content = read(ROOT / "flows", datetime.now(UTC).date())
    model, encoder = read_model(MODEL), read_encoder()
    if encoder is None:
        print("The weights of the sentence encoder are not installed: letters only.")
    worse = []
    for which in (TUNING, BLIND):
        sets = read_sets(ROOT, which)
        for tier, reader in (
            ("letters only", build_reader(content, model, None)),
            ("letters and meaning", build_reader(content, model, encoder)),
        ):
            if tier == "letters only" or encoder is not None:
                print(f"\n== {which} messages, {tier}")
                found = evaluate.figures(reader, sets)
                for name, share in found.items():
                    print(f"{name:48} {share}")
                worse += [f"{which}, {tier}: {each}" for each in fallen(found, which, tier)]
                half, most, menu = evaluate.speed(reader, sets["topics"][:300])
                print(f"{'milliseconds a message, p50 / p95; a command':48} {half:.1f} / {most:.1f}; {menu:.3f}")
    print(f"\nmemory of this process at most: {evaluate.memory():.0f} MB")
    for each in worse:
        print(f"worse than it may be: {each}", file=sys.stderr)
    return int(bool(worse))


def check() -> int:
    """Learn once more and see that flows/model is what comes out: the same but for the last digits, which differ
    between processors."""
    encoder = _encoder()
    if read_model(MODEL).figures.fingerprint != fingerprint(ROOT):
        print("flows/model was not built from these flows/utterances; make model builds it anew", file=sys.stderr)
        return 1
    with np.load(MODEL / ARRAYS, allow_pickle=False) as stored:
        apart = {name: _apart(stored[name], array) for name, array in learned(encoder).items() if name in stored.files}
    for name, distance in apart.items():
        print(f"{name:24} {distance:.5f} apart")
    return int(max(apart.values()) > APART)


def _apart(stored: "NDArray[np.generic]", anew: "NDArray[np.generic]") -> float:
    """How far two arrays are apart, as a part of how large they are."""
    if stored.shape != anew.shape:
        return 1.0
    was, now = stored.astype(np.float64), anew.astype(np.float64)
    return float(np.linalg.norm(now - was) / (np.linalg.norm(was) or 1.0))


def _encoder() -> Encoder:
    encoder = read_encoder()
    if encoder is None:
        raise StartError("The weights of the sentence encoder are not installed; a model cannot be built without them.")
    return encoder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
