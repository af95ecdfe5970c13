"""The command for a new language of the bot."""

import argparse

from bot.assembly import ROOT
from bot.cli.shared import Commands, read_content
from bot.content.inspection.progress import missing
from bot.content.translation.new_language import lay_out


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    language = commands.add_parser("language", help="lay out a new language of the bot, and print what it lacks")
    language.add_argument("act", choices=["add"])
    language.add_argument("code", help="such as pl; with --unicode also ary-Latn")
    language.add_argument("--unicode", default="", help="the nearest code that Unicode knows: ar-MA for ary-Latn")
    language.set_defaults(run=_language)


def _language(options: argparse.Namespace) -> int:
    """Prints what was written, then what is missing; run again, only what is missing still."""
    for written in lay_out(ROOT, options.code, options.unicode):
        print(f"wrote {written}")
    lacking = missing(read_content(), ROOT, options.code)
    for each in lacking:
        print(f"missing: {each}")
    if not lacking:
        print("nothing is missing")
    return 0
