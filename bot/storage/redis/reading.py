"""Bytes of Redis as text and numbers. What is damaged is read as something that nobody is called, or as 0, so that one
value does not end whatever reads it among others.
"""


def text(raw: bytes) -> str:
    """As UTF-8, with a sign of replacement for what is not."""
    return raw.decode("utf-8", "replace")


def number(raw: bytes) -> int:
    """0 for what is none."""
    try:
        return int(raw)
    except ValueError:
        return 0


def is_whole(raw: bytes) -> bool:
    """Can it be an id of ours? They are plain ASCII."""
    return raw.isascii()
