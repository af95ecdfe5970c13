"""From how likely on the reader acts: set on the tuning messages at every build, never on the blind ones."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.nlu.classifiers import EmbeddingClassifier, NgramClassifier, likely
from bot.nlu.model import Thresholds
from bot.nlu.normalise import normalise
from bot.nlu.phrases import Hit, Phrases, danger_named, person_named, red_parts
from bot.nlu_training.sets import HARMLESS, Message, Sets
from bot.nlu_training.sources import DANGER, LABELS, MAY_WANT_A_PERSON, PERSON_WANTED, TOPIC

PRECISION = 0.95
"""Of the topics answered without asking, so many must be right here; real messages are harder than these."""

RED_ON_HARMLESS = 0.06
NAMED_RED_ON_HARMLESS = 0.09
"""How much of what is harmless may be called red: by what was learned alone, and together with the word lists."""

DANGER_SEEN = 0.99
CALM_MARGIN = 0.5
"""The emergency line is left out only below half the danger of the least dangerous-looking true danger."""

WANTED_BY_NOBODY = 0.02
NAMED_BY_NOBODY = 0.024
"""The same for a person who is asked for."""

NOCALL_BY_NOBODY = 0.006

VOTES = (0.1, 0.3, 0.5, 1.0)
CLEARLY = 4
"""So many more messages of a language must be read rightly before the encoder's vote is cut there."""

Odds = dict[str, dict[str, float]]
Floats = NDArray[np.float64]


def fit_thresholds(
    letters: NgramClassifier,
    meaning: EmbeddingClassifier | None,
    vectors: dict[str, NDArray[np.float32]],
    phrases: Phrases,
    sets: Sets,
    by_letters: Thresholds | None = None,
) -> Thresholds:
    """The thresholds with which letters alone (meaning None) or both read best. by_letters: those found before for
    the letters alone, which judge parts of a message."""

    weak = {} if meaning is None else _weak(letters, meaning, vectors, sets["topics"])

    def scores(message: Message) -> NDArray[np.float32]:
        found = letters.scores(normalise(message.text))
        if meaning is None:
            return found
        return found + weak.get(message.language, 1.0) * meaning.scores(vectors[message.text])

    raw = {kind: [scores(message) for message in sets[kind]] for kind in ("topics", "danger", "person")}
    sharpness = {
        TOPIC: _sharpness(raw["topics"], [message.label for message in sets["topics"]], TOPIC),
        PERSON_WANTED: _sharpness(raw["person"], [message.label for message in sets["person"]], PERSON_WANTED),
        DANGER: _sharpness(raw["danger"], [_level(message) for message in sets["danger"]], DANGER),
    }
    odds = {kind: [likely(row, LABELS, sharpness) for row in rows] for kind, rows in raw.items()}
    calm = [each for each, message in zip(odds["danger"], sets["danger"], strict=True) if message.label == HARMLESS]
    true = [each for each, message in zip(odds["danger"], sets["danger"], strict=True) if message.label != HARMLESS]
    of_parts = by_letters.sharpness if by_letters else sharpness
    harmless = [message for message in sets["danger"] if message.label == HARMLESS]
    named = [_red_part(letters, of_parts, phrases, message) for message in harmless]
    suspicion = np.array([1 - each[DANGER][HARMLESS] for each in true])
    red = _above(np.array([each[DANGER]["red"] for each in calm]), RED_ON_HARMLESS)
    ordinary = [
        (each[PERSON_WANTED]["wants"], bool(_person(phrases, message)))
        for kind in ("person", "topics")
        for each, message in zip(odds[kind], sets[kind], strict=True)
        if message.label == "no" or (kind == "topics" and message.label not in MAY_WANT_A_PERSON)
        if _person(phrases, message) is not False
    ]
    wants = _above(np.array([part for part, _named in ordinary]), WANTED_BY_NOBODY)
    return Thresholds(
        sharpness=sharpness,
        direct=_direct(odds["topics"], sets["topics"]),
        red=red,
        red_named=_named(
            [(max(each[DANGER]["red"], part or 0), part is not None) for each, part in zip(calm, named, strict=True)],
            red,
            NAMED_RED_ON_HARMLESS,
        ),
        danger=round(float(np.quantile(suspicion, 1 - DANGER_SEEN)), 4),
        calm=float(CALM_MARGIN * suspicion.min()),
        wants=wants,
        wants_named=_named(ordinary, wants, NAMED_BY_NOBODY),
        nocall=_above(
            np.array(
                [
                    each[PERSON_WANTED]["nocall"]
                    for kind in ("person", "topics")
                    for each, message in zip(odds[kind], sets[kind], strict=True)
                    if message.label != "nocall"
                ]
            ),
            NOCALL_BY_NOBODY,
        ),
        weak=weak,
    )


