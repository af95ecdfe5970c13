"""A Lua script as a command of Redis."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

_LUA = Path(__file__).parent / "lua"
_INCLUDE = re.compile(r'^--- @include "(\w+)"$', re.MULTILINE)

SOURCES: dict[str, bytes] = {}
"""Every script by its hash, to send it to a Redis that does not know it."""


class Script:
    """A Lua script. It takes the keys it touches and one msgpack table of named options; called, it gives the command
    that runs it.

    A line `--- @include "name"` stands for `lua/include/name.lua`; it is resolved here, once, when the program starts.
    """

    def __init__(self, name: str) -> None:
        text = (_LUA / f"{name}.lua").read_text()
        source = _INCLUDE.sub(lambda found: (_LUA / "include" / f"{found[1]}.lua").read_text(), text).encode()
        self._sha = hashlib.sha1(source, usedforsecurity=False).hexdigest()
        SOURCES[self._sha] = source

    def __call__(self, keys: Sequence[str], options: Mapping[str, object]) -> tuple[bytes | str | int, ...]:
        return ("EVALSHA", self._sha, len(keys), *keys, _encode(options))


_encode = msgspec.msgpack.Encoder().encode


def blob(data: bytes) -> msgspec.Raw:
    """Bytes for a table of options: Redis' cmsgpack knows no binary type, but any string holds bytes in Lua."""
    return msgspec.Raw(b"\xdb" + len(data).to_bytes(4, "big") + data)
