"""A QR code as part of the page itself, so that its content is in no address and no file."""

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """An SVG element. It has colours of its own: without them it would be unreadable on a dark page."""
    drawn: str = segno.make(text, micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by segno from modules; the text itself is not in it
