"""Conversations for tests, without having to know how they are nested."""

from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from bot.dialogue.conversation import Conversation, Handling, Position, Privacy, Told

PARTS: dict[str, type[Struct]] = {"position": Position, "told": Told, "handling": Handling, "privacy": Privacy}
PART_OF = {field.name: part for part, kind in PARTS.items() for field in fields(kind)}


def a_conversation(**values: Any) -> Conversation:
    """A conversation with these fields; each by its own name, whatever part it belongs to."""
    own = {name: value for name, value in values.items() if name not in PART_OF}
    parts: dict[str, dict[str, Any]] = {}
    for name in values.keys() - own.keys():
        parts.setdefault(PART_OF[name], {})[name] = values[name]
    nested: dict[str, Any] = {part: PARTS[part](**inside) for part, inside in parts.items()}
    return Conversation(**own, **nested)
