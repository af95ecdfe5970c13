"""Writes a graph in the format of ONNX (https://onnx.ai), with what ours needs of it.

The format is protobuf: fields of a number, a kind and a value. Writing it takes a few lines; the package `onnx` is
needed by nobody who only writes.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 10
OPSET = 20
CONTRIB = "com.microsoft"
"""onnxruntime's own operators."""

_FLOAT = 1
_TENSOR_KINDS = {"float32": _FLOAT, "uint8": 2, "int8": 3, "int64": 7}

Attribute = int | float


class OnnxGraph:
    """A graph that grows node by node. Values are known by their names."""

    def __init__(self) -> None:
        self._count = 0
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, array: "NDArray[np.generic]") -> str:
        """Add an array; its name."""
        name = self._name("c")
        dimensions = [_number(1, size) for size in array.shape]
        kind = _number(2, _TENSOR_KINDS[array.dtype.name])
        values = array.astype(array.dtype.newbyteorder("<")).tobytes()
        self._constants.append(_bytes(5, b"".join([*dimensions, kind, _text(8, name), _bytes(9, values)])))
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", output: str = "", **attributes: Attribute) -> str:
        """Add an operation with one result; its name. An input "" is left out."""
        return self.nodes(operator, *inputs, domain=domain, outputs=[output or self._name("v")], **attributes)[0]

    def nodes(
        self, operator: str, *inputs: str, domain: str = "", outputs: Sequence[str] = (), **attributes: Attribute
    ) -> list[str]:
        """Add an operation with several results, as many as there are `outputs`; their names."""
        outputs = [output or self._name("v") for output in outputs]
        parts = [_text(1, name) for name in inputs] + [_text(2, name) for name in outputs]
        parts += [_text(3, self._name("n")), _text(4, operator)]
        parts += [_bytes(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(_bytes(1, b"".join([*parts, _text(7, domain)])))
        return outputs

    def model(self, inputs: Mapping[str, Sequence[int | str]], outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        """The file. inputs, outputs: name -> its dimensions, a number or the name of one that varies; all floats."""
        parts = [*self._nodes, _text(2, "encoder"), *self._constants]
        parts += [_bytes(11, _value(name, shape)) for name, shape in inputs.items()]
        parts += [_bytes(12, _value(name, shape)) for name, shape in outputs.items()]
        opsets = [_bytes(8, _text(1, domain) + _number(2, version)) for domain, version in (("", OPSET), (CONTRIB, 1))]
        return b"".join([_number(1, IR_VERSION), *opsets, _bytes(7, b"".join(parts))])

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _attribute(name: str, value: Attribute) -> bytes:
    typed = _float(2, value) + _number(20, 1) if isinstance(value, float) else _number(3, value) + _number(20, 2)
    return _text(1, name) + typed


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    dimensions = [_bytes(1, _number(1, size) if isinstance(size, int) else _text(2, size)) for size in shape]
    tensor = _number(1, _FLOAT) + _bytes(2, b"".join(dimensions))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))
