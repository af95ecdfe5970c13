"""The lines that are learned from are enough, and apart from the messages measured with; and the figures hold."""

from collections import Counter

import pytest
from rapidfuzz import fuzz, process

from bot.content.building import build_reader
from bot.content.files import COMMANDS
from bot.content.library import Library
from bot.content.models import read_model
from bot.content.tables.utterances import Utterances, read_utterances
from bot.dialogue.states import TOPICS
from bot.nlu.normalise import normalise
from bot.nlu_training.evaluate import P0, Share, figures
from bot.nlu_training.gates import GATES, beyond_limits
from bot.nlu_training.questions import read_questions
from bot.nlu_training.sets import BLIND, TUNING, read_groups, read_sets
from bot.nlu_training.sources import BY_MEANING, FREE_COMMANDS, fingerprint
from tests.harness.fixed import ROOT

pytestmark = pytest.mark.slow

LEAST = {"nl": 40, "en": 30, "tr": 15, "ar": 15, "fr": 10, "ary-Latn": 10}
LEAST_URGENT = ("fa", "prs", "ur", "so", "ti", "ckb", "kmr", "ps")
NEAR = 90
"""Messages that share so much of their letters, of 100, are the same to a classifier."""


@pytest.fixture(scope="module")
def utterances() -> Utterances:
    return read_utterances(ROOT / "flows" / "utterances")


def test_every_topic_has_lines_enough_in_every_language(utterances: Utterances) -> None:
    counts = Counter((line.label, line.language) for line in utterances.topics)
    wanted = {(topic, language): least for topic in TOPICS for language, least in LEAST.items()}
    wanted |= {(topic, language): 8 for topic in P0 for language in LEAST_URGENT}
    few = {key: counts[key] for key, least in wanted.items() if counts[key] < least}
    assert few == {}


def test_danger_and_what_only_looks_like_it_have_lines_enough(utterances: Utterances) -> None:
    counts = Counter(line.label for line in utterances.danger)
    assert counts["red"] >= 200
    assert counts["harmless"] >= 200
    assert sum(line.label == "out_of_scope" for line in utterances.topics) >= 300
    languages = {line.language for line in utterances.danger if line.label == "red"}
    assert len(languages) == 18


def test_lines_by_voice_are_many_and_tell_all_that_is_asked(utterances: Utterances) -> None:
    assert len(utterances.said) >= 25_000
    for question, labels in BY_MEANING.items():
        counts = Counter(getattr(line, question) for line in utterances.said)
        assert min(counts[label] for label in labels) >= 300, question
    commands = Counter((line.topics, line.language) for line in utterances.said)
    for command in FREE_COMMANDS:
        assert min(commands[(command,), language] for language in ("nl", "en")) >= 100, command
    assert sum(line.topics == ("out_of_scope",) for line in utterances.said) >= 3_000


def test_every_language_has_commands(library: Library) -> None:
    for language, words in library.content.vocabularies.items():
        assert set(COMMANDS) - {"greeting", "thanks", "yes", "no"} <= set(words.commands), language


@pytest.mark.parametrize("which", [TUNING, BLIND, "questions"])
def test_no_message_that_is_measured_with_is_nearly_a_line_that_was_learned(
    library: Library, utterances: Utterances, which: str
) -> None:
    """Short ones ("hoi", "help") cannot be apart; of twelve letters on they are."""
    if which == "questions":
        sets = dict(read_questions(ROOT, set(library.content.vocabularies)))
    else:
        every = read_sets(ROOT, which)
        sets = {kind: every[kind] for kind in ("topics", "danger", "person", "commands") if kind in every}
    lines = [*utterances.topics, *utterances.commands, *utterances.hard]
    lines += [*utterances.danger, *utterances.indirect, *utterances.person]
    texts = [*(line.text for line in lines), *(line.text for line in utterances.said)]
    learned = sorted({written for text in texts if len(written := normalise(text)) >= 12})
    measured = sorted(
        {written for messages in sets.values() for message in messages if len(written := normalise(message.text)) >= 12}
    )
    near = []
    for first in range(0, len(measured), 500):
        part = measured[first : first + 500]
        likeness = process.cdist(part, learned, scorer=fuzz.ratio, score_cutoff=NEAR)
        near += [part[row] for row in likeness.max(axis=1).nonzero()[0]]
    assert near == []


def test_the_model_was_built_from_these_lines() -> None:
    assert read_model(ROOT / "flows" / "model").calibration.fingerprint == fingerprint(ROOT), "run make model"


@pytest.mark.parametrize("which", [TUNING, BLIND])
def test_no_figure_of_the_letters_falls(library: Library, which: str) -> None:
    """With the meaning too: `make evaluate`, which CI runs after the tests."""
    reader = build_reader(library, None)
    assert beyond_limits(figures(reader, read_sets(ROOT, which), read_groups(ROOT)), which, "letters only") == []


def test_a_figure_that_falls_is_named() -> None:
    (name, least), *_rest = GATES[TUNING, "letters only"].items()
    assert beyond_limits({name: Share(0, 1000)}, TUNING, "letters only") == [f"{name}: 0.0 % < {least} %"]
    assert beyond_limits({}, TUNING, "letters only") == []
