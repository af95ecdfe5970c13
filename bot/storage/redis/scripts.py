"""The Lua scripts, by name. Each takes the keys it touches and one msgpack table of named options.

A line `--- @include "name"` stands for `lua/include/name.lua`; it is resolved here, once, when the program starts.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

_HERE = Path(__file__).parent / "lua"
_INCLUDE = re.compile(r'^--- @include "(\w+)"$', re.MULTILINE)

SOURCES: dict[str, bytes] = {}
"""Every script by its hash, to send it to a Redis that does not know it."""


class Script:
    """One script. Called, it gives the command that runs it."""

    def __init__(self, name: str) -> None:
        text = (_HERE / f"{name}.lua").read_text()
        source = _INCLUDE.sub(lambda found: (_HERE / "include" / f"{found[1]}.lua").read_text(), text).encode()
        self._sha = hashlib.sha1(source, usedforsecurity=False).hexdigest()
        SOURCES[self._sha] = source

    def __call__(self, keys: Sequence[str], options: Mapping[str, object]) -> tuple[bytes | str | int, ...]:
        return ("EVALSHA", self._sha, len(keys), *keys, _encode(options))


_encode = msgspec.msgpack.Encoder().encode


def blob(data: bytes) -> msgspec.Raw:
    """Bytes for a table of options: Redis' cmsgpack knows no binary type, but any string holds bytes in Lua."""
    return msgspec.Raw(b"\xdb" + len(data).to_bytes(4, "big") + data)


COMMIT = Script("commit")
TAKE = Script("take")
BEGIN = Script("begin")
SETTLE = Script("settle")
RENEW_LEASE = Script("renew_lease")
REPLACE = Script("replace")
REPLACE_FIELD = Script("replace_field")
SAVE_ACCOUNT = Script("save_account")
COUNT_TRY = Script("count_try")
CLAIM_CODE = Script("claim_code")
MOVE = Script("move")
MOVE_ENTRY = Script("move_entry")
