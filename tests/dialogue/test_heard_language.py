"""The language a person writes, apart from the one they are answered in."""

import pytest

from bot.dialogue.conversation import Conversation
from bot.dialogue.language import with_heard_language
from bot.nlu.understanding import Understanding

NOBODY = Conversation()
DUTCH = Conversation(locale="nl")
TURKISH = DUTCH.with_told(language="tr")


@pytest.mark.parametrize(
    ("before", "understood", "words", "after"),
    [
        (NOBODY, Understanding("tr", 0.7), 1, "tr"),  # the first message decides
        (NOBODY, Understanding("tr", 0.5), 9, ""),
        (DUTCH, Understanding("en", 1.0), 1, ""),  # "ok" does too
        (DUTCH, Understanding("tr", 0.9), 4, "tr"),
        (TURKISH, Understanding("nl", 1.0), 1, "tr"),  # "hallo" belongs to many
        (TURKISH, Understanding("nl", 0.75), 3, "tr"),
        (TURKISH, Understanding("nl", 0.85), 3, ""),  # the language they are answered in
        (TURKISH, Understanding("nl", 0.75), 5, ""),
        (TURKISH, Understanding("ar", 0.75), 5, "ar"),
        (TURKISH, Understanding("nl", 1.0, command="advisor"), 3, "tr"),  # the bot said what to type
        (TURKISH, Understanding("nl", 1.0, switch_to="ar"), 1, "ar"),
    ],
)
def test_what_a_message_changes(before: Conversation, understood: Understanding, words: int, after: str) -> None:
    assert with_heard_language(before, understood, words).told.language == after


def test_without_it_the_language_of_the_answers_counts_and_silence_keeps_it() -> None:
    assert DUTCH.heard_language == "nl"
    assert TURKISH.heard_language == "tr"
    assert TURKISH.without_context().heard_language == "tr"
