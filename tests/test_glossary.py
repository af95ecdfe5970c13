"""docs/glossary.md holds: the words it says to avoid are found nowhere."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
GLOSSARY = ROOT / "docs/glossary.md"
PLACES = (
    "app.py", "bench", "bot", "docs", "flows", "gunicorn.conf.py", "locales/supported.toml", "tests", "Makefile",
    "pyproject.toml", "README.md", "CONTRIBUTING.md", "SECURITY.md",
)  # fmt: skip
NOT_YET: set[str] = set()
"""Files that are still being rewritten."""

NOT_READ = {"docs/glossary.md", "docs/advisors.md", "docs/supervisors.md", "CHANGELOG.md", "tests/test_glossary.py"}
"""The list itself, two pages in Dutch, and the history, which says what was true when it was written."""

ALLOWED = {
    **{
        ("bot/storage/flat.py", word): "fields of records that earlier versions wrote"
        for word in (".asked_country", "greeted", "maybe_read", "misses", "trail")
    },
    ("bot/storage/codec.py", "greeted"): "a field that earlier versions read when they are put back",
    ("bot/storage/codec.py", "maybe_read"): "the same",
    ("bot/storage/redis/lua/begin.lua", "unsure"): "a state of a message, as it is stored",
    ("bot/storage/redis/lua/commit.lua", "unsure"): "the same",
    ("bot/storage/redis/lua/settle.lua", "unsure"): "the same",
}
"""(file, word) -> why it stays."""

COMMENT = {".toml": r"(?:^|\s)#(.*)", ".lua": r"--(.*)", ".js": r"(?://|/?\*)(.*)", ".css": r"/\*(.*)"}


class Avoided(NamedTuple):
    """Words to avoid, by how they are looked for."""

    names: frozenset[str]
    fields: frozenset[str]
    phrases: tuple[str, ...]


class Found(NamedTuple):
    """What a file is made of: identifiers, fields and attributes, prose."""

    names: frozenset[str]
    fields: frozenset[str]
    prose: str


@cache
def avoided() -> Avoided:
    """What the glossary says to avoid."""
    lines = re.findall(r"\*Avoid:\*(.+?)(?=\n- |\n\n|\Z)", GLOSSARY.read_text(encoding="utf-8"), re.DOTALL)
    names = {name for line in lines for name in re.findall(r"`([^`]+)`", line)}
    phrases = sorted({" ".join(words.split()) for line in lines for words in re.findall(r'"([^"]+)"', line)})
    return Avoided(
        frozenset(name for name in names if not name.startswith(".")),
        frozenset(name[1:] for name in names if name.startswith(".")),
        tuple(phrases),
    )


def read(source: str, suffix: str) -> Found:
    """What is looked through in a file of this kind."""
    if suffix == ".py":
        return _python(source)
    if suffix == ".md":
        code = " ".join(re.findall(r"`[^`]*`", source))
        words = frozenset(re.findall(r"\w+", code))
        return Found(words, frozenset(re.findall(r"\.(\w+)", code)), source)
    words = frozenset(re.findall(r"\w+", source)) if suffix == ".lua" else frozenset()
    comment = re.compile(COMMENT[suffix]) if suffix in COMMENT else re.compile(r"#(.*)")
    return Found(words, frozenset(), "\n".join(comment.findall(source)))


def _python(source: str) -> Found:
    tree = ast.parse(source)
    names, fields, prose = set(), set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Attribute):
            fields.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            fields.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names |= set((node.asname or node.name).split("."))
        if isinstance(node, ast.ClassDef):
            fields |= {
                each.target.id
                for each in node.body
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
            }
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            prose.append(node.value.value)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    prose += [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]
    return Found(frozenset(names | fields), frozenset(fields), "\n".join(prose))


def faults(found: Found, avoid: Avoided) -> list[str]:
    """Every word to avoid that is there. A leading underscore makes no other word of a name."""
    names = {name.lstrip("_") for name in found.names} & avoid.names
    fields = {name.lstrip("_") for name in found.fields} & avoid.fields
    prose = " ".join(found.prose.split()).lower()
    phrases = [
        phrase for phrase in avoid.phrases if re.search(rf"(?<![\w-]){re.escape(phrase.lower())}(?![\w-])", prose)
    ]
    return sorted([*names, *(f".{name}" for name in fields), *phrases])


def files(place: str) -> list[str]:
    """Every file of a place that is looked through, from the root of the repository."""
    start = ROOT / place
    if start.is_file():
        return [place]
    kinds = {".py", ".md", ".toml", ".lua", ".js", ".css"}
    found = (path for path in start.rglob("*") if path.suffix in kinds and "__pycache__" not in path.parts)
    names = sorted(str(path.relative_to(ROOT)) for path in found)
    return [name for name in names if name not in NOT_READ and not name.startswith("flows/utterances/")]


@pytest.mark.parametrize("place", PLACES)
def test_no_word_to_avoid_is_used(place: str) -> None:
    wrong = {}
    for name in files(place):
        found = read((ROOT / name).read_text(encoding="utf-8"), Path(name).suffix)
        if left := [word for word in faults(found, avoided()) if (name, word) not in ALLOWED]:
            wrong[name] = left
    assert wrong == {}


def test_every_exemption_is_needed() -> None:
    for name, word in ALLOWED:
        found = read((ROOT / name).read_text(encoding="utf-8"), Path(name).suffix)
        assert word in faults(found, avoided()), f"{name} no longer says {word}"


def test_a_planted_word_is_seen() -> None:
    source = 'class A:\n    """She is in."""\n    above: int\n\n\ndef f(luck):\n    return _steered(b.trail)\n'
    seen = faults(read(source, ".py"), avoided())
    assert seen == [".above", "luck", "she", "steered", "trail"]
    assert faults(read("Begin\nanew with `luck`.", ".md"), avoided()) == ["anew", "luck"]
    assert faults(read('luck = "anew"  # switched by hand', ".toml"), avoided()) == ["switched by hand"]


def test_a_word_in_another_word_or_a_text_is_not_seen() -> None:
    source = 'above = "she is here"\nshelter = planet = above\n'
    assert faults(read(source, ".py"), avoided()) == []
