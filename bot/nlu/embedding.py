"""Sentence embeddings by multilingual-e5-small, its weights read as data and run by numpy.

"Multilingual E5 Text Embeddings" (Wang et al. 2024): a BERT encoder (Devlin et al. 2019) with twelve layers of
attention and feed-forward over SentencePiece tokens; the embedding is the mean over the tokens. Array sizes come from
the file, so no text can cause a write outside them.
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
"""How many tokens of a message are read. The work grows with them, and the first fifty words say what it is about."""

BATCH_TOKENS = 4096
"""Tokens per batch when many texts are read."""

PREFIX = "query: "
"""The model was trained with this in front of questions."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """The arrays of one transformer layer, ready to multiply from the right."""

    qkv: Array
    """Query, key and value projections, side by side."""
    qkv_bias: Array
    attention_out: Array
    attention_out_bias: Array
    attention_norm_scale: Array
    attention_norm_shift: Array
    feed_in: Array
    feed_in_bias: Array
    feed_out: Array
    feed_out_bias: Array
    feed_norm_scale: Array
    feed_norm_shift: Array


class Encoder:
    """Turns texts into embeddings of length 1. Built once; encoding changes nothing in it."""

    def __init__(self, weights: WeightsFile) -> None:
        """Raises UnreadableWeights when an array is missing."""
        sizes = weights.sizes
        self._sizes = sizes
        self._epsilon = weights.epsilon
        self._tokeniser = Tokeniser(weights.vocabulary)
        self._token_vectors = weights.blocks("emb.word", sizes.hidden)
        self._positions = weights.array("emb.pos", sizes.hidden) + weights.array("emb.type", sizes.hidden)[0]
        self._scale = weights.array("emb.ln.w", sizes.hidden)[0]
        self._shift = weights.array("emb.ln.b", sizes.hidden)[0]
        self._layers = [_layer(weights, number) for number in range(sizes.layers)]

    def vector(self, text: str) -> Array:
        """The embedding of one text."""
        found: Array = self.vectors([text])[0]
        return found

    def vectors(self, texts: Sequence[str]) -> Array:
        """One row per text. Texts of equal length in tokens share a batch, so nothing is padded."""
        by_length: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for number, text in enumerate(texts):
            tokens = self._tokeniser.tokens(PREFIX + text[:MAX_LENGTH], MAX_TOKENS)
            by_length[len(tokens)].append((number, tokens))
        found = np.empty((len(texts), self._sizes.hidden), np.float32)
        for length, rows in by_length.items():
            step = max(1, BATCH_TOKENS // length)
            for first in range(0, len(rows), step):
                numbers, tokens_of = zip(*rows[first : first + step], strict=True)
                found[list(numbers)] = self._encode(np.array(tokens_of))
        return found

    def _encode(self, tokens: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> Array:
        texts, length = tokens.shape
        hidden = self._sizes.hidden
        state = unpack(self._token_vectors[tokens.ravel()]).reshape(texts, length, hidden)
        state += self._positions[:length]
        state = self._layer_norm(state.reshape(-1, hidden), self._scale, self._shift)
        for layer in self._layers:
            attended = self._attend(state, layer, texts, length)
            attended += state
            state = self._layer_norm(attended, layer.attention_norm_scale, layer.attention_norm_shift)
            wide = state @ layer.feed_in
            wide += layer.feed_in_bias
            narrow = _gelu(wide) @ layer.feed_out
            narrow += layer.feed_out_bias
            narrow += state
            state = self._layer_norm(narrow, layer.feed_norm_scale, layer.feed_norm_shift)
        mean = state.reshape(texts, length, hidden).mean(axis=1)
        found: Array = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return found

    def _attend(self, state: Array, layer: _Layer, texts: int, length: int) -> Array:
        heads = self._sizes.heads
        mixed = state @ layer.qkv
        mixed += layer.qkv_bias
        query, key, value = mixed.reshape(texts, length, 3, heads, -1).transpose(2, 0, 3, 1, 4)
        weights = query @ key.transpose(0, 1, 3, 2)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        output: Array = (weights @ value).transpose(0, 2, 1, 3).reshape(texts * length, -1) @ layer.attention_out
        output += layer.attention_out_bias
        return output

    def _layer_norm(self, rows: Array, scale: Array, shift: Array) -> Array:
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

    qkv = np.concatenate([matrix(name, hidden) for name in "qkv"], axis=1)
    qkv_bias = np.concatenate([vector(f"{name}.b") for name in "qkv"])
    # Attention divides by the square root of the head width: done once, here, in the queries.
    root = math.sqrt(hidden // weights.sizes.heads)
    qkv[:, :hidden] /= root
    qkv_bias[:hidden] /= root
    return _Layer(
        qkv=qkv,
        qkv_bias=qkv_bias,
        attention_out=matrix("ao", hidden),
        attention_out_bias=vector("ao.b"),
        attention_norm_scale=vector("aln.w"),
        attention_norm_shift=vector("aln.b"),
        feed_in=matrix("fi", hidden),
        feed_in_bias=vector("fi.b"),
        feed_out=matrix("fo", inner),
        feed_out_bias=vector("fo.b"),
        feed_norm_scale=vector("oln.w"),
        feed_norm_shift=vector("oln.b"),
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
