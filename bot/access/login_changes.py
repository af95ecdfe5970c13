"""What changed in how somebody logs in: told to its owner and to administrators until they say they have seen it."""

import msgspec

MAX_CHANGES = 20
"""Newest changes kept for one reader; the audit log has all of them."""


class LoginChange(msgspec.Struct, frozen=True):
    """One change."""

    name: str
    """Whose account changed."""

    what: str
    """As in the audit log."""

    second: int
    """Since 1970."""


def added(changes: tuple[LoginChange, ...], change: LoginChange) -> tuple[LoginChange, ...]:
    """`changes` and one more."""
    return (*changes, change)[-MAX_CHANGES:]


def unseen(changes: tuple[LoginChange, ...], second: int) -> tuple[LoginChange, ...]:
    """Those that came after `second`: the others have been seen."""
    return tuple(each for each in changes if each.second > second)
