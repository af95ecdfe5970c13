"""The graph is written so that onnxruntime reads it as it was meant."""

import numpy as np
import pytest

from bot.encoder.loading import has_onnxruntime
from bot.encoder.network import onnxruntime
from bot.encoder.onnx import OnnxGraph

pytestmark = pytest.mark.model


def test_a_graph_does_what_it_says() -> None:
    graph = OnnxGraph()
    table = np.arange(300, dtype=np.float32).reshape(3, 100)
    left, right = graph.nodes("Split", "given", outputs=["", ""], axis=1, num_outputs=2)
    product = graph.node("MatMul", graph.node("Sub", left, right), graph.constant(table))
    graph.node("LeakyRelu", product, alpha=0.25, output="found")
    file = graph.model({"given": ("rows", 6)}, {"found": ("rows", 100)})
    if not has_onnxruntime():
        return
    session = onnxruntime().InferenceSession(file, providers=["CPUExecutionProvider"])
    assert [(each.name, each.shape, each.type) for each in session.get_inputs()] == [
        ("given", ["rows", 6], "tensor(float)")
    ]
    given = np.array([[1, 2, 3, 0, 0, 1], [0, 0, 0, 1, 2, 3]], np.float32)
    wanted = (given[:, :3] - given[:, 3:]) @ table
    assert session.run(None, {"given": given})[0] == pytest.approx(np.where(wanted < 0, wanted / 4, wanted))
