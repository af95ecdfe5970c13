"""`python -m bot.nlu_training build`: regenerate flows/model. `evaluate`: print how well it understands;
`conversations`: only the scenarios, with what went wrong in them. `check`: train again and compare. `make model`,
`make evaluate` and `.ci/run` call these."""

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.content.building import build_engine, build_reader, country_finder, lexicons
from bot.content.faults import ContentError
from bot.content.files import read
from bot.content.library import Library, read_library
from bot.content.models import ARRAYS, DESCRIPTION, read_encoder, read_model
from bot.content.tables.scenarios import read_scenarios
from bot.content.tables.utterances import Utterances, read_utterances
from bot.dialogue.engine import Engine
from bot.errors import StartError
from bot.nlu.classifiers import EmbeddingClassifier, NgramClassifier, softmax
from bot.nlu.embedding import Encoder
from bot.nlu.model import Calibration
from bot.nlu.normalise import normalise
from bot.nlu.phrases import Phrases
from bot.nlu_training import evaluate
from bot.nlu_training.conversation_figures import lines, of_conversations, of_single_messages, parts
from bot.nlu_training.gates import CONVERSATIONS, beyond_limits
from bot.nlu_training.question_figures import measured
from bot.nlu_training.questions import read_questions
from bot.nlu_training.sets import BLIND, TUNING, Sets, read_groups, read_sets
from bot.nlu_training.sources import BY_MEANING, LABELS, TOPIC, examples, fingerprint, is_held_out, languages
from bot.nlu_training.thresholds import Classifiers, HeldOut, fit_thresholds
from bot.scenarios.running import ran
from bot.scenarios.talk import talking_engine

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "flows" / "model"

TOLERANCE = 0.02
"""How far a model trained again may differ; one line more in flows/utterances makes a larger difference."""

