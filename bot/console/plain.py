"""A stranger's words on a page: text only, and nothing in it hidden."""

import unicodedata

from markupsafe import Markup, escape

_JOINERS = "\u200c\u200d\ufe0f"
"""Inside Persian words and emoji these are spelling."""

_HIDING = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Control, format (bidirectional, zero width, tags), private use, lone surrogates, odd line breaks."""


MOST_MARKS = 4
"""So many marks may stand on one letter, as in Arabic or Vietnamese; piled higher they cover the lines above."""


def plain(text: str) -> Markup:
    """`text` escaped for HTML; each character that shows nothing, or turns the direction of the rest, stands as its
    number, and so do marks piled on one letter. Line breaks stay; the style keeps them."""
    shown, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") and character not in _JOINERS else 0
        shown.append(_number(character) if marks > MOST_MARKS else _shown(character))
    return Markup("").join(shown)


def _shown(character: str) -> Markup:
    if character in "\n\t" or character in _JOINERS or unicodedata.category(character) not in _HIDING:
        return escape(character)
    return _number(character)


def _number(character: str) -> Markup:
    return Markup('<span class="odd">U+{:04X}</span>').format(ord(character))
