"""The translators' side: messages.pot from the Dutch texts, and every catalog brought up to date with it."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from bot.content.faults import Fault
from bot.content.translation.catalogs import SOURCE, read_languages

TEMPLATE = Path("locales/messages.pot")
_HEADER = """\
# Texts of the helpline bot. The Dutch source stands in flows/; see flows/README.md for tone and length.
# Names in braces are numbers: keep them, each on its own line."""
_DRAFT = "# DRAFT: made without a native, subject-trained reviewer. See locales/supported.toml."


def template(root: Path) -> bytes:
    """messages.pot for the texts as they are now; the same texts give the same bytes."""
    with (root / "locales" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(project="helpline-bot", version="", header_comment=_HEADER, charset="utf-8")
    found = extract_from_dir(root, methods, options, comment_tags=("Translators:",), directory_filter=_ours)
    for file_name, line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        catalog.add(message, None, [(file_name, line)], auto_comments=comments, context=context)
    return _bytes(catalog, header=False)


def stale(root: Path) -> list[Fault]:
    """A fault when messages.pot is not what the texts would give."""
    path = root / TEMPLATE
    if path.exists() and path.read_bytes() == template(root):
        return []
    return [Fault(str(TEMPLATE), "", "is out of date: run `make strings`")]


def update(root: Path) -> list[str]:
    """Write messages.pot and merge it into every catalog; returns the files written.

    A changed Dutch text leaves its old translation marked fuzzy, so it is not used until somebody looks.
    """
    (root / TEMPLATE).write_bytes(template(root))
    written = [str(TEMPLATE)]
    with (root / TEMPLATE).open("rb") as file:
        fresh = read_po(file)
    for code, language in read_languages(root / "locales").all.items():
        if code == SOURCE:
            continue
        path = root / "locales" / code / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=code.replace("-", "_"), charset="utf-8")
        if path.exists():
            with path.open("rb") as file:
                catalog = read_po(file, locale=code.replace("-", "_"))
        before = {str(message.context): message.string for message in catalog if message.id and message.context}
        catalog.update(fresh, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        for message in catalog:
            if message.id and not message.string and before.get(str(message.context)):
                message.string = before[str(message.context)]
                message.flags.add("fuzzy")
        catalog.header_comment = _HEADER if language.reviewer else f"{_DRAFT}\n{_HEADER}"
        path.write_bytes(_bytes(catalog, header=False))
        written.append(str(path.relative_to(root)))
    return written


def _bytes(catalog: Catalog, *, header: bool) -> bytes:
    """PO text without dates and line numbers, so that a diff shows texts only."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, no_location=True, omit_header=header, sort_output=False, width=0)
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(dated))


def _ours(path: str) -> bool:
    return Path(path).name not in (".venv", "var", ".git", "tests", "node_modules", "__pycache__")
