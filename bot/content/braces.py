"""Names in braces: numbers from referrals.toml, what depends on the conversation, and the code of a problem."""

import string
from collections.abc import Collection

DYNAMIC = frozenset({"country", "asked_country", "local_number", "opens", "words"})
"""Filled per conversation; all other names are referrals."""

CODE = frozenset({"code"})
"""What the words for an advisor about a problem with a message may hold, and nothing else."""


def names(text: str) -> set[str]:
    """The names in braces in `text`. Raises ValueError when a brace is not closed, or holds more than a name."""
    found = set()
    for _literal, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(name)
        found.add(name)
    return found


def wrong(text: str, sayable: Collection[str], dynamic: Collection[str] = DYNAMIC) -> str:
    """What is wrong with the braces of `text`, "" when nothing is. sayable: referrals. dynamic: filled in later."""
    try:
        unknown = names(text) - {*sayable, *dynamic}
    except ValueError:
        return "has a brace that is not closed, or not around a name"
    return f'"{{{min(unknown)}}}" is no number that may be said' if unknown else ""


def wrong_in(context: str, text: str, sayable: Collection[str]) -> str:
    """As `wrong`, for the text of a translators' context: "delivery.30003" is about a problem with a message."""
    return wrong(text, (), CODE) if context.startswith("delivery.") else wrong(text, sayable)
