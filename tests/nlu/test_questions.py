"""The messages that measure one question at a time: their faults are named, they are enough, and they are read."""

from collections import Counter
from pathlib import Path

import pytest

from bot.content.faults import ContentError
from bot.content.library import Library
from bot.dialogue.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from bot.dialogue.turn import Turn
from bot.nlu_training.question_figures import READINGS, figures, measured
from bot.nlu_training.questions import FOLDER, QUESTIONS, Questions, read_questions
from bot.nlu_training.sets import LabelledMessage
from tests.harness.fixed import ROOT

LEAST, LEAST_OF_A_LABEL, LEAST_OF_A_LANGUAGE = 300, 40, 5


@pytest.fixture(scope="module")
def questions(library: Library) -> Questions:
    return read_questions(ROOT, set(library.content.vocabularies))


def test_every_question_has_messages_enough_in_every_language(library: Library, questions: Questions) -> None:
    for question, messages in questions.items():
        assert len(messages) >= LEAST, question
        labels, languages = Counter(each.label for each in messages), Counter(each.language for each in messages)
        assert [label for label in QUESTIONS[question] if labels[label] < LEAST_OF_A_LABEL] == [], question
        few = [code for code in library.content.vocabularies if languages[code] < LEAST_OF_A_LANGUAGE]
        assert few == [], question
        assert 0.6 <= (languages["nl"] + languages["en"]) / len(messages) <= 0.75, question


def _written(folder: Path, line: bytes) -> Path:
    """A copy of the sets of which one has a good line and, after an empty one, this line."""
    for question, labels in QUESTIONS.items():
        path = folder / FOLDER / f"{question}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"nl\t{labels[0]}\teen bericht\n", encoding="utf-8")
    with (folder / FOLDER / "who.tsv").open("ab") as file:
        file.write(b"\n" + line + b"\n")
    return folder


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"nl\tself", "must have three columns: language, label, message"),
        (b"nl\tself\tvoor mij\tof toch niet", "must have three columns: language, label, message"),
        (b"xx\tself\tvoor mij", '"xx" is no language with a vocabulary'),
        (b"nl\tmyself\tvoor mij", '"myself" must be one of self, other, work, stranger'),
        (b"nl\tself\t?!", '"?!" has no word in it'),
        (b"nl\tself\t", '"" has no word in it'),
        (b"nl\tother\teen bericht", '"een bericht" stands here twice'),
        (b"nl\tself\t\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_fault_is_named_by_file_and_line(tmp_path: Path, line: bytes, problem: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_questions(_written(tmp_path, line), {"nl"})
    assert str(raised.value) == f"error: {FOLDER}/who.tsv:3: {problem}"


def test_all_faults_are_named_at_once_and_a_missing_file_too(tmp_path: Path) -> None:
    folder = _written(tmp_path, b"nl\n\xff\nxx\tself\tvoor mij")
    with pytest.raises(ContentError) as raised:
        read_questions(folder, {"nl"})
    assert [fault.line for fault in raised.value.faults] == [3, 4, 5]
    (folder / FOLDER / "who.tsv").unlink()
    with pytest.raises(ContentError, match=rf"{FOLDER}/who\.tsv: is missing"):
        read_questions(folder, {"nl"})


def test_it_is_counted_by_language_and_label() -> None:
    read = [
        (LabelledMessage("nl", "self", "voor mij"), "self"),
        (LabelledMessage("en", "other", "for my sister"), "self"),
        (LabelledMessage("so", "other", "walaashay"), "other"),
    ]
    found = figures("who", read, {"nl, en": ["nl", "en"], "tr": ["tr"]})
    shares = {name: (share.hits, share.total) for name, share in found.items()}
    assert shares == {
        "who": (2, 3),
        "who, nl, en": (1, 2),
        "who, tr": (0, 0),
        "who, other languages": (1, 1),
        "who, self": (1, 1),
        "who, other": (1, 2),
        "who, work": (0, 0),
        "who, stranger": (0, 0),
    }


def test_what_is_worse_than_asking_back_is_counted_by_itself() -> None:
    read = [(LabelledMessage("nl", "out", "waar is mijn pizza"), reading) for reading in ("in", "asked", "out")]
    found = figures("scope", read, {})
    assert (found["scope, out"].hits, found["scope, out: taken for in"].hits) == (1, 1)


@pytest.mark.parametrize(
    ("question", "text", "reading"),
    [
        ("who", "het gaat over mij", "self"),
        ("who", "ik ben leraar en heb een vraag", "work"),
        ("who", "waarom app je mijn zus", "stranger"),
        ("where", "ik zit in Marokko", "abroad"),
        ("where", "ik ben nu in Nederland", "nl"),
        ("looking", "mijn vader komt eraan", "yes"),
        ("looking", "mijn vader slaat mij elke dag", "no"),
    ],
)
def test_it_is_read_off_the_turn(engine: Engine, question: str, text: str, reading: str) -> None:
    lines = list(measured(engine, {question: [LabelledMessage("nl", reading, text)]}, {"nl, en": ["nl", "en"]}))
    assert f"{f'{question}, {reading}: read as':48} {reading} 1" in lines
    assert lines[0].startswith(f"{question:48} 100.0 %")


def test_a_place_that_is_not_the_writers_must_be_left_open_or_asked_back(engine: Engine) -> None:
    texts = {"others_place": "mijn tante woont in Marokko", "going": "wij gaan naar Marokko", "none": "goedemorgen"}
    messages = [LabelledMessage("nl", label, text) for label, text in texts.items()]
    lines = list(measured(engine, {"where": messages}, {}))
    assert lines[0].endswith("3 of 3)")
    assert f"{'where, going: read as':48} asked 1" in lines
    assert f"{'where, none: read as':48} unknown 1" in lines


@pytest.mark.parametrize(
    ("state", "answered_by", "reading"),
    [
        (StateName.OTHER, "small_talk", "out"),
        (StateName.OTHER, "not_understood", "out"),
        (StateName.MENU, "small_talk", "asked"),
        (StateName.CANDIDATES, "not_understood", "asked"),
        ("forced_marriage.answer", "topic", "in"),
        (StateName.CONFIRM_COUNTRY, "place", "in"),
    ],
)
def test_only_who_is_told_so_is_turned_away(state: str, answered_by: str, reading: str) -> None:
    turn = Turn(Conversation().with_position(state=state), (), None, answered_by)
    assert READINGS["scope"](turn) == reading


def test_a_question_that_nothing_reads_is_said_to_be_so(engine: Engine) -> None:
    assert set(READINGS) <= set(QUESTIONS)
    lines = list(measured(engine, {"weather": [LabelledMessage("nl", "wet", "het regent")]}, {}))
    assert lines == [f"{'weather':48} not read (1 messages)"]
