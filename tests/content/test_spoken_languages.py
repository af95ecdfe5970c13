"""LANGUAGES: only some of the live languages are spoken."""

import pytest

from bot.content.building import build_engine
from bot.content.faults import ContentError
from bot.content.library import read_library
from bot.dialogue.states import StateName
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW, ROOT


def test_only_the_languages_that_are_wanted_are_spoken_and_offered() -> None:
    library = read_library(ROOT, NOW.date(), ["tr"])
    assert library.languages.live == ("nl", "tr")
    engine = build_engine(library)
    offered = [choice.id for choice in engine.contents["tr"].states[StateName.LANGUAGES].choices]
    assert offered == ["nl", "tr", "more"]
    assert [choice.id for choice in engine.contents["nl"].states[StateName.MORE_LANGUAGES].choices] == ["other"]
    for text, locale in (("merhaba yardım istiyorum", "tr"), ("bonjour j'ai besoin d'aide", "nl")):
        assert DialogueTester(engine, NOW).say(text).conversation.locale == locale


def test_a_language_that_is_not_live_cannot_be_wanted() -> None:
    with pytest.raises(ContentError, match="LANGUAGES"):
        read_library(ROOT, NOW.date(), ["tr", "pl"])
