"""The docs name what there is, and their links lead somewhere."""

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from bot.cli import make_parser
from bot.settings import SETTINGS, Setting

ROOT = Path(__file__).parent.parent
NOT_OURS = {".venv", "var", "node_modules"}
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part in NOT_OURS or part.startswith(".") for part in path.relative_to(ROOT).parts)
)

ADRS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))


def _read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def commands() -> list[str]:
    """Every sub-command of `python -m bot`."""
    action = next(each for each in make_parser()._actions if isinstance(each, argparse._SubParsersAction))
    return sorted(action.choices)


def targets() -> list[str]:
    """Every make target with a help text."""
    return re.findall(r"^([a-z-]+):.*## ", _read("Makefile"), re.MULTILINE)


def packages() -> list[str]:
    """Every package in pyproject.toml, without version and extras."""
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return [re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0] for each in wanted]


def links(page: str) -> list[str]:
    """Targets of the relative links of a page, without what stands in code."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", page, flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: str) -> set[str]:
    """The names by which headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_every_setting_is_in_the_table_of_operations(name: str) -> None:
    assert f"\n| `{name}` |" in _read("docs/operations.md")


def test_operations_names_no_setting_that_does_not_exist() -> None:
    table = _read("docs/operations.md").split("## Settings")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_operations_tells_what_is_required_and_the_defaults(setting: Setting) -> None:
    row = next(line for line in _read("docs/operations.md").splitlines() if line.startswith(f"| `{setting.name}` |"))
    last = row.rstrip("| ").rpartition("|")[2].strip()
    assert last.startswith("required") == setting.required
    if setting.default:
        assert last == f"`{setting.default}`"


@pytest.mark.parametrize("command", commands())
def test_every_command_is_named(command: str) -> None:
    assert re.search(rf"`{command}`|python -m bot {command}\b", _read("README.md", "docs/operations.md"))


@pytest.mark.parametrize("target", targets())
def test_every_make_target_is_named(target: str) -> None:
    assert re.search(rf"\bmake {target}\b", _read("README.md", "CONTRIBUTING.md"))


@pytest.mark.parametrize("package", packages())
def test_every_package_has_a_reason(package: str) -> None:
    assert re.search(rf"^\| `{re.escape(package)}[`\[]", _read("docs/dependencies.md"), re.MULTILINE)


def test_the_versions_in_the_reasons_are_the_pinned_ones() -> None:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    page = _read("docs/dependencies.md")
    for wanted in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        name, version = re.match(r"(\S+?)==([^\s;]+)", wanted).groups()  # type: ignore[union-attr]
        assert f"| `{name}` | {version} |" in page


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_of_a_page_needs_scrolling_sideways(path: Path) -> None:
    """Rows of a table cannot be wrapped."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 100 and not line.lstrip().startswith("|")] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_a_page_names_is_there(path: Path) -> None:
    file = ""
    for name, test in re.findall(r"`([\w/.]*)::(\w+)`", path.read_text(encoding="utf-8")):
        file = name or file
        assert f"def {test}(" in _read(file), f"{file}::{test}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for link in links(path.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_privacy_names_only_files_that_exist() -> None:
    for name in re.findall(r"`((?:tests|bot)/[\w/.]+\.py)`", _read("docs/privacy.md")):
        assert (ROOT / name).exists(), name


CODE = [
    path
    for place in ("app.py", "gunicorn.conf.py", "bot", "tests", "bench", "flows")
    for path in ([ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*")))
    if path.suffix in {".py", ".lua", ".toml", ".js", ".html", ".txt"} and "utterances" not in path.parts
]


def references(text: str) -> list[str]:
    """Every page and every decision that a text names."""
    pages = re.findall(r"(?<![\w/*`])(?:[\w.-]+/)*[\w-]+\.md\b", text)
    return pages + re.findall(r"\bADR \d+|\bdecision \d+", text)


def test_code_names_only_pages_that_are_here() -> None:
    here = {str(path.relative_to(ROOT)) for path in PAGES} | {f"ADR {int(path.name[:4])}" for path in ADRS}
    dead = {}
    for path in CODE:
        name = str(path.relative_to(ROOT))
        if name == "tests/test_docs.py":
            continue
        named = references(path.read_text(encoding="utf-8"))
        if missing := [each for each in named if each not in here and not (path.parent / each).exists()]:
            dead[name] = missing
    assert dead == {}


def test_decisions_are_numbered_without_a_gap_and_each_says_why() -> None:
    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))
    for path in ADRS:
        page = path.read_text(encoding="utf-8")
        assert page.startswith(f"# {int(path.name[:4])}. ")
        missing = [part for part in ("**Decided.**", "**Why", "**Consequences.**") if part not in page]
        assert missing == [], path.name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(path: Path) -> None:
    """A file that is only made later, such as those of a new language, has <> or * in its name."""
    named = re.findall(r"`((?:bot|tests|flows|docs|bench|locales)/[\w/.-]*)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_pages_are_found_and_a_dead_link_would_be_seen() -> None:
    assert ROOT / "README.md" in PAGES
    assert links("[a](b.md) `[c](d.md)` [e](https://example.org) [f](#g)") == ["b.md", "#g"]
