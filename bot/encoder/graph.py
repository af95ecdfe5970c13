"""The layers of the encoder as a graph for onnxruntime, in whole numbers of 8 bits, made from the weights.

Matrix products are in whole numbers: a weight has 7 bits and a scale per column, a state 8 bits and a scale per token.
With 7 bits the sums of two products stay inside the 16 bits in which processors without VNNI (AVX2) keep them. With a
scale per token, instead of one for all that is computed together, no text changes the embedding of another.
"""

import math
from dataclasses import dataclass

import numpy as np

from bot.encoder.onnx import CONTRIB, OnnxGraph
from bot.nlu.embedding import LAYERS
from bot.nlu.weights import Array, WeightsFile

VECTORS, ROWS, MASK, SHARES = "vectors", "rows", "mask", "shares"
"""Names of the result and the inputs; see `encoder_graph`."""

WEIGHT_STEPS = 64
STATE_STEPS = 127
ZERO = 128
"""How a state of 0 is written: states are stored without a sign."""


def encoder_graph(weights: WeightsFile) -> bytes:
    """The graph. Equal weights give equal bytes, on any machine. Raises UnreadableWeights when an array is missing.

    Inputs: `rows`, texts x tokens x hidden; `mask`, texts x 1 x tokens x tokens, 0 where a token may look at
    another, else far below 0; `shares`, texts x 1 x tokens, what each token counts in the mean.
    Result: `vectors`, texts x LAYERS x hidden, of any length.
    """
    return _Builder(weights).model()


@dataclass(frozen=True, slots=True)
class _Matrix:
    """A weight matrix in whole numbers, ready to multiply from the right: the names of the parts."""

    values: str
    scales: str


class _Builder:
    def __init__(self, weights: WeightsFile) -> None:
        self._weights = weights
        graph = self._graph = OnnxGraph()
        self._last_axis = graph.constant(np.array([-1], np.int64))
        self._as_table = graph.constant(np.array([-1, weights.sizes.hidden], np.int64))
        self._one = graph.constant(np.array(1, np.float32))
        self._step = graph.constant(np.array(1 / STATE_STEPS, np.float32))
        self._zero = graph.constant(np.array(ZERO, np.uint8))
        self._as_texts = graph.node("Shape", ROWS)
        tokens = graph.node("Shape", graph.node("Reshape", SHARES, self._last_axis))
        self._zeros = graph.node("Expand", graph.constant(np.array([ZERO], np.uint8)), tokens)

    def model(self) -> bytes:
        graph, sizes = self._graph, self._weights.sizes
        scale, shift = self._vector("emb.ln.w"), self._vector("emb.ln.b")
        table = graph.node("Reshape", ROWS, self._as_table)
        state = graph.node("LayerNormalization", table, scale, shift, axis=-1, epsilon=self._weights.epsilon)
        means = []
        for number in range(sizes.layers):
            state = self._layer(state, f"l{number}.")
            if number + 1 in LAYERS:
                means.append(graph.node("MatMul", SHARES, graph.node("Reshape", state, self._as_texts)))
        graph.node("Concat", *means, axis=1, output=VECTORS)
        inputs = {
            ROWS: ("texts", "tokens", sizes.hidden),
            MASK: ("texts", 1, "tokens", "tokens"),
            SHARES: ("texts", 1, "tokens"),
        }
        return graph.model(inputs, {VECTORS: ("texts", len(LAYERS), sizes.hidden)})

    def _layer(self, state: str, layer: str) -> str:
        graph, sizes = self._graph, self._weights.sizes
        mixed = self._product(state, sizes.hidden, *(f"{layer}{part}.w" for part in "qkv"))
        parts = graph.nodes("Split", mixed, outputs=["", "", ""], axis=1, num_outputs=3)
        query, key, value = (graph.node("Reshape", part, self._as_texts) for part in parts)
        bias = graph.constant(np.concatenate([self._weights.array(f"{layer}{part}.b", 1).ravel() for part in "qkv"]))
        attended = graph.node(
            "MultiHeadAttention", query, key, value, bias, "", MASK,
            domain=CONTRIB, num_heads=sizes.heads, scale=1 / math.sqrt(sizes.hidden // sizes.heads),
        )  # fmt: skip
        attended = self._product(graph.node("Reshape", attended, self._as_table), sizes.hidden, f"{layer}ao.w")
        state = self._normalised(attended, state, f"{layer}aln", f"{layer}ao.b")
        wide = self._product(state, sizes.hidden, f"{layer}fi.w")
        wide = graph.node("BiasGelu", wide, self._vector(f"{layer}fi.b"), domain=CONTRIB)
        narrow = self._product(wide, sizes.inner, f"{layer}fo.w")
        return self._normalised(narrow, state, f"{layer}oln", f"{layer}fo.b")

    def _product(self, state: str, columns: int, *names: str) -> str:
        """`state`, a row per token, times the matrices of these names side by side."""
        graph, matrix = self._graph, self._matrix(columns, names)
        largest = graph.node("ReduceMax", graph.node("Abs", state), self._last_axis, keepdims=0)
        scales = graph.node("Mul", largest, self._step)
        whole = graph.node("QuantizeLinear", state, scales, self._zeros, axis=0)
        product = graph.node(
            "MatMulIntegerToFloat", whole, matrix.values, self._one, matrix.scales, self._zero, domain=CONTRIB
        )
        return graph.node("Mul", product, graph.node("Unsqueeze", scales, self._last_axis))

    def _matrix(self, columns: int, names: tuple[str, ...]) -> _Matrix:
        rows = np.concatenate([self._weights.array(name, columns) for name in names])
        scales: Array = np.abs(rows).max(axis=1) / np.float32(WEIGHT_STEPS)
        scales[scales == 0] = 1
        values = np.rint(rows / scales[:, None]).astype(np.int8).T
        return _Matrix(self._graph.constant(values), self._graph.constant(scales))

    def _normalised(self, state: str, before: str, norm: str, bias: str) -> str:
        """Layer normalisation of `state` with its bias and what was there before."""
        scale, shift = self._vector(f"{norm}.w"), self._vector(f"{norm}.b")
        return self._graph.node(
            "SkipLayerNormalization", state, before, scale, shift, self._vector(bias),
            domain=CONTRIB, epsilon=self._weights.epsilon,
        )  # fmt: skip

    def _vector(self, name: str) -> str:
        return self._graph.constant(self._weights.array(name, 1).ravel())
