"""A TOML file as plain tables; what cannot be read is a fault like any other."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parsed(path: Path, report: Callable[[str, str], None]) -> dict[str, Any] | None:
    """The tables of the file at `path`; None after a report."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        report("", f"cannot be read: {error.__class__.__name__}")
    except UnicodeDecodeError:
        report("", "is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        report("", f"is not TOML: {error}")
    return None
