"""The training data: the written lines of flows/, each with its label for every question."""

import hashlib
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from bot.content.files import COMMANDS
from bot.content.tables.schema import Tense, Where, Who
from bot.content.tables.utterances import LEVELS, NO_COMMAND, PERSON, Line, Utterances
from bot.content.tables.voices import MIXED, SaidLine
from bot.dialogue.states import NEITHER, TOPICS
from bot.nlu_training.beside_topics import PERSONS, told_by

TOPIC, DANGER, PERSON_WANTED = "topic", "danger", "person"

HIDING = "decoy"
FREE_COMMANDS = ("language", "menu", "back", "erase", "card", "stop", HIDING)
"""Commands that are heard in free words as well; the advisor is a question of its own."""

LABELS = {TOPIC: (*TOPICS, *NEITHER, *FREE_COMMANDS), DANGER: LEVELS, PERSON_WANTED: PERSON}
"""Question -> labels, in the order of the columns."""

BY_MEANING: dict[str, tuple[str, ...]] = {
    "who": get_args(Who),
    "where": get_args(Where),
    "when": get_args(Tense),
}
"""Questions that the encoder alone answers, in columns after those of LABELS. Letters do not tell "I am in" from "he is
in"."""

NO_DANGER_LABEL = frozenset(
    {
        "left_behind", "abroad_afraid", "trip_planned", "leaving_now", "local_emergency_number", "number_from_abroad",
        "embassy", "documents_taken", "no_money_or_phone", "prepare_trip", "someone_abroad", "am_i_exaggerating",
        "under_18", "bystander", "forced_marriage", "partner_violence", "law", "sexual_violence", "lgbt", "shelter",
        "no_trace",
    }
)  # fmt: skip
"""Topics whose lines may or may not speak of danger, but not of danger now: they teach only that."""

UNSETTLED = ("decoy",)
"""Commands that are no danger now, but may be given in one."""

LEVEL_OF_TOPIC = {"danger": "red", "suicide": "amber"}

NO_PERSON_LABEL = frozenset(
    {
        "contact",
        "fier",
        "what_happens_when_i_call",
        "honour_team",
        "no_money_or_phone",
        "shelter",
        "greeting",
        "yes",
        "stop",
    }
)
"""Topics whose lines may ask for a person as well: they are left out of training and measuring that."""

HELD_OUT = 10
"""One of so many lines in voices/ is not learned from: thresholds are set on it."""

STEP = 7919
"""A prime: visits all questions in an arbitrary order that is the same at every build."""

SEPARATORS = (" ", ", ", ". ")


@dataclass(frozen=True, slots=True)
class Example:
    """One training example."""

    text: str
    label: str
    possible: tuple[str, ...] = ()
    """Where the label is not settled, and "": one of these is right, and nothing says which."""
    only_by_meaning: bool = False
    """Its letters are those of other things too, and would teach the wrong."""


def examples(utterances: Utterances) -> dict[str, list[Example]]:
    """Question -> its training examples."""
    topics = [line for line in utterances.topics if line.label not in COMMANDS]
    asked = [line for line in utterances.commands if line.label in FREE_COMMANDS]
    near = [line for line in utterances.commands if line.label == NO_COMMAND]
    hard = [*utterances.hard, *asked]
    told = NO_DANGER_LABEL | LEVEL_OF_TOPIC.keys() | NO_PERSON_LABEL
    plain = [line for line in topics if line.label not in told]
    meant = [*_as_examples(utterances.indirect), *_levels(hard), *_joined(utterances.indirect, plain)]
    said = [line for line in utterances.said if not is_held_out(line)]
    return {
        TOPIC: [
            *_as_examples([*topics, *hard]),
            *_no_commands([*near, *utterances.danger, *utterances.indirect, *utterances.person], [*topics, *hard]),
            *_topics_said(said),
        ],
        DANGER: [
            *_as_examples(utterances.danger),
            *_levels(topics),
            *_joined(utterances.danger, plain),
            *map(_by_meaning, meant),
            *map(_by_meaning, _levels_said(said)),
        ],
        PERSON_WANTED: [
            *_as_examples(utterances.person),
            *_nobody(topics),
            *_joined(utterances.person, plain),
            *map(_by_meaning, _nobody(hard)),
            *_person_said(said),
        ],
        **{question: list(_told(question, utterances, said)) for question in BY_MEANING},
    }


def _told(question: str, utterances: Utterances, said: Sequence[SaidLine]) -> Iterator[Example]:
    """Who, where or when: of lines in voices/ what is known, of all others what their topic tells of it."""
    for line in said:
        label = getattr(line, question)
        possible = () if label else told_by(question, line.topics)
        if label or possible:
            yield Example(line.text, label, possible)
    for other in (*utterances.topics, *utterances.hard):
        possible = told_by(question, (other.label,))
        if possible:
            yield Example(other.text, "", possible)
    if question == "who":
        for other in (*utterances.commands, *utterances.danger, *utterances.indirect, *utterances.person):
            yield Example(other.text, "", PERSONS)


