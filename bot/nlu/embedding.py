"""The meaning of a sentence as a vector: multilingual-e5-small, read as data and run by numpy.

"Multilingual E5 Text Embeddings" (Wang et al. 2024): an encoder after BERT (Devlin et al. 2019), twelve layers of
attention and feed-forward, over SentencePiece tokens; the vector is the mean over the tokens. The arrays have the sizes
the file gives, so no text can make anything be written outside them.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.normalise import MAX_LENGTH
from bot.nlu.tokens import Tokeniser
from bot.nlu.weights import Array, WeightsFile, unpack

MAX_TOKENS = 64
"""So many tokens of a message are read: the work grows with them, and the first fifty words say what it is about."""

TOGETHER = 4096
"""Tokens computed at once when many texts are read."""

PREFIX = "query: "
"""The model was trained with this in front of what people ask."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer's arrays, ready to multiply from the right."""

    attend: Array
    attend_bias: Array
    join: Array
    join_bias: Array
    join_scale: Array
    join_shift: Array
    widen: Array
    widen_bias: Array
    narrow: Array
    narrow_bias: Array
    out_scale: Array
    out_shift: Array


class Encoder:
    """Texts to vectors of length 1. Built once; reading changes nothing in it."""

    def __init__(self, weights: WeightsFile) -> None:
        """Raises UnreadableWeights when an array is missing."""
        sizes = weights.sizes
        self._sizes = sizes
        self._epsilon = weights.epsilon
        self._tokeniser = Tokeniser(weights.vocabulary)
        self._words = weights.blocks("emb.word", sizes.hidden)
        self._places = weights.array("emb.pos", sizes.hidden) + weights.array("emb.type", sizes.hidden)[0]
        self._scale = weights.array("emb.ln.w", sizes.hidden)[0]
        self._shift = weights.array("emb.ln.b", sizes.hidden)[0]
        self._layers = [_layer(weights, number) for number in range(sizes.layers)]

    def vector(self, text: str) -> Array:
        found: Array = self.vectors([text])[0]
        return found

    def vectors(self, texts: Sequence[str]) -> Array:
        """One row a text. Texts of equally many tokens are computed together, so nothing has to be padded."""
        by_length: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for number, text in enumerate(texts):
            tokens = self._tokeniser.tokens(PREFIX + text[:MAX_LENGTH], MAX_TOKENS)
            by_length[len(tokens)].append((number, tokens))
        found = np.empty((len(texts), self._sizes.hidden), np.float32)
        for length, rows in by_length.items():
            step = max(1, TOGETHER // length)
            for first in range(0, len(rows), step):
                numbers, tokens_of = zip(*rows[first : first + step], strict=True)
                found[list(numbers)] = self._encode(np.array(tokens_of))
        return found

    def _encode(self, tokens: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> Array:
        texts, length = tokens.shape
        hidden = self._sizes.hidden
        state = unpack(self._words[tokens.ravel()]).reshape(texts, length, hidden)
        state += self._places[:length]
        state = self._levelled(state.reshape(-1, hidden), self._scale, self._shift)
        for layer in self._layers:
            attended = self._attend(state, layer, texts, length)
            attended += state
            state = self._levelled(attended, layer.join_scale, layer.join_shift)
            wide = state @ layer.widen
            wide += layer.widen_bias
            narrow = _gelu(wide) @ layer.narrow
            narrow += layer.narrow_bias
            narrow += state
            state = self._levelled(narrow, layer.out_scale, layer.out_shift)
        mean = state.reshape(texts, length, hidden).mean(axis=1)
        found: Array = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return found

    def _attend(self, state: Array, layer: _Layer, texts: int, length: int) -> Array:
        heads = self._sizes.heads
        mixed = state @ layer.attend
        mixed += layer.attend_bias
        query, key, value = mixed.reshape(texts, length, 3, heads, -1).transpose(2, 0, 3, 1, 4)
        weights = query @ key.transpose(0, 1, 3, 2)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        joined: Array = (weights @ value).transpose(0, 2, 1, 3).reshape(texts * length, -1) @ layer.join
        joined += layer.join_bias
        return joined

    def _levelled(self, rows: Array, scale: Array, shift: Array) -> Array:
        """Layer normalisation (Ba et al. 2016), in place."""
        rows -= rows.mean(axis=-1, keepdims=True)
        spread = np.einsum("ij,ij->i", rows, rows)[:, None] / rows.shape[-1]
        rows /= np.sqrt(spread + self._epsilon)
        rows *= scale
        rows += shift
        return rows


def _layer(weights: WeightsFile, number: int) -> _Layer:
    hidden, inner = weights.sizes.hidden, weights.sizes.inner

    def matrix(name: str, columns: int) -> Array:
        return np.ascontiguousarray(weights.array(f"l{number}.{name}.w", columns).T)

    def vector(name: str) -> Array:
        return weights.array(f"l{number}.{name}", 1).ravel()

    attend = np.concatenate([matrix(name, hidden) for name in "qkv"], axis=1)
    attend_bias = np.concatenate([vector(f"{name}.b") for name in "qkv"])
    # Attention divides by the root of a head's width: done once, here, in the queries.
    root = math.sqrt(hidden // weights.sizes.heads)
    attend[:, :hidden] /= root
    attend_bias[:hidden] /= root
    return _Layer(
        attend=attend,
        attend_bias=attend_bias,
        join=matrix("ao", hidden),
        join_bias=vector("ao.b"),
        join_scale=vector("aln.w"),
        join_shift=vector("aln.b"),
        widen=matrix("fi", hidden),
        widen_bias=vector("fi.b"),
        narrow=matrix("fo", inner),
        narrow_bias=vector("fo.b"),
        out_scale=vector("oln.w"),
        out_shift=vector("oln.b"),
    )


def _gelu(wide: Array) -> Array:
    """The Gaussian error linear unit with the error function of Abramowitz and Stegun 7.1.26 (error < 1.5e-7)."""
    size = np.abs(wide)
    size *= math.sqrt(0.5)
    part = np.reciprocal(np.float32(1) + np.float32(0.3275911) * size)
    tail = np.asarray(np.float32(1.061405429) * part, np.float32)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += factor
        tail *= part
    np.multiply(size, size, out=size)
    np.negative(size, out=size)
    tail *= np.exp(size, out=size)
    # For a negative input tail/2 is the share that stays, for a positive one what is taken off.
    tail *= 0.5
    np.subtract(1, tail, out=tail, where=wide > 0)
    tail *= wide
    return tail
