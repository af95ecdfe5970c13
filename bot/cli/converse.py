"""`converse`: whole conversations, JSON lines in and out (docs/understanding.md describes the fields)."""

import argparse
import sys

import msgspec

from bot import logs
from bot.cli.shared import Commands, asked
from bot.scenarios.talk import ConversationIn, ConversationOut, Talk, talking_engine


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    converse = commands.add_parser("converse", help="JSON lines in, whole conversations; every turn out")
    converse.set_defaults(run=_converse)


def _converse(_options: argparse.Namespace) -> int:
    logs.set_up()
    engine = talking_engine()
    for conversation in asked(ConversationIn):
        answered = ConversationOut(conversation.id, tuple(Talk(engine, conversation).turns()))
        sys.stdout.buffer.write(msgspec.json.encode(answered) + b"\n")
        sys.stdout.buffer.flush()
    return 0