TOLERANCE_OF_MEANING = 0.05
"""The same for what is answered by meaning: how much of the probability of a topic lies elsewhere, on average."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.nlu_training", description=__doc__)
    parser.add_argument("what", choices=("build", "evaluate", "conversations", "check"))
    options = parser.parse_args(arguments)
    try:
        doing = {"build": build, "evaluate": print_figures, "conversations": print_conversations, "check": check}
        return doing[options.what]()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1


def build() -> int:
    """Write flows/model."""
    encoder = _encoder()
    utterances = read_utterances(ROOT / "flows" / "utterances")
    arrays = trained(encoder, utterances)
    MODEL.mkdir(exist_ok=True)
    names = tuple(map(str, arrays.pop("language_names")))
    np.savez_compressed(MODEL / ARRAYS, **arrays)  # type: ignore[arg-type]
    content = read(ROOT / "flows", datetime.now(UTC).date())
    phrases, countries = Phrases(lexicons(content)), country_finder(content)
    held_out = [
        (line, countries.find_all(normalise(line.text).split())) for line in utterances.said if is_held_out(line)
    ]
    calibration = calibrated(arrays, encoder, phrases, read_sets(ROOT, TUNING), held_out)
    description = {"labels": LABELS, "by_meaning": BY_MEANING, "languages": names, "calibration": calibration}
    (MODEL / DESCRIPTION).write_bytes(msgspec.json.format(msgspec.json.encode(description), indent=1) + b"\n")
    print(f"wrote {MODEL / ARRAYS}, {(MODEL / ARRAYS).stat().st_size / 1e6:.1f} MB")
    return 0


def trained(encoder: Encoder, utterances: Utterances) -> dict[str, "NDArray[np.generic]"]:
    """The arrays trained on these lines."""
    from bot.nlu_training.fit import fit  # noqa: PLC0415 - scikit-learn is only there to build

    return fit(examples(utterances), languages(utterances), encoder.layers)


def calibrated(
    arrays: dict[str, "NDArray[np.generic]"],
    encoder: Encoder,
    phrases: Phrases,
    sets: Sets,
    held_out: HeldOut,
) -> Calibration:
    """The thresholds for the classifiers in these arrays, fitted on these messages and lines."""
    letters = NgramClassifier(
        LABELS,
        arrays["letters_weights"].astype(np.int8),
        arrays["letters_scales"].astype(np.float32),
        arrays["letters_biases"].astype(np.float32),
    )
    meaning = embedding_classifier(arrays)
    texts = sorted(
        {message.text for found in sets.values() for message in found} | {line.text for line, _countries in held_out}
    )
    vectors = dict(zip(texts, encoder.layers(texts), strict=True))
    by_letters = fit_thresholds(Classifiers(letters, None, vectors), phrases, sets)
    by_both = fit_thresholds(Classifiers(letters, meaning, vectors), phrases, sets, held_out, by_letters)
    return Calibration(fingerprint=fingerprint(ROOT), letters=by_letters, both=by_both)


def embedding_classifier(arrays: Mapping[str, "NDArray[np.generic]"]) -> EmbeddingClassifier:
    """The classifier by meaning in these arrays."""
    names = ("centre", "hidden", "hidden_biases", "weights", "biases")
    return EmbeddingClassifier(
        {**LABELS, **BY_MEANING}, *(arrays[f"meaning_{name}"].astype(np.float32) for name in names)
    )


def print_figures() -> int:
    """Measure on both sets, with and without the encoder; 1 when a figure is beyond its limit."""
    library, encoder = read_library(ROOT, datetime.now(UTC).date()), read_encoder()
    if encoder is None:
        print("The weights of the sentence encoder are not installed: letters only.")
    worse = []
    for which in (TUNING, BLIND):
        sets = read_sets(ROOT, which)
        for tier, reader in (
            ("letters only", build_reader(library, None)),
            ("letters and meaning", build_reader(library, encoder)),
        ):
            if tier == "letters only" or encoder is not None:
                print(f"\n== {which} messages, {tier}")
                found = evaluate.figures(reader, sets, read_groups(ROOT))
                for name, share in found.items():
                    print(f"{name:48} {share}")
                worse += [f"{which}, {tier}: {each}" for each in beyond_limits(found, which, tier)]
                median, p95, menu = evaluate.speed(reader, sets["topics"][:300])
                print(f"{'milliseconds a message, p50 / p95; a command':48} {median:.1f} / {p95:.1f}; {menu:.3f}")
    _print_questions(library, encoder)
    engine = talking_engine()
    print("\n== single messages in a conversation")
    print(*lines(of_single_messages(engine, read_sets(ROOT, BLIND), read_groups(ROOT))), sep="\n")
    worse += _print_conversations(library, engine)
    print(f"\npeak memory of this process: {evaluate.memory():.0f} MB")
    for each in worse:
        print(f"beyond its limit: {each}", file=sys.stderr)
    return int(bool(worse))


def _print_questions(library: Library, encoder: Encoder | None) -> None:
    """What is read of who, where, …: without limits."""
    questions = read_questions(ROOT, set(library.content.vocabularies))
    for tier, chosen in {"letters only": None, "letters and meaning": encoder}.items():
        if tier == "letters only" or chosen is not None:
            print(f"\n== one question at a time, {tier}")
            for line in measured(build_engine(library, chosen), questions, read_groups(ROOT)):
                print(line)


def print_conversations() -> int:
    """The scenarios of tests/conversations: each turn that went wrong, then the figures; 1 when one is beyond its
    limit."""
    library = read_library(ROOT, datetime.now(UTC).date())
    return int(bool(_print_conversations(library, talking_engine())))


def _print_conversations(library: Library, engine: Engine) -> list[str]:
    """Returns the figures beyond their limit."""
    scenarios, faults = read_scenarios(ROOT, library.content, library.languages.live)
    if faults:
        raise ContentError(faults)
    done = [ran(engine, each) for each in scenarios]
    print("\n== whole conversations")
    print(*(failure for each in done for failure in each.failures()), sep="\n")
    found = of_conversations(done)
    print(*lines(found), sep="\n")
    print(f"{'SMS parts an answer':48} {parts(done)}")
    return beyond_limits(found, CONVERSATIONS, "")


def check() -> int:
    """Train again and compare with flows/model: equal but for the last digits, which differ between processors."""
    encoder = _encoder()
    if read_model(MODEL).calibration.fingerprint != fingerprint(ROOT):
        print("flows/model was not built from these flows/utterances; `make model` regenerates it", file=sys.stderr)
        return 1
    again = trained(encoder, read_utterances(ROOT / "flows" / "utterances"))
    with np.load(MODEL / ARRAYS, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    # Training a hidden layer ends elsewhere when one digit differs; what counts is what it answers.
    distances = {
        name: (_distance(arrays[name], array), TOLERANCE)
        for name, array in again.items()
        if name in arrays and not name.startswith("meaning")
    }
    distances["answers by meaning"] = _answers_apart(arrays, again, encoder), TOLERANCE_OF_MEANING
    for name, (distance, _most) in distances.items():
        print(f"{name:24} {distance:.5f} apart")
    return int(any(distance > most for distance, most in distances.values()))


def _answers_apart(stored: dict[str, Any], again: dict[str, Any], encoder: Encoder) -> float:
    """How much of the probability of topics lies elsewhere by one than by the other: a mean over tuning messages."""
    layers = encoder.layers([message.text for message in read_sets(ROOT, TUNING)["topics"]])
    one, other = (embedding_classifier(arrays) for arrays in (stored, again))
    apart = []
    for each in layers:
        was, now = (softmax(classifier.scores(each), classifier.labels, {})[TOPIC] for classifier in (one, other))
        apart.append(sum(abs(was[label] - now[label]) for label in was) / 2)
    return float(np.mean(apart))


def _distance(stored: "NDArray[np.generic]", again: "NDArray[np.generic]") -> float:
    """The distance between two arrays relative to their size."""
    if stored.shape != again.shape:
        return 1.0
    was, now = stored.astype(np.float64), again.astype(np.float64)
    return float(np.linalg.norm(now - was) / (np.linalg.norm(was) or 1.0))


def _encoder() -> Encoder:
    encoder = read_encoder()
    if encoder is None:
        raise StartError("The weights of the sentence encoder are not installed; a model cannot be built without them.")
    return encoder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
