"""`understand`: what the bot makes of single messages."""

import argparse
import json

import msgspec

from bot.cli.shared import Commands, asked, read_content
from bot.content.building import build_reader
from bot.content.models import read_encoder
from bot.messages import MAX_TEXT


class TextIn(msgspec.Struct, frozen=True):
    """One line of standard input."""

    text: str | None = None
    locale: str | None = None
    """The language of the conversation so far; null: not known."""


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    understand = commands.add_parser("understand", help="JSON lines in, what the bot understands out")
    understand.set_defaults(run=_understand)


def _understand(_options: argparse.Namespace) -> int:
    """Standard input: {"text": …, "locale": …} a line. Standard output: the contract's fields, in the same order."""
    library = read_content()
    understander = build_reader(library, read_encoder())
    for message in asked(TextIn):
        found = understander.understand((message.text or "")[:MAX_TEXT], message.locale)
        fields = (
            "language", "language_confidence", "topic", "confidence", "command", "danger", "emergency_line",
            "wants_advisor", "country", "place",
        )  # fmt: skip
        answer = {name: getattr(found, name) for name in fields}
        answer["command"] = found.command or found.free_command
        answer["candidates"] = [{"topic": each.topic, "confidence": each.confidence} for each in found.candidates]
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0
