"""One spelling for comparing: lower case, no accents, one alphabet for digits, one form of Arabic letters.

Applied to what people type and to our own word lists alike.
"""

import re
import unicodedata

MAX_LENGTH = 480
"""Longer input is cut before any work, so that nobody can make us slow; the first sentences decide."""

_LETTERS = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        "ی": "ي",
        "ې": "ي",
        "ۀ": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ـ": None,
        "ı": "i",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
    }
)
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


def normalise(text: str) -> str:
    """`text` in the spelling in which words are compared: words and digits with single spaces between."""
    text = text[:MAX_LENGTH]
    if text.isascii() and text.isdigit():
        return text
    letters = text.translate(_ASCII) if text.isascii() else _letters(text)
    return " ".join(_REPEATED.sub(r"\1\1", letters).split())


def _letters(text: str) -> str:
    """Letters, digits and signs that mean something, each in its one spelling; a space for everything else."""
    text = unicodedata.normalize("NFKC", text).replace("I", "i").lower()
    letters = []
    for character in unicodedata.normalize("NFD", text).translate(_LETTERS):
        category = unicodedata.category(character)
        if category[0] == "M" or character in "'’‘`´\u200d":
            continue
        if category[0] == "N":
            digit = unicodedata.digit(character, None)
            letters.append(character if digit is None else str(digit))
        elif category[0] == "L" or category in ("So", "Sk"):
            letters.append(character)
        else:
            letters.append(" ")
    return unicodedata.normalize("NFC", "".join(letters))


_ASCII = {code: _letters(chr(code)) for code in range(128)}
"""The same for ASCII, where no character changes another: most of what is written in Latin letters, three times as
fast."""
