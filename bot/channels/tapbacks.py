"""Reactions that a phone sends as an SMS: `Liked “…”`, `👍 to “…”`.

What stands between the quotation marks is ours, or was read when it came: read again, our own question about danger
would count as danger. The whole text has to have one of the forms known here, because a message wrongly taken for a
reaction is not read at all. A sentence of the person after the quotation, or a second one, makes it their words.
"""

import re

_SPACE = "[\\s\N{ZERO WIDTH SPACE}-\N{ZERO WIDTH JOINER}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]*"
_SIGNS = r"[^\w\s“”\"]+"
"""Emoji, never a letter or a digit."""
_VERBS = "liked|loved|disliked|laughed at|emphasi[sz]ed|questioned"
_REMOVED = "a (?:heart|like|dislike|laugh|question mark|reaction)|an exclamation"
_FILES = "an (?:image|attachment|audio message)|a (?:photo|movie|video|gif)"
_BEFORE = (
    rf"(?:{_VERBS}|removed (?:{_REMOVED}|{_SIGNS}) from|reacted (?:with a sticker|{_SIGNS}) to"
    rf"|reageerde met {_SIGNS} op|{_SIGNS} (?:to|op))"
)
_QUOTATION = r"(?:“(.+)”|\"[^\"]+\")"
"""Straight marks do not tell where one quotation ends, so there is none inside."""
_ON_TEXT = re.compile(rf"{_BEFORE}{_SPACE}{_QUOTATION}", re.IGNORECASE | re.DOTALL)
_ON_TEXT_DUTCH = re.compile(rf"vond {_QUOTATION} (?:leuk|niet leuk|geweldig|grappig)", re.IGNORECASE | re.DOTALL)
_ON_FILE = re.compile(rf"(?:{_VERBS}) (?:{_FILES})", re.IGNORECASE)
_EDGES = " \t\r\n\N{HAIR SPACE}\N{ZERO WIDTH SPACE}"


def is_tapback(text: str) -> bool:
    """Is this whole text, from an SMS, a reaction to another message?"""
    text = text.strip(_EDGES)
    if not text.endswith(("”", '"')) and text[:4].casefold() != "vond":
        return _ON_FILE.fullmatch(text) is not None
    found = _ON_TEXT.fullmatch(text) or _ON_TEXT_DUTCH.fullmatch(text)
    return found is not None and _balanced(found[1] or "")


def _balanced(quoted: str) -> bool:
    """Is this one quotation, with others only inside it? A mark that closes before it opened means two."""
    depth = 0
    for character in quoted:
        depth += (character == "“") - (character == "”")
        if depth < 0:
            return False
    return depth == 0
