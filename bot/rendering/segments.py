"""How many SMS parts a text costs.

GSM 03.38 (3GPP TS 23.038): 160 characters in one part, 153 in each of several; one character outside the
alphabet turns the whole message into UCS-2: 70 and 67 UTF-16 units.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€"
_QUOTES = "\u2018\u2019"
GSM_ALPHABET = frozenset(_BASIC + _EXTENDED)


@dataclass(frozen=True, slots=True)
class Measure:
    """What one text costs: `characters` counts septets (GSM-7) or UTF-16 units (UCS-2)."""

    encoding: str
    characters: int
    segments: int


def measure(text: str) -> Measure:
    """Count `text` as Twilio bills it. An empty text is one segment."""
    if all(character in GSM_ALPHABET for character in text):
        septets = len(text) + sum(text.count(character) for character in _EXTENDED)
        return Measure("GSM-7", septets, _parts(text, septets, _EXTENDED, single=160, joined=153))
    units = len(text.encode("utf-16-le")) // 2
    astral = {character for character in text if ord(character) > 0xFFFF}
    return Measure("UCS-2", units, _parts(text, units, astral, single=70, joined=67))


def in_gsm(text: str) -> str:
    """`text` with the letters outside the alphabet as one writes them without their marks, where that is enough to
    bring it into it ("Syrie"); else as it is: another script is not to be had in seven bits."""
    plain = "".join(character if character in GSM_ALPHABET else _bare(character) for character in text)
    return plain if not outside_gsm(plain) else text


def _bare(character: str) -> str:
    if character in _QUOTES:
        return "'"
    return "".join(each for each in unicodedata.normalize("NFD", character) if not unicodedata.combining(each))


def outside_gsm(text: str) -> str:
    """The distinct characters that force UCS-2, in order of first appearance."""
    return "".join(dict.fromkeys(character for character in text if character not in GSM_ALPHABET))


def _parts(text: str, length: int, pairs: Collection[str], *, single: int, joined: int) -> int:
    """pairs: characters that take two places, which one part never leaves to the next."""
    if length <= single:
        return 1
    parts, room = 1, joined
    for character in text:
        places = 2 if character in pairs else 1
        if places > room:
            parts, room = parts + 1, joined
        room -= places
    return parts
