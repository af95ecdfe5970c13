"""Cuts a long message into its sentences: what one of them says is not lost among what the others do."""

import re

LONG = 20
"""A message of at most so many words is read as a whole only."""

LONGEST = 25
"""Words of a part where nobody ended a sentence."""

SHORTEST = 3
"""Fewer words go with the part before them."""

_END = re.compile(r"[.!?;\n\u061f\u061b\u06d4\u1362]")


def sentences(text: str) -> list[str]:
    """The parts of a message of more than LONG words, in order, nothing left out; [] for a shorter one, or one that is
    a single part."""
    if len(text.split()) <= LONG:
        return []
    parts: list[list[str]] = []
    for written in _END.split(text):
        words = written.split()
        if not words:
            continue
        if parts and (len(words) < SHORTEST or len(parts[-1]) < SHORTEST):
            words = parts.pop() + words
        parts += [words[first : first + LONGEST] for first in range(0, len(words), LONGEST)]
    return [" ".join(words) for words in parts] if len(parts) > 1 else []
