"""A parsed file against its schema. `msgspec.convert` stops at the first fault; this names every one of them."""

import json
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

Report = Callable[[str, str], None]
"""Takes a fault: at which place of the file, and what is wrong there."""

Table = TypeVar("Table", bound=msgspec.Struct)


def checked(data: object, schema: type[Table], report: Report, where: str = "") -> Table | None:
    """`data`, a parsed table, as `schema`; None when a field of the table itself is wrong.

    Every fault goes to `report`. Of rows within the table the sound ones are returned, the others are left out.
    """
    if not isinstance(data, dict):
        report(where, "must be a table")
        return None
    fields = _fields(schema)
    for name in data:
        if name not in fields:
            report(below(where, name), f'"{name}" is not a known field; there are {", ".join(fields)}')
    sound = not set(data) - set(fields)
    values = {}
    for name, field in fields.items():
        if name in data:
            values[field.name] = _value(data[name], field.type, below(where, name), report)
        elif field.required:
            report(below(where, name), f'"{name}" is missing{_hint(field.type)}')
            sound = False
    return schema(**values) if sound and _WRONG not in values.values() else None


def rows(data: Mapping[str, object], kind: Any, report: Report, names: Any = str) -> dict[str, Any]:
    """A file that is nothing but name -> `kind` (a schema, or a type like list[str]): its sound rows.

    names: the type of the names, where they are not free.
    """
    return _named(data, names, kind, "", report)


def below(where: str, name: str) -> str:
    """The place of the entry `name` of the table at `where`."""
    return f"{where}.{name}" if where else name


class _Wrong:
    """Stands for a value that was reported. Equal to nothing else."""


_WRONG = _Wrong()


@cache
def _fields(schema: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(schema)}


def _value(value: object, kind: Any, where: str, report: Report) -> Any:
    """`value` as `kind`; _WRONG after a report."""
    if _is_table(kind):
        table = checked(value, kind, report, where)
        return _WRONG if table is None else table
    origin, inner = get_origin(kind), get_args(kind)
    if origin is dict and isinstance(value, dict):
        return _named(value, inner[0], inner[1], where, report)
    if origin is list and isinstance(value, list) and _is_table(inner[0]):
        return _items(value, inner[0], where, report)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        report(where, _problem(value, kind, where.rpartition(".")[2]))
        return _WRONG


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _named(table: Mapping[str, object], names: Any, kind: Any, where: str, report: Report) -> dict[Any, Any]:
    """The sound rows of a table whose names must be `names` too."""
    found = {}
    for name, value in table.items():
        try:
            key = msgspec.convert(name, names)
        except msgspec.ValidationError:
            report(below(where, name), f"is not {_described(names)}")
            continue
        row = _value(value, kind, below(where, name), report)
        if row is not _WRONG:
            found[key] = row
    return found


def _items(values: list[object], schema: type[Table], where: str, report: Report) -> list[Table]:
    """Tables one under another; each is known by its id, or by its number where none has one."""
    found = []
    for number, value in enumerate(values, start=1):
        name = value.get("id") if isinstance(value, dict) else None
        if "id" not in _fields(schema):
            name = str(number)
        table = checked(value, schema, report, f"{where} {name}" if isinstance(name, str) and name else where)
        if table is not None:
            found.append(table)
    return found


def _problem(value: object, kind: Any, name: str) -> str:
    if isinstance(value, str) and not value.strip() and _meant(kind) is str:
        return f'"{name}" is missing'
    described = _described(kind)
    if described.startswith("only"):
        return f"{name} can be {described}"
    if described.startswith("one of"):
        shown = json.dumps(value, ensure_ascii=False, default=str)
        return f"{name} = {shown} is not possible: {name} must be {described}"
    return f'"{name}" must be {described}'


def _hint(kind: Any) -> str:
    """What a missing field should hold, where a schema says so."""
    return f": {_described(kind)}" if get_origin(kind) is Annotated and _description(kind) else ""


def _description(kind: Any) -> str:
    found = (each.description for each in kind.__metadata__ if isinstance(each, msgspec.Meta))
    return next((text for text in found if text), "")


def _meant(kind: Any) -> Any:
    """The type without what is annotated, and without "may be absent"."""
    if get_origin(kind) is Annotated:
        return _meant(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _meant(next(each for each in get_args(kind) if each is not msgspec.UnsetType))
    return kind


def _described(kind: Any) -> str:
    """A type in a writer's words."""
    if get_origin(kind) is Annotated and _description(kind):
        return _description(kind)
    kind = _meant(kind)
    if get_origin(kind) is Annotated and _description(kind):
        return _description(kind)
    if get_origin(kind) is Literal:
        possible = [str(each) for each in get_args(kind) if each != ""]
        return f"one of {', '.join(possible)}" if len(possible) > 1 else f'only "{possible[0]}"'
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of {', '.join(str(each.value) for each in kind)}"
    if get_origin(kind) is list:
        inner = _described(get_args(kind)[0])
        return f"a list: {inner}" if inner.startswith("one of") else "a list of texts"
    return {str: "text", bool: "true or false"}.get(kind, "a table")
