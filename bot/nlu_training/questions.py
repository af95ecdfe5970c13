"""Messages to measure one question at a time with, by another hand than the lines and the remarks: tests/nlu/sets.

Nothing is learned from them and no threshold is set on them. Tab-separated: language, label, message.
"""

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import get_args

from bot.content.faults import ContentError, Fault
from bot.content.tables.schema import Where, Who
from bot.nlu_training.sets import LabelledMessage

FOLDER = "tests/nlu/sets/questions"

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "who": get_args(Who),
    "where": get_args(Where),
    "when": ("coming", "now", "past"),
    "looking": ("yes", "no"),
    "scope": ("in", "out"),
}
"""Question -> labels.

who: for whom somebody writes: themselves, somebody they know, for their work; or they are not the person at all.
where: what a place in the message is: where its writer is now (the Netherlands, on the way, abroad), where somebody
else is, where they want to go or may be taken, or none of these: where they come from or once were, a question.
when: whether what it is mostly about lies ahead, goes on (every day, still) or has happened.
looking: whether somebody who must not know is looking, is beside the writer or comes in, at this moment.
scope: whether it is for us at all; deliveries, codes, jokes, wrong numbers, abuse and other help are not.
"""

Questions = Mapping[str, list[LabelledMessage]]
"""Question -> its messages."""


def read_questions(root: Path, languages: Set[str]) -> Questions:
    """The messages of every question, under the project's `root`. languages: those that a message may be in.

    Raises ContentError with every fault, by file and line.
    """
    faults: list[Fault] = []
    found = {question: list(_read(root, question, languages, faults)) for question in QUESTIONS}
    if faults:
        raise ContentError(faults)
    return found


def _read(root: Path, question: str, languages: Set[str], faults: list[Fault]) -> Iterator[LabelledMessage]:
    name, seen = f"{FOLDER}/{question}.tsv", set[str]()
    try:
        lines = (root / name).read_bytes().split(b"\n")
    except OSError:
        faults.append(Fault(name, "", "is missing"))
        return
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            columns = line.decode("utf-8").split("\t")
        except UnicodeDecodeError:
            faults.append(Fault(name, "", "is not UTF-8", line=number))
            continue
        problem = _problem(columns, QUESTIONS[question], languages, seen)
        if problem:
            faults.append(Fault(name, "", problem, line=number))
        else:
            seen.add(columns[-1])
            yield LabelledMessage(*columns)


def _problem(columns: list[str], labels: tuple[str, ...], languages: Set[str], seen: Set[str]) -> str:
    """What is wrong with a line; "" when nothing is."""
    if len(columns) != len(LabelledMessage.__slots__):
        return "must have three columns: language, label, message"
    language, label, text = columns
    if language not in languages:
        return f'"{language}" is no language with a vocabulary'
    if label not in labels:
        return f'"{label}" must be one of {", ".join(labels)}'
    if not any(character.isalnum() for character in text):
        return f'"{text}" has no word in it'
    return f'"{text}" stands here twice' if text in seen else ""
