"""Sentence embeddings by multilingual-e5-small, its weights read as data.

"Multilingual E5 Text Embeddings" (Wang et al. 2024): a BERT encoder (Devlin et al. 2019) with twelve layers of
attention and feed-forward over SentencePiece tokens; the embedding is the mean over the tokens. Array sizes come from
the file, so no text can cause a write outside them.

`Encoder` turns texts into arrays of floats; a `Network` computes with these, and sees no text. `NumpyNetwork` is the
one that runs everywhere; `bot/encoder` has the fast one.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

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

LAYERS = (4, 6, 8, 12)
"""The layers whose state comes out of a pass; the last is the embedding."""


class EncoderUnavailable(Exception):
    """There is no embedding now; the message says why in one word. Letters must do."""


class Network(Protocol):
    """The layers of the encoder."""

    @property
    def name(self) -> str:
        """For operators: what computes."""
        ...

    def prepare(self) -> None:
        """Do now what would else be done with the first text in this process."""
        ...

    def run(self, texts: Sequence[Array]) -> Array:
        """One row of `LAYERS` vectors of length 1 per text. A text comes as one vector per token, the sum of its
        word, position and type; there is at least one. What stands beside a text makes no difference to its row.

        Raises EncoderUnavailable.
        """
        ...


class TokenRows:
    """Turns texts into what a `Network` computes with. Built once; it does not change."""

    def __init__(self, weights: WeightsFile) -> None:
        """Raises UnreadableWeights when an array is missing."""
        hidden = self.hidden = weights.sizes.hidden
        self._tokeniser = Tokeniser(weights.vocabulary)
        self._token_vectors = weights.blocks("emb.word", hidden)
        self._positions = weights.array("emb.pos", hidden) + weights.array("emb.type", hidden)[0]

    def tokens(self, text: str) -> list[int]:
        """The ids of the tokens of a text, of at most MAX_TOKENS and the two around them."""
        return self._tokeniser.tokens(PREFIX + text[:MAX_LENGTH], MAX_TOKENS)

    def rows(self, tokens: Sequence[int]) -> Array:
        """One vector per token: its word, its position and its type."""
        rows = unpack(self._token_vectors[np.array(tokens)])
        rows += self._positions[: len(tokens)]
        return rows


class Encoder:
    """Turns texts into embeddings of length 1. Built once; encoding changes nothing in it."""

    def __init__(self, token_rows: TokenRows, network: Network) -> None:
        self.network = network
        self._token_rows = token_rows

    def vector(self, text: str) -> Array:
        """The embedding of one text. Raises EncoderUnavailable."""
        found: Array = self.layers([text])[0, -1]
        return found

    def vectors(self, texts: Sequence[str]) -> Array:
        """One embedding per text. Raises EncoderUnavailable."""
        return self.layers(texts)[:, -1]

    def layers(self, texts: Sequence[str]) -> Array:
        """texts x LAYERS x hidden: the mean state after each of `LAYERS`, of length 1. Raises EncoderUnavailable."""
        tokens = [self._token_rows.tokens(text) for text in texts]
        found = np.empty((len(texts), len(LAYERS), self._token_rows.hidden), np.float32)
        # Texts of nearly equal length together: a batch is then hardly padded.
        order = sorted(range(len(texts)), key=lambda number: len(tokens[number]))
        for numbers in _batches(order, tokens):
            found[numbers] = self.network.run([self._token_rows.rows(tokens[number]) for number in numbers])
        return found


def _batches(order: Sequence[int], tokens: Sequence[Sequence[int]]) -> list[list[int]]:
    """`order` in parts of at most BATCH_TOKENS tokens."""
    found: list[list[int]] = []
    size = BATCH_TOKENS
    for number in order:
        if size + len(tokens[number]) > BATCH_TOKENS:
            found.append([])
            size = 0
        found[-1].append(number)
        size += len(tokens[number])
    return found


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


class NumpyNetwork:
    """A `Network` by numpy, in single precision."""

    name = "numpy"

    def __init__(self, weights: WeightsFile) -> None:
        """Raises UnreadableWeights when an array is missing."""
        sizes = weights.sizes
        self._sizes = sizes
        self._epsilon = weights.epsilon
        self._scale = weights.array("emb.ln.w", sizes.hidden)[0]
        self._shift = weights.array("emb.ln.b", sizes.hidden)[0]
        self._layers = [_layer(weights, number) for number in range(sizes.layers)]

    def prepare(self) -> None:
        """Everything is there."""

    def run(self, texts: Sequence[Array]) -> Array:
        """See `Network`. Texts of equal length share a pass, so nothing is padded."""
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, rows in enumerate(texts):
            by_length[len(rows)].append(number)
        found = np.empty((len(texts), len(LAYERS), self._sizes.hidden), np.float32)
        for numbers in by_length.values():
            found[numbers] = self._encode(np.stack([texts[number] for number in numbers]))
        return found

    def _encode(self, rows: Array) -> Array:
        texts, length, hidden = rows.shape
        state = self._layer_norm(rows.reshape(-1, hidden), self._scale, self._shift)
        means = []
        for number, layer in enumerate(self._layers, start=1):
            attended = self._attend(state, layer, texts, length)
            attended += state
            state = self._layer_norm(attended, layer.attention_norm_scale, layer.attention_norm_shift)
            wide = state @ layer.feed_in
            wide += layer.feed_in_bias
            narrow = _gelu(wide) @ layer.feed_out
            narrow += layer.feed_out_bias
            narrow += state
            state = self._layer_norm(narrow, layer.feed_norm_scale, layer.feed_norm_shift)
            if number in LAYERS:
                means.append(state.reshape(texts, length, hidden).mean(axis=1))
        return of_length_1(np.stack(means, axis=1))

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


def of_length_1(vectors: Array) -> Array:
    """The same directions, each vector of length 1."""
    found: Array = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return found


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
