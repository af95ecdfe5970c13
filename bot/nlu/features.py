"""A text as the set of its n-grams, of characters and of words, each hashed into a numbered bucket.

The "hashing trick" (Weinberger et al. 2009): no dictionary has to be kept, and no text can make one grow. N-grams of
one to five letters survive typing errors, missing accents and word endings.
"""

import unicodedata

import numpy as np
from numpy.typing import NDArray

from bot.nlu.normalise import MAX_LENGTH

LONGEST_NGRAM = 5
LONGEST_PHRASE = 2

Buckets = NDArray[np.int64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: spreads neighbouring codes over all bits (Knuth, TAOCP 6.4)."""

_WORD_SALT = np.uint64(0x5851F42D4C957F2D)
"""Turns a hash of words into another number, so that it never equals that of a character n-gram."""


def buckets(text: str, count: int) -> Buckets:
    """The bucket numbers (0 to count - 1, each once) of `text`. `count` is a power of two."""
    hashes = _ngrams(_codes(f" {text} "), LONGEST_NGRAM)
    words = text.split()
    if words:
        whole = np.array([_ngrams(_codes(word), len(word))[-1][0] for word in words], np.uint64)
        hashes += [hashes_of_length ^ _WORD_SALT for hashes_of_length in _ngrams(whole, LONGEST_PHRASE)]
    shift = np.uint64(64 - (count.bit_length() - 1))
    return np.unique((np.concatenate(hashes) * _FACTOR) >> shift).astype(np.int64)


def spelled(text: str) -> str:
    """`text` for language detection: lower case without digits and signs, but with every accent and letter form."""
    text = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower()
    letters = (each if unicodedata.category(each)[0] in "LM" or each in "'’379" else " " for each in text)
    return " ".join("".join(letters).split())


def _codes(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


def _ngrams(codes: NDArray[np.uint64], longest: int) -> list[NDArray[np.uint64]]:
    """The hashes of all n-grams of 1, 2, … `longest` neighbours, one array per length."""
    ngrams = [(codes + np.uint64(1)) * _FACTOR]
    for length in range(1, min(longest, len(codes))):
        before = ngrams[-1][:-1]
        ngrams.append((before ^ (before >> np.uint64(29))) * _FACTOR + codes[length:])
    return ngrams
