"""The language a person writes, which is not always one the bot answers in: it decides which advisor can help."""

from bot.dialogue.conversation import Conversation
from bot.nlu.understanding import Understanding

SURE_OF_FIRST = 0.6
"""From which certainty the first message decides, however short."""

SURE_OF_WORDS = 0.8
SURE_OF_SENTENCE = 0.7
SENTENCE = 5
"""Words from which a message is a sentence."""


def with_heard_language(conversation: Conversation, understood: Understanding, words: int) -> Conversation:
    """The same conversation with the language of a message of so many words.

    A language asked for by name counts. Commands do not: they are often copied from the bot's own text. One word does
    not change what is known: "hallo" and "ok" belong to many languages.
    """
    if understood.switch_to:
        return conversation.with_told(language=understood.switch_to)
    if understood.command:
        return conversation
    first = not conversation.heard_language
    needed = SURE_OF_FIRST if first else SURE_OF_SENTENCE if words >= SENTENCE else SURE_OF_WORDS
    if understood.language_confidence < needed or (words < 2 and not first):
        return conversation
    return conversation.with_told(language="" if understood.language == conversation.locale else understood.language)
