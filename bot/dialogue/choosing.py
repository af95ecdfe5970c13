"""Which of the shown choices a text names: by its label, by other words, by some of its words in a short sentence."""

from collections.abc import Sequence

from bot.dialogue.conversation import Conversation
from bot.dialogue.flow import Choice
from bot.dialogue.localized_content import LocalizedContent
from bot.nlu.normalise import normalise

NAMED_WITHIN = 8
"""In a message of at most so many words a choice is also chosen by two or more of its words in a row."""

_NEGATIONS = frozenset({"niet", "geen", "not", "dont", "cant", "no", "never", "nooit"})


def named(text: str, shown: Sequence[Choice], conversation: Conversation, content: LocalizedContent) -> Choice | None:
    """The choice that normalised `text` names, None when it names none."""
    for choice in shown:
        if text in choice.keys or ("{" in choice.label and text == _filled(choice.label, conversation, content)):
            return choice
    if len(text.split()) > NAMED_WITHIN:
        return None
    return next((choice for choice in shown if _names_it(text, choice)), None)


def _filled(label: str, conversation: Conversation, content: LocalizedContent) -> str:
    """The label of a choice that names a country, as somebody would type it."""
    return normalise(label.replace("{asked_country}", content.countries.get(conversation.told.mentioned_country, "")))


def _names_it(text: str, choice: Choice) -> bool:
    """Do two or more words in a row of `text` name this choice, and does a "not" stand in both or in neither?"""
    padded = f" {text} "
    negated = not _NEGATIONS.isdisjoint(text.split())
    return any(
        " " in key and f" {key} " in padded and negated == (not _NEGATIONS.isdisjoint(key.split()))
        for key in choice.keys
    )
