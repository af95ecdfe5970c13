"""The dialogue as a drawing: `mermaid` for documents, `svg` for people."""

from bot.content.graph.drawing import svg
from bot.content.graph.flowchart import mermaid

__all__ = ["mermaid", "svg"]
