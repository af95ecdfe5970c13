"""What translators get: every Dutch text with the place where it stands and the writer's note.

`sentences` is the one walk over a file's texts; the Babel extractors (locales/bot.cfg, locales/console.cfg) and the
checks use it alike. What advisors read is apart, so that a language of the bot needs no translation of the console.
The context of a text is its path: "flow.state.say", "flow.state.choice.label", "shared.footer", "flow.title",
"delivery.30003", "quick.begin.say".
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text to translate."""

    context: str
    text: str
    note: str
    words: bool = False
    """A list of words between `|`, so the number of words may differ."""
    console: bool = False
    """Only advisors read it."""


def sentences(data: Mapping[str, Any]) -> Iterator[Sentence]:
    """The texts of one parsed file: a flow, shared.toml, desk.toml, or delivery_errors.toml, where each row has an
    action."""
    if "flow" in data:
        yield from _flow(data)
        return
    for name, table in data.items():
        if name in ("quick", "wrap_up", "announcement"):
            yield from _prepared(name, table, data.get("note", ""))
        elif isinstance(table, dict) and "action" in table:
            note = " ".join(part for part in (data.get("note", ""), table.get("note", "")) if part)
            yield Sentence(f"delivery.{name}", table["say"], note, console=True)
        elif isinstance(table, dict) and "say" in table:
            note = table.get("note", "")
            yield Sentence(f"shared.{name}", table["say"].strip("\n"), note, words=name.endswith("_words"))


def _prepared(kind: str, rows: Mapping[str, Any], note: str) -> Iterator[Sentence]:
    """Of desk.toml. What only advisors see is no sentence for a person, so the note is not about it."""
    for name, row in rows.items():
        yield Sentence(f"{kind}.{name}.title", row["title"], row.get("note", "For advisors only."), console=True)
        if "say" in row:
            yield Sentence(f"{kind}.{name}.say", row["say"].strip("\n"), row.get("note", note))


def _flow(data: Mapping[str, Any]) -> Iterator[Sentence]:
    flow, flow_note = data["flow"], data.get("note", "")
    if data.get("title"):
        yield Sentence(f"{flow}.title", data["title"], flow_note)
    for name, state in data["state"].items():
        note = " ".join(part for part in (flow_note, state.get("note", "")) if part)
        for variant in ("say", "say_nl", "say_abroad"):
            if state.get(variant):
                yield Sentence(f"{flow}.{name}.{variant}", state[variant].strip("\n"), note)
        for choice in state.get("choice", ()):
            context = f"{flow}.{name}.{choice['id']}"
            choice_note = choice.get("note", "")
            yield Sentence(f"{context}.label", choice["label"], choice_note)
            if choice.get("words"):
                words_note = " ".join(("Other words for this choice, | between them.", choice_note)).strip()
                yield Sentence(f"{context}.words", choice["words"], words_note, words=True)


Extracted = Iterator[tuple[int, str, tuple[str, str], list[str]]]
"""What Babel wants of an extraction method: (line, function, (context, message), comments)."""


def extract_bot(fileobj: IO[bytes], keywords: object, comment_tags: object, options: object) -> Extracted:
    """Babel extraction method for what people read."""
    return _extracted(fileobj, console=False)


def extract_console(fileobj: IO[bytes], keywords: object, comment_tags: object, options: object) -> Extracted:
    """Babel extraction method for what advisors read."""
    return _extracted(fileobj, console=True)


def _extracted(fileobj: IO[bytes], *, console: bool) -> Extracted:
    for sentence in sentences(tomllib.loads(fileobj.read().decode("utf-8"))):
        if sentence.console == console:
            yield 1, "pgettext", (sentence.context, sentence.text), [sentence.note] if sentence.note else []
