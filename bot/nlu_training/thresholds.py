"""Decision thresholds: fitted on the tuning messages at every build, never on the blind ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.content.tables.voices import SaidLine
from bot.nlu.classifiers import EmbeddingClassifier, Labels, NgramClassifier, Scores, softmax
from bot.nlu.countries import placed
from bot.nlu.model import Thresholds
from bot.nlu.normalise import normalise
from bot.nlu.phrases import Hit, Phrases, danger_named, person_named, red_parts
from bot.nlu.reader import commands_asked, probable_red
from bot.nlu_training.sets import HARMLESS, LabelledMessage, Sets
from bot.nlu_training.sources import (
    BY_MEANING,
    DANGER,
    FREE_COMMANDS,
    HIDING,
    LABELS,
    NO_PERSON_LABEL,
    PERSON_WANTED,
    TOPIC,
)
from bot.nlu_training.told import told_thresholds

PRECISION = 0.95
"""How many of the topics answered without asking must be right here; real messages are harder than these."""

LEAST_DIRECT = 0.6
"""Below this probability the nearest topics are offered: half of such answers are wrong on messages by other hands."""

RED_ON_HARMLESS = 0.05
NAMED_RED_ON_HARMLESS = 0.075
"""How much of what is harmless may be called red: by the classifiers alone, and together with the phrases."""

DANGER_RECALL = 0.995
DANGER_RECALL_OF_LETTERS = 0.99
CALM_MARGIN = 0.5
"""The emergency line is left out only below half the probability of the least dangerous-looking true danger."""

WANTED_BY_NOBODY = 0.021
NAMED_BY_NOBODY = 0.025
"""The same for a person who is asked for."""

NOCALL_BY_NOBODY = 0.008

COMMAND_BY_NOBODY = 0.0008
"""How many messages that ask for nothing of the kind may be taken for one given command."""
UNFIT = ("danger", "suicide", "wants", "nocall")
"""Messages of which something else decides before a command does."""
ASKED_EITHER_WAY = ("language", "about_bot")
"""A command and a topic that the same words may mean: "do you speak Turkish"."""
NEVER = 1.01
"""Letters do not see that "nobody is looking" is the opposite: by them alone no sentence is a command."""
LEAST_COMMAND = 0.65
LEAST_HIDING = 0.8
"""Below this probability no sentence is taken for a command, however few others are. Whoever is hidden by mistake has
lost us until they give the word."""

WEIGHTS = (0.3, 0.5, 1.0)
"""What the encoder's vote may count in a language."""
CLEARLY = 4
"""How many more messages of a language must be read rightly before the encoder's vote is reduced there."""

