"""Every key in Redis and how long it lives. The contact id is the cluster tag of all keys of one person."""

BOT_LIFE = 72 * 3600
"""Seconds after the last message until a conversation is gone (decision 10)."""

ADVISOR_LIFE = 7 * 24 * 3600
"""The same for one an advisor holds or held."""

TURNS_KEPT = 1000
"""Turns kept per person: the transcript, and the answers to repeat word for word. More in one life is a flood."""

TRIM_EVERY = 256
"""How often, in turns, the older ones are dropped."""

WAITING = "helpline:waiting"
"""Sorted set: contact id by the minute they asked for an advisor."""

FINGERPRINTS = "helpline:fingerprints"
"""Marks of the peppers and data keys this Redis was filled with."""


def conversation(contact: str) -> str:
    return f"helpline:{{{contact}}}:conversation"


def turns(contact: str) -> str:
    """Hash: hash of a message id -> the sealed turn it caused, its answer included."""
    return f"helpline:{{{contact}}}:turns"
