"""Names in braces: numbers from referrals.toml, and what depends on the conversation."""

import string

DYNAMIC = frozenset({"country", "asked_country", "local_number"})
"""Filled per conversation; all other names are referrals."""


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


def wrong(text: str, sayable: set[str]) -> str:
    """What is wrong with the braces of `text`, "" when nothing is."""
    try:
        unknown = names(text) - sayable - DYNAMIC
    except ValueError:
        return "has a brace that is not closed, or not around a name"
    return f'"{{{min(unknown)}}}" is no number that may be said' if unknown else ""