Probabilities = Mapping[str, Mapping[str, float]]
Read = tuple[LabelledMessage, Probabilities]
Floats = NDArray[np.float64]
HeldOut = Sequence[tuple[SaidLine, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Classifiers:
    """What votes on a message."""

    letters: NgramClassifier
    meaning: EmbeddingClassifier | None
    """None to fit the thresholds for the letters alone."""
    vectors: Mapping[str, Scores]
    """What the layers of the encoder make of every message to measure with."""

    @property
    def labels(self) -> Labels:
        """What the columns of their scores stand for."""
        return self.letters.labels if self.meaning is None else self.meaning.labels


def fit_thresholds(
    classifiers: Classifiers,
    phrases: Phrases,
    sets: Sets,
    held_out: HeldOut = (),
    of_letters: Thresholds | None = None,
) -> Thresholds:
    """The thresholds with which these classifiers read best.

    held_out: lines that were not learned from, and the countries each names. of_letters: those fitted before for the
    letters alone, which judge the parts of a message; None: these are they.
    """
    weights = _encoder_weights(classifiers, sets["topics"])
    scores = {
        kind: [_scores(classifiers, message.text, weights.get(message.language, 1.0)) for message in sets[kind]]
        for kind in ("topics", "danger", "person")
    }
    inverse_temperature = {
        TOPIC: _temperature(scores["topics"], [message.label for message in sets["topics"]], TOPIC),
        PERSON_WANTED: _temperature(scores["person"], [message.label for message in sets["person"]], PERSON_WANTED),
        DANGER: _temperature(scores["danger"], [_level(message) for message in sets["danger"]], DANGER),
    }
    read: dict[str, list[Read]] = {
        kind: [
            (message, softmax(row, classifiers.labels, inverse_temperature))
            for message, row in zip(sets[kind], rows, strict=True)
        ]
        for kind, rows in scores.items()
    }
    of_parts = of_letters.inverse_temperature if of_letters else inverse_temperature
    red, red_named = _red(read["danger"], phrases, lambda part: _red_by_letters(classifiers.letters, of_parts, part))
    suspicion = np.array(
        [1 - found[DANGER][HARMLESS] for message, found in read["danger"] if message.label != HARMLESS]
    )
    recall = DANGER_RECALL if of_letters else DANGER_RECALL_OF_LETTERS
    told = _told(classifiers, held_out, inverse_temperature, read) if of_letters else {}
    wants, wants_named = _wants(read["person"], read["topics"], phrases)
    others = [found for message, found in [*read["person"], *read["topics"]] if message.label != "nocall"]
    return Thresholds(
        inverse_temperature=inverse_temperature,
        direct=max(LEAST_DIRECT, _direct(read["topics"])),
        red=red,
        red_named=red_named,
        danger=round(float(np.quantile(suspicion, 1 - recall)), 4),
        calm=float(CALM_MARGIN * suspicion.min()),
        wants=wants,
        wants_named=wants_named,
        nocall=_reached_by(np.array([found[PERSON_WANTED]["nocall"] for found in others]), NOCALL_BY_NOBODY),
        commands=_commands(read) if of_letters else dict.fromkeys(FREE_COMMANDS, NEVER),
        told=told,
        encoder_weights=weights,
    )


def _scores(classifiers: Classifiers, text: str, weight: float) -> Scores:
    """One score per column, the encoder's vote counting `weight` where the letters vote too."""
    by_letters = classifiers.letters.scores(normalise(text))
    if classifiers.meaning is None:
        return by_letters
    votes, shared = classifiers.meaning.scores(classifiers.vectors[text]), len(by_letters)
    return np.concatenate([by_letters + weight * votes[:shared], votes[shared:]])


def _told(
    classifiers: Classifiers,
    held_out: HeldOut,
    inverse_temperature: dict[str, float],
    read: Mapping[str, Sequence[Read]],
) -> dict[str, dict[str, float]]:
    """The thresholds for what meaning alone tells, and in `inverse_temperature` what makes it probabilities."""
    rows = [_scores(classifiers, line.text, 1.0) for line, _countries in held_out]
    for question in BY_MEANING:
        labels = [getattr(line, question) for line, _countries in held_out]
        known = [row for row, label in zip(rows, labels, strict=True) if label]
        inverse_temperature[question] = _temperature(known, [*filter(None, labels)], question, classifiers.labels)
    found = []
    for row, (line, countries) in zip(rows, held_out, strict=True):
        each = softmax(row, classifiers.labels, inverse_temperature)
        found.append((line, {**each, "where": placed(each["where"], countries) if countries else each["where"]}))
    of_persons = [each for messages in read.values() for _message, each in messages]
    return told_thresholds(found, of_persons)


def _encoder_weights(classifiers: Classifiers, messages: Sequence[LabelledMessage]) -> dict[str, float]:
    """Languages in which clearly more topics are found when the encoder's vote counts less, and how much it should."""
    if classifiers.meaning is None:
        return {}
    topics = LABELS[TOPIC]
    right: dict[str, dict[float, int]] = {}
    for message in messages:
        if message.label in topics:
            by_letters = classifiers.letters.scores(normalise(message.text))[: len(topics)]
            by_meaning = classifiers.meaning.scores(classifiers.vectors[message.text])[: len(topics)]
            counts = right.setdefault(message.language, dict.fromkeys(WEIGHTS, 0))
            for weight in WEIGHTS:
                counts[weight] += topics[int(np.argmax(by_letters + weight * by_meaning))] == message.label
    weights = {}
    for language, counts in right.items():
        best = max(WEIGHTS, key=lambda weight: (counts[weight], weight))
        if counts[best] >= counts[1.0] + CLEARLY:
            weights[language] = best
    return weights


def _temperature(rows: Sequence[Scores], wanted: Sequence[str], question: str, labels: Labels = LABELS) -> float:
    """Temperature scaling (Guo et al. 2017): the factor with which the right labels are most probable."""
    choices = np.geomspace(0.2, 4, 40)

    def loss(factor: float) -> float:
        found = [softmax(row, labels, {question: factor})[question] for row in rows]
        given = [
            each[label] if label in each else 1 - each[HARMLESS] for each, label in zip(found, wanted, strict=True)
        ]
        return float(-np.mean(np.log(np.array(given) + 1e-9)))

    return round(float(min(choices, key=loss)), 3)


def _level(message: LabelledMessage) -> str:
    """Every kind of true danger is the opposite of harmless, whichever level it should get."""
    return HARMLESS if message.label == HARMLESS else "true"


def _red(read: Sequence[Read], phrases: Phrases, red_of_part: Callable[[str], float]) -> tuple[float, float]:
    """The thresholds for red: by the classifiers alone, and where a phrase names it too."""
    harmless = [(message, probable_red(found)) for message, found in read if message.label == HARMLESS]
    alone = _reached_by(np.array([probability for _message, probability in harmless]), RED_ON_HARMLESS)
    with_phrases = []
    for message, probability in harmless:
        hits = _hits(phrases, message)
        is_named = danger_named(hits) == "red"
        parts = red_parts(normalise(message.text).split(), hits) if is_named else []
        with_phrases.append((max([probability, *map(red_of_part, parts)]), is_named))
    return alone, _where_named(with_phrases, alone, NAMED_RED_ON_HARMLESS)


def _red_by_letters(letters: NgramClassifier, inverse_temperature: Mapping[str, float], part: str) -> float:
    return softmax(letters.scores(part), LABELS, inverse_temperature)[DANGER]["red"]


def _wants(persons: Sequence[Read], topics: Sequence[Read], phrases: Phrases) -> tuple[float, float]:
    """The thresholds for a person who is asked for: by the classifiers alone, and where the words name one too."""
    nobody = [each for each in persons if each[0].label == "no"]
    nobody += [each for each in topics if each[0].label not in NO_PERSON_LABEL]
    named = [person_named(normalise(message.text).split(), _hits(phrases, message)) for message, _found in nobody]
    found = [
        (probabilities[PERSON_WANTED]["wants"], bool(is_named))
        for (_message, probabilities), is_named in zip(nobody, named, strict=True)
        if is_named is not False
    ]
    alone = _reached_by(np.array([probability for probability, _named in found]), WANTED_BY_NOBODY)
    return alone, _where_named(found, alone, NAMED_BY_NOBODY)


def _hits(phrases: Phrases, message: LabelledMessage) -> list[Hit]:
    return phrases.find(normalise(message.text).split())


def _where_named(found: Sequence[tuple[float, bool]], alone: float, share: float) -> float:
    """The threshold where words name it as well, so that with `alone` for the rest this share of `found` is reached."""
    allowed = int(share * len(found)) - sum(probability >= alone for probability, _named in found)
    named = sorted((probability for probability, word in found if word and probability < alone), reverse=True)
    if allowed <= 0 or not named:
        return alone
    return 0.0 if allowed >= len(named) else round(named[allowed] + 1e-3, 3)


def _direct(read: Sequence[Read]) -> float:
    """The least probability at which PRECISION of the answers are right."""
    best = sorted(
        (
            (max(found[TOPIC].values()), max(found[TOPIC], key=found[TOPIC].__getitem__) == message.label)
            for message, found in read
        ),
        reverse=True,
    )
    right = np.cumsum([hit for _probability, hit in best]) / np.arange(1, len(best) + 1)
    enough = np.flatnonzero(right >= PRECISION)
    return round(best[enough[-1]][0], 3) if len(enough) else 0.9


def _commands(read: Mapping[str, Sequence[Read]]) -> dict[str, float]:
    """The threshold for each command in free words, by messages that ask for none of them. True danger is left out:
    "he is coming up the stairs" asks to be hidden too, and gets the numbers either way."""
    others = [each for kind in ("topics", "person") for each in read[kind] if each[0].label not in UNFIT]
    others += [each for each in read["danger"] if each[0].label == HARMLESS]
    found = {}
    for command in FREE_COMMANDS:
        values = np.array(
            [
                commands_asked(probabilities)[command]
                for message, probabilities in others
                if (command, message.label) != ASKED_EITHER_WAY
            ]
        )
        least = LEAST_HIDING if command == HIDING else LEAST_COMMAND
        found[command] = max(least, _reached_by(values, COMMAND_BY_NOBODY))
    return found


def _reached_by(values: Floats, share: float) -> float:
    """The threshold that only this share of the values reaches."""
    return round(float(np.quantile(values, 1 - share)) + 1e-3, 3)