def is_held_out(line: SaidLine) -> bool:
    """Whether a line is left out of learning, so that thresholds can be set on it."""
    return zlib.crc32(line.text.encode()) % HELD_OUT == 0


def _topics_said(lines: Sequence[SaidLine]) -> Iterator[Example]:
    """What lines in voices/ are about: one thing, one of several, or no command at all."""
    for line in lines:
        topics = [each for each in line.topics if each in LABELS[TOPIC]]
        if len(topics) == 1:
            yield Example(line.text, topics[0])
        elif topics:
            yield Example(line.text, "", tuple(topics))
        elif line.topics == (NO_COMMAND,):
            yield Example(line.text, "", (*TOPICS, *NEITHER))


def _levels_said(lines: Sequence[SaidLine]) -> Iterator[Example]:
    """Their danger; where it is not said, that the topic is none now."""
    for line in lines:
        if line.danger:
            yield Example(line.text, line.danger)
        elif line.topics and not set(line.topics) & {NO_COMMAND, *LEVEL_OF_TOPIC}:
            yield Example(line.text, "", ("harmless", "amber"))


def _person_said(lines: Sequence[SaidLine]) -> Iterator[Example]:
    for line in lines:
        if line.person:
            yield Example(line.text, line.person)
        elif line.topics and not set(line.topics) & {NO_COMMAND, *NO_PERSON_LABEL}:
            yield _by_meaning(Example(line.text, "no"))


def _levels(lines: Sequence[Line]) -> list[Example]:
    """What the topic of a line says about danger."""
    return [
        Example(line.text, "", ("harmless", "amber"))
        if line.label in NO_DANGER_LABEL or line.label in UNSETTLED
        else Example(line.text, LEVEL_OF_TOPIC.get(line.label, "harmless"))
        for line in lines
    ]


def _nobody(lines: Sequence[Line]) -> list[Example]:
    return [Example(line.text, "no") for line in lines if line.label not in NO_PERSON_LABEL]


def _by_meaning(example: Example) -> Example:
    return replace(example, only_by_meaning=True)


def languages(utterances: Utterances) -> list[Example]:
    """Every line with its language, and once more without accents where it has any: many type so."""
    found: dict[str, str] = {}
    every = (utterances.topics, utterances.commands, utterances.hard, utterances.danger, utterances.indirect)
    for lines in (*every, utterances.person, utterances.languages):
        for line in lines:
            for text in _spellings(line.text):
                found.setdefault(text, line.language)
    for said in utterances.said:
        for text in _spellings(said.text) if said.language != MIXED else ():
            found.setdefault(text, said.language)
    return [Example(text, language) for text, language in found.items()]


def fingerprint(root: Path) -> str:
    """A short hash of all that the model is built from: lines, tuning messages, code."""
    digest = hashlib.sha256()
    files = [
        *(root / "flows" / "utterances").rglob("*.toml"),
        *(root / "tests" / "nlu" / "sets" / "tuning").glob("*.tsv"),
    ]
    files += [
        root / "bot" / "nlu_training" / f"{name}.py"
        for name in ("fit", "hidden", "sources", "beside_topics", "thresholds", "told")
    ]
    files += [
        root / "bot" / "nlu" / f"{name}.py" for name in ("features", "classifiers", "normalise", "embedding", "tokens")
    ]
    files.append(root / "bot" / "encoder" / "graph.py")
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _no_commands(lines: Sequence[Line], topics: Sequence[Line]) -> Iterator[Example]:
    """Lines that may be about any topic, but are no command."""
    settled = {line.text for line in topics}
    for text in dict.fromkeys(line.text for line in lines):
        if text not in settled:
            yield Example(text, "", (*TOPICS, *NEITHER))


def _joined(lines: Sequence[Line], plain: Sequence[Line]) -> Iterator[Example]:
    """Each line with an ordinary question of its language before or after it: what a message says about danger or a
    person it still says when it asks something else as well."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for line in plain:
        by_language[line.language].append(line.text)
    for number, line in enumerate(lines):
        questions = by_language[line.language]
        if questions:
            question = questions[number * STEP % len(questions)]
            parts = (line.text, question) if number % 2 else (question, line.text)
            yield Example(SEPARATORS[number % len(SEPARATORS)].join(parts), line.label)


def _as_examples(lines: "tuple[Line, ...] | list[Line]") -> list[Example]:
    return [Example(line.text, line.label) for line in lines]


def _spellings(text: str) -> Iterator[str]:
    yield text
    bare = "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    if bare != text and text.isascii() is False and "LATIN" in unicodedata.name(text.strip()[0], ""):
        yield bare.replace("ı", "i")
