"""A stranger's words on a page: text only, and nothing in it hidden."""

import unicodedata

from markupsafe import Markup, escape

_JOINERS = "\u200c\u200d\ufe0f"
"""Inside Persian words and emoji these are spelling."""

_HIDING = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Control, format (bidirectional, zero width, tags), private use, lone surrogates, odd line breaks."""


def plain(text: str) -> Markup:
    """`text` escaped for HTML; each character that shows nothing, or turns the direction of the rest, stands as its
    number. Line breaks stay; the style keeps them."""
    return Markup("").join(_shown(character) for character in text)


def _shown(character: str) -> Markup:
    if character in "\n\t" or character in _JOINERS or unicodedata.category(character) not in _HIDING:
        return escape(character)
    return Markup('<span class="odd">U+{:04X}</span>').format(ord(character))
