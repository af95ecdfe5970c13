"""The translators' side: a template from the source texts, and every catalog brought up to date with it.

Two of each: what the bot says, in every language; and what advisors read, in the languages of the console.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from bot.content.faults import Fault
from bot.content.translation.catalogs import BOT, CONSOLE, babel_locale, catalog_path
from bot.content.translation.languages import SupportedLanguages, read_languages

_DRAFT = "# DRAFT: made without a native, subject-trained reviewer. See locales/supported.toml."


@dataclass(frozen=True, slots=True)
class Template:
    """One set of texts to translate."""

    catalog: str
    """How its catalogs are called."""
    mapping: str
    """The file of locales/ that says where its texts stand."""
    header: str
    """What translators read first."""

    @property
    def path(self) -> Path:
        """Where it stands in the repository."""
        return Path("locales") / f"{self.catalog}.pot"

    def languages(self, all_languages: SupportedLanguages) -> Iterable[str]:
        """The languages it is translated into."""
        wanted = all_languages.all if self.catalog == BOT else all_languages.console
        return (code for code in wanted if code != all_languages.source)


TEMPLATES = (
    Template(
        BOT,
        "bot.cfg",
        """\
# Texts of the helpline bot. The source stands in flows/; see flows/README.md for tone and length.
# Names in braces are numbers: keep them, each on its own line.""",
    ),
    Template(CONSOLE, "console.cfg", "# Texts of the advisors' pages. No person who writes to the bot reads them."),
)


def made(root: Path, template: Template) -> bytes:
    """The template for the texts as they are now; the same texts give the same bytes."""
    with (root / "locales" / template.mapping).open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(project="helpline-bot", version="", header_comment=template.header, charset="utf-8")
    found = extract_from_dir(root, methods, options, comment_tags=("Translators:",), directory_filter=_ours)
    for file_name, line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        catalog.add(message, None, [(file_name, line)], auto_comments=comments, context=context)
    return _bytes(catalog)


def stale(root: Path) -> list[Fault]:
    """A fault for each template that is not what the texts would give."""
    return [
        Fault(str(template.path), "", "is out of date: run `make strings`")
        for template in TEMPLATES
        if not (root / template.path).exists() or (root / template.path).read_bytes() != made(root, template)
    ]


def update(root: Path) -> list[str]:
    """Write the templates and merge them into every catalog; returns the files written.

    A changed source text leaves its old translation marked fuzzy, so it is not used until somebody looks.
    """
    languages = read_languages(root / "locales")
    written = []
    for template in TEMPLATES:
        (root / template.path).write_bytes(made(root, template))
        written.append(str(template.path))
        for code in template.languages(languages):
            known = languages.all.get(code)
            reviewed = template.catalog == CONSOLE or bool(known and known.reviewer)
            header = template.header if reviewed else f"{_DRAFT}\n{template.header}"
            path = Path("locales") / catalog_path(code, template.catalog)
            _merge(root / template.path, root / path, babel_locale(code), header)
            written.append(str(path))
    return written


def _merge(template: Path, path: Path, locale: str, header: str) -> None:
    """Bring the catalog at `path` up to date with `template`."""
    with template.open("rb") as file:
        fresh = read_po(file)
    catalog = Catalog(locale=locale, charset="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale)
    before = {str(message.context): message.string for message in catalog if message.id and message.context}
    catalog.update(fresh, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        if message.id and not message.string and before.get(str(message.context)):
            message.string = before[str(message.context)]
            message.flags.add("fuzzy")
    catalog.header_comment = header
    path.write_bytes(_bytes(catalog))


def _bytes(catalog: Catalog) -> bytes:
    """PO text without dates and line numbers, so that a diff shows texts only."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, no_location=True, sort_output=False, width=0)
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(dated))


def _ours(path: str) -> bool:
    return Path(path).name not in (".venv", "var", ".git", "tests", "node_modules", "__pycache__")
