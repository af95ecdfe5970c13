"""Which of the shown choices a text names or means: by its label, by other words, by part of them in a short sentence,
by a remark ("sure", "not now") that answers the question.
"""

from collections.abc import Sequence

from bot.dialogue.conversation import Conversation
from bot.dialogue.flow import Choice
from bot.dialogue.localized_content import LocalizedContent
from bot.nlu.normalise import normalise

NAMED_WITHIN = 8
"""In a message of at most so many words a choice is also chosen by two or more of its words in a row."""

PART_WITHIN = 5
"""In a message of at most so many words a choice is also chosen by part of its label."""

SIGNIFICANT = 4
"""A word of at least so many letters tells one label from another."""

_NEGATIONS = frozenset({"niet", "geen", "not", "dont", "cant", "cannot", "no", "never", "nooit"})


def named(text: str, shown: Sequence[Choice], conversation: Conversation, content: LocalizedContent) -> Choice | None:
    """The choice that normalised `text` names, None when it names none."""
    for choice in shown:
        if text in choice.keys or ("{" in choice.label and text == _filled(choice.label, conversation, content)):
            return choice
    if len(text.split()) > NAMED_WITHIN:
        return None
    return next((choice for choice in shown if _names_it(text, choice)), None)


def meant(remarks: Sequence[str], shown: Sequence[Choice]) -> Choice | None:
    """The choice that the surest of `remarks` means which means any, None when none does."""
    return next((choice for remark in remarks for choice in shown if remark in choice.means), None)


def numbered(text: str, shown: Sequence[Choice], remarks: Sequence[str]) -> Choice | None:
    """The choice that `text` gives by number and in words as well, "1 yes"; None where the two do not agree."""
    first, _space, rest = text.partition(" ")
    if not rest or not first.isdigit() or not 1 <= int(first[:3]) <= len(shown):
        return None
    choice = shown[int(first) - 1]
    if rest in choice.keys or _names_it(rest, choice) or partly([choice], rest) is choice:
        return choice
    return choice if meant(remarks, shown) is choice else None


def partly(shown: Sequence[Choice], text: str) -> Choice | None:
    """The only choice that has every word of `text` that tells anything, in a message of a few words."""
    words = text.split()
    telling = {word for word in words if len(word) >= SIGNIFICANT}
    if not telling or len(words) > PART_WITHIN:
        return None
    told = [choice for choice in shown if "place" not in choice.sets]  # "he is at home" tells nothing of the writer's
    found = [choice for choice in told if telling <= {word for key in choice.keys for word in key.split()}]
    if len(found) != 1:
        return None
    reversed_by = _NEGATIONS.isdisjoint(words) != any(_NEGATIONS.isdisjoint(key.split()) for key in found[0].keys)
    return None if reversed_by else found[0]


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
