"""How well the bot understands today, measured; a drop fails the build. `-s` prints the figures of
docs/understanding.md.

The lines about danger were written by somebody who had not seen the word lists. Topics are measured by leaving each
line out and asking the others: no more than a way to notice a drop.
"""

from collections import Counter

import pytest

from bot.content.library import Library, build_understander
from bot.content.utterances import Line, variants
from bot.nlu.nearest import Nearest, triples
from bot.nlu.normalise import normalise

EVERY = 6
"""One line in so many is asked."""

LIVE = ("nl", "en")


@pytest.fixture(scope="module")
def left_out(library: Library) -> list[tuple[Line, list[str]]]:
    """(a line that was left out, the topics of the lines most like it)."""
    lines = library.utterances.topics
    asked = [line for number, line in enumerate(lines) if line.language in LIVE and number % EVERY == 0]
    hidden = {line.text for line in asked}
    near = Nearest((line.text, line.label) for line in lines if line.text not in hidden)
    return [(line, list(near.shares(line.text))) for line in asked]


@pytest.mark.parametrize(("language", "first", "third"), [("nl", 0.55, 0.72), ("en", 0.45, 0.63)])
def test_the_nearest_lines_name_the_topic(
    left_out: list[tuple[Line, list[str]]], language: str, first: float, third: float
) -> None:
    found = [(line.label, topics) for line, topics in left_out if line.language == language]
    top = sum(label in topics[:1] for label, topics in found) / len(found)
    three = sum(label in topics[:3] for label, topics in found) / len(found)
    print(f"\ntopics {language}: {len(found)} lines, first {top:.3f}, among three {three:.3f}")
    assert top >= first
    assert three >= third


def test_the_words_about_danger_find_what_they_can(library: Library) -> None:
    understander = build_understander(library)
    found: dict[str, Counter[str]] = {}
    for line in library.utterances.danger:
        if line.language in LIVE:
            found.setdefault(line.label, Counter())[understander.understand(line.text, None).danger] += 1
    for level, counts in found.items():
        print(f"\ndanger lines {level}: {dict(counts)}")
    reds, calm = found["red"], found["harmless"]
    assert reds["red"] / reds.total() >= 0.25
    assert calm["red"] / calm.total() <= 0.14


def test_no_danger_goes_without_the_emergency_line(library: Library) -> None:
    understander = build_understander(library)
    without = [
        line.text
        for line in library.utterances.danger
        if line.label == "red"
        for found in [understander.understand(line.text, None)]
        if found.danger != "red" and not found.emergency_line
    ]
    assert without == []


def test_variants_are_written_out_and_bounded() -> None:
    assert variants("ik zit (vast|hier)") == ["ik zit vast", "ik zit hier"]
    many = variants("(a|b|c|d) (e|f|g|h)")
    assert len(many) == 8
    assert many == variants("(a|b|c|d) (e|f|g|h)")


def test_the_nearest_line_wins_and_nothing_alike_is_nothing() -> None:
    near = Nearest([("mijn paspoort is weg", "documents"), ("wat kost het", "cost")])
    assert next(iter(near.shares("me paspoort is weg!"))) == "documents"
    assert near.shares("xyzzy") == {}
    assert near.shares("") == {}


def test_a_line_little_alike_is_little_trusted() -> None:
    near = Nearest([("mijn paspoort is afgepakt door mijn vader", "documents"), ("wat kost het", "cost")])
    assert sum(near.shares("paspoort").values()) < 0.9
    assert sum(near.shares("mijn paspoort is afgepakt door mijn vader").values()) == pytest.approx(1)


def test_triples_are_those_of_the_normalised_text() -> None:
    assert triples("Één") == triples(normalise("een"))
