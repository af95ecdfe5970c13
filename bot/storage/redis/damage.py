"""Keys that are not what they should be: a hash where a string belongs. Whatever the reason, one such key must not stop
what goes on around it, so it is taken away under another name, where somebody may look at it, and reported.
"""

from collections.abc import Sequence

from bot.storage.redis import keys
from bot.storage.redis.node import Command
from bot.storage.redis.scripts import TAKE_AWAY

_OF_SEVERAL = frozenset({"MGET", "EXISTS", "DEL"})


def keys_of(command: Command) -> Sequence[str]:
    """The keys that a command names."""
    name, *rest = command
    if name in ("EVALSHA", "EVAL"):
        found = rest[2 : 2 + int(rest[1])]
    elif name in ("XINFO", "XGROUP"):
        found = rest[1:2]
    else:
        found = rest if name in _OF_SEVERAL else rest[:1]
    return [each.decode() if isinstance(each, bytes) else str(each) for each in found]


def take_away(name: str) -> Command:
    """The command that takes this key away if it is of the wrong kind; its answer is 1 then."""
    return TAKE_AWAY([name, aside(name)], {"kind": keys.kind_of(name)[1], "life": keys.BOT_LIFE})


def aside(name: str) -> str:
    """What a damaged key is called: nobody looks there, and it lies in the same slot of a Cluster."""
    return f"damaged:{name}" if "{" in name else f"damaged:{{{name}}}"
