"""A new language: what it needs is laid out, and nothing that is there already is touched."""

import re
from pathlib import Path
from typing import get_args

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bot.content.tables.schema import Listed, Script
from bot.content.translation import strings
from bot.content.translation.languages import FILE as SUPPORTED
from bot.content.translation.languages import read_languages
from bot.errors import StartError

CODE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")

_VOCABULARY = """\
# Words and phrases people type, language {code}. Matched on normalised text; see flows/README.md.
language = "{code}"
status = "draft"
{more}
# Whole messages. Every list needs at least one word before the language can go live.
[commands]
{commands}

[switch]                # messages that ask for this language; requests: "write in", beside the name of any language
words = []
requests = []

[wants_advisor]         # phrases that ask for a person
phrases = []

[danger]                # not: phrases that only look like danger
red = []
amber = []
not = []

[place]                 # phrases that say where somebody is
nl = []
abroad = []

[numbers]               # choosing by words: in order from 1; around: words that may stand beside the number
words = []
around = []
"""


class LanguageRefused(StartError):
    """This code cannot be laid out; says why."""


def lay_out(root: Path, code: str, unicode: str = "") -> list[str]:
    """Write what the language `code` needs under `root` and has not yet; returns the files written.

    unicode: what Unicode calls it, where it does not know `code`. Raises LanguageRefused, and ContentError when
    locales/supported.toml cannot be read.
    """
    if not CODE.fullmatch(code):
        raise LanguageRefused(f'"{code}" is no code of a language like "pl" or "ary-Latn"')
    try:
        locale = Locale.parse(unicode or code, sep="_" if "_" in unicode else "-")
    except (UnknownLocaleError, ValueError):
        hint = "give what it calls the language with --unicode"
        raise LanguageRefused(f'Unicode has no "{unicode or code}"; {hint}') from None
    written = [
        *_vocabulary(root / "flows" / "vocabulary" / f"{code}.toml", code, unicode, _script(locale)),
        *_appended(root / "flows" / "neutral.toml", code, f"{code} = []"),
        *_supported(root / SUPPORTED, code),
    ]
    before = {path: path.read_bytes() for path in (root / "locales").rglob("*.po*")}
    updated = [name for name in strings.update(root) if before.get(root / name) != (root / name).read_bytes()]
    return [*(str(path.relative_to(root)) for path in written), *updated]


def _script(locale: Locale) -> str:
    """What a language is written in, as Unicode's likely subtags have it."""
    probable = str(get_global("likely_subtags").get(str(locale), ""))
    return next((part for part in (locale.script or "", *probable.split("_")) if part in get_args(Script)), "Latn")


def _vocabulary(path: Path, code: str, unicode: str, script: str) -> list[Path]:
    if path.exists():
        return []
    more = (f'scripts = ["{script}"]\n' if script != "Latn" else "") + (f'unicode = "{unicode}"\n' if unicode else "")
    commands = "\n".join(f"{command} = []" for command in get_args(Listed))
    path.write_text(_VOCABULARY.format(code=code, more=more, commands=commands), encoding="utf-8")
    return [path]


def _appended(path: Path, code: str, line: str) -> list[Path]:
    text = path.read_text(encoding="utf-8")
    if re.search(rf'^"?{re.escape(code)}"?\s*=', text, re.MULTILINE):
        return []
    path.write_text(f"{text.rstrip()}\n{line}\n", encoding="utf-8")
    return [path]


def _supported(path: Path, code: str) -> list[Path]:
    """A row as draft; until the language is live, its people are answered in the source language."""
    languages = read_languages(path.parent)
    if code in languages.all:
        return []
    text = path.read_text(encoding="utf-8").rstrip()
    if code not in languages.closest:
        text = text.replace("[closest]\n", f'[closest]\n{code} = "{languages.source}"\n')
    path.write_text(f'{text}\n\n[languages.{code}]\nstatus = "draft"\nreviewer = ""\n', encoding="utf-8")
    return [path]
