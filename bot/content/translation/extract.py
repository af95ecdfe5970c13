"""What translators get: every Dutch text with the place where it stands and the writer's note.

`sentences` is the one walk over a file's texts; the Babel extractor (locales/babel.cfg) and the checks use it alike.
The context of a text is its path: "flow.state.say", "flow.state.choice.label", "shared.footer", "flow.title",
"delivery.30003", "quick.begin.say".
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text to translate. `words` means: a list of words between `|`, so the number of words may differ."""

    context: str
    text: str
    note: str
    words: bool = False


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
            yield Sentence(f"delivery.{name}", table["say"], note)
        elif isinstance(table, dict) and "say" in table:
            note = table.get("note", "")
            yield Sentence(f"shared.{name}", table["say"].strip("\n"), note, words=name.endswith("_words"))


def _prepared(kind: str, rows: Mapping[str, Any], note: str) -> Iterator[Sentence]:
    """Of desk.toml. What only advisors see is no sentence for a person, so the note is not about it."""
    for name, row in rows.items():
        yield Sentence(f"{kind}.{name}.title", row["title"], row.get("note", "For advisors only."))
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


def extract_toml(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Babel extraction method, called by these names: (line, function, (context, message), comments)."""
    for sentence in sentences(tomllib.loads(fileobj.read().decode("utf-8"))):
        yield 1, "pgettext", (sentence.context, sentence.text), [sentence.note] if sentence.note else []
