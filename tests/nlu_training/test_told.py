"""What is learned of who writes, where they are and when; and how sure the reader must be."""

from typing import get_args

import pytest

from bot.content.tables.schema import Tense, Where, Who
from bot.content.tables.utterances import Line, Utterances
from bot.content.tables.voices import SaidLine
from bot.dialogue.conversation import Place
from bot.dialogue.states import TOPICS
from bot.nlu_training.beside_topics import TOLD, told_by
from bot.nlu_training.sources import (
    BY_MEANING,
    DANGER,
    PERSON_WANTED,
    TOPIC,
    Example,
    examples,
    is_held_out,
)
from bot.nlu_training.told import LEAST, PRECISION, STRANGER, told_thresholds


def learned(*said: SaidLine, topics: tuple[Line, ...] = ()) -> dict[str, list[Example]]:
    return examples(Utterances(topics, (), (), (), (), (), (), said))


def kept(text: str) -> str:
    """A text that is learned from."""
    return next(each for number in range(50) if not is_held_out(SaidLine(each := f"{text} {number}", "nl")))


def test_a_line_teaches_all_that_is_known_of_it_and_no_more() -> None:
    text = kept("ze zijn weg")
    found = learned(SaidLine(text, "nl", ("left_behind",), "amber", "", "self", Place.ABROAD, ""))
    assert found[TOPIC] == [Example(text, "left_behind")]
    assert [(each.label, each.only_by_meaning) for each in found[DANGER]] == [("amber", True)]
    assert [each.label for each in found[PERSON_WANTED]] == ["no"]
    assert found["who"] == [Example(text, "self")]
    assert found["where"] == [Example(text, Place.ABROAD)]
    assert found["when"] == [Example(text, "", ("past", "now"))]


def test_of_several_topics_any_may_be_right_and_none_is_no_command() -> None:
    one, other = kept("een"), kept("ander")
    found = learned(SaidLine(one, "nl", ("law", "shelter")), SaidLine(other, "nl", ("none",)))[TOPIC]
    assert (found[0].label, found[0].possible) == ("", ("law", "shelter"))
    assert set(TOPICS) < set(found[1].possible)
    assert "erase" not in found[1].possible


def test_a_line_of_which_only_the_writer_is_known_teaches_no_topic_and_no_danger() -> None:
    found = learned(SaidLine(kept("wie is dit"), "nl", who=STRANGER))
    assert [question for question, each in found.items() if each] == ["who"]


def test_one_line_in_some_is_held_out() -> None:
    lines = [SaidLine(f"regel {number}", "nl", ("cost",)) for number in range(400)]
    held = sum(map(is_held_out, lines))
    assert 10 < held < 80
    assert len(learned(*lines)[TOPIC]) == 400 - held


def test_whoever_asks_about_a_topic_is_no_stranger() -> None:
    (found,) = learned(topics=(Line("wie ben jij", "about_bot", "nl"),))["who"]
    assert (found.label, STRANGER in found.possible) == ("", False)


@pytest.mark.parametrize(("question", "labels"), BY_MEANING.items())
def test_topics_tell_only_labels_that_there_are(question: str, labels: tuple[str, ...]) -> None:
    for topic, possible in TOLD[question].items():
        assert set(possible) <= set(labels), topic
    assert told_by(question, ()) == ()
    assert told_by(question, ("trip_planned", "no such topic")) == ()
    assert set(PRECISION.get(question, ())) <= set(labels)


def test_a_label_is_believed_from_where_enough_are_right() -> None:
    def read(label: str, right: str, probability: float) -> tuple[SaidLine, dict[str, dict[str, float]]]:
        rest = {each: (1 - probability) / 5 for labels in BY_MEANING.values() for each in labels}
        own = {question: {each: rest[each] for each in labels} for question, labels in BY_MEANING.items()}
        own["where"][label] = probability
        return SaidLine("x", "nl", where=right, who="self"), own

    sure = [read(Place.ABROAD, Place.ABROAD, 0.9 + number / 1000) for number in range(60)]
    doubtful = [read(Place.ABROAD, "going", 0.7) for _ in range(30)]
    found = told_thresholds([*sure, *doubtful], [])["where"]
    assert found[Place.ABROAD] == pytest.approx(0.9, abs=0.01)
    assert found["under_way"] == 1.0  # nothing was read so
    assert min(found.values()) >= LEAST


def test_the_labels_are_those_of_the_content() -> None:
    assert [BY_MEANING[question] for question in ("who", "where", "when")] == [
        get_args(each) for each in (Who, Where, Tense)
    ]
