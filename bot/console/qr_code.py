"""A QR code that stands in the page itself, so that its content is in no address and no file."""

import segno
from markupsafe import Markup


def square(text: str) -> Markup:
    """SVG; without colours of its own it would be unreadable on a dark page."""
    drawn: str = segno.make(text, micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by segno from modules; the text itself is not in it