def _weak(
    letters: NgramClassifier,
    meaning: EmbeddingClassifier,
    vectors: dict[str, NDArray[np.float32]],
    messages: Sequence[Message],
) -> dict[str, float]:
    """Languages in which clearly more topics are found when the meaning's vote counts less, and how much it should."""
    topics = LABELS[TOPIC]
    right: dict[str, dict[float, int]] = {}
    for message in messages:
        if message.label in topics:
            by_letters = letters.scores(normalise(message.text))[: len(topics)]
            by_meaning = meaning.scores(vectors[message.text])[: len(topics)]
            for vote in VOTES:
                found = topics[int(np.argmax(by_letters + vote * by_meaning))] == message.label
                counts = right.setdefault(message.language, dict.fromkeys(VOTES, 0))
                counts[vote] += found
    weak = {}
    for language, counts in right.items():
        best = max(VOTES, key=lambda vote: (counts[vote], vote))
        if counts[best] >= counts[1.0] + CLEARLY:
            weak[language] = best
    return weak


def _red_part(
    letters: NgramClassifier, sharpness: Mapping[str, float], phrases: Phrases, message: Message
) -> float | None:
    """How red the letters find what stands around the red phrases of a message; None when none is named."""
    hits = _hits(phrases, message)
    if danger_named(hits) != "red":
        return None
    parts = red_parts(normalise(message.text).split(), hits)
    return max(likely(letters.scores(part), LABELS, sharpness)[DANGER]["red"] for part in parts)


def _person(phrases: Phrases, message: Message) -> bool | None:
    return person_named(normalise(message.text).split(), _hits(phrases, message))


def _hits(phrases: Phrases, message: Message) -> list[Hit]:
    return phrases.find(normalise(message.text).split())


def _named(found: Sequence[tuple[float, bool]], alone: float, share: float) -> float:
    """The threshold where words name it as well, so that with `alone` for the rest this share of `found` is reached."""
    allowed = int(share * len(found)) - sum(part >= alone for part, _named in found)
    named = sorted((part for part, word in found if word and part < alone), reverse=True)
    if allowed <= 0 or not named:
        return alone
    return 0.0 if allowed >= len(named) else round(named[allowed] + 1e-3, 3)


def _sharpness(rows: Sequence[NDArray[np.float32]], wanted: Sequence[str], question: str) -> float:
    """Temperature scaling (Guo et al. 2017): the factor that makes the right labels likeliest."""
    choices = np.geomspace(0.2, 4, 40)

    def surprise(factor: float) -> float:
        found = [likely(row, LABELS, {question: factor})[question] for row in rows]
        given = [
            each[label] if label in each else 1 - each[HARMLESS] for each, label in zip(found, wanted, strict=True)
        ]
        return float(-np.mean(np.log(np.array(given) + 1e-9)))

    return round(float(min(choices, key=surprise)), 3)


def _level(message: Message) -> str:
    """Every kind of true danger is the opposite of harmless, whichever level it should get."""
    return HARMLESS if message.label == HARMLESS else "true"


def _direct(odds: Sequence[Odds], messages: Sequence[Message]) -> float:
    """The least certainty at which so many of the answers are right."""
    best = sorted(
        (
            (max(each[TOPIC].values()), max(each[TOPIC], key=each[TOPIC].__getitem__) == message.label)
            for each, message in zip(odds, messages, strict=True)
        ),
        reverse=True,
    )
    right = np.cumsum([hit for _certainty, hit in best]) / np.arange(1, len(best) + 1)
    enough = np.flatnonzero(right >= PRECISION)
    return round(best[enough[-1]][0], 3) if len(enough) else 0.9


def _above(values: Floats, share: float) -> float:
    """The threshold that only this share of the values reaches."""
    return round(float(np.quantile(values, 1 - share)) + 1e-3, 3)
