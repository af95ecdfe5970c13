"""Choosing a word of one's own."""

import pytest

from bot.advisors.board import Advisor
from tests.harness.dialogue import DialogueTester

ADA = Advisor("ada")
DULL = "Sorry, ik denk dat je een verkeerd nummer hebt."
ABROAD = "+31 247 247 247"


@pytest.mark.parametrize("word", ["abc", "x" * 41])
def test_a_word_that_will_not_do_is_refused(tester: DialogueTester, word: str) -> None:
    for text in (
        "hoi",
        "ja",
        "hoe verberg ik dit gesprek",
        "iemand kijkt mee",
        "eigen woord",
        "verbergen",
        "pannenkoek",
    ):
        tester.say(text)
    for text in ("nog een", "terugkomen", word):
        tester.say(text)
    assert "Dat woord gaat niet" in tester.reply


def test_danger_and_commands_go_before_a_word(tester: DialogueTester) -> None:
    for text in ("hoi", "ja", "hoe verberg ik dit gesprek", "iemand kijkt mee", "eigen woord", "verbergen"):
        tester.say(text)
    assert ABROAD in tester.say("hij heeft een mes help me nu").reply
    assert tester.conversation.privacy.hide_word == ""
