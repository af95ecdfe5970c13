"""`python -m bot …`: the commands an operator, a writer or an engineer types. See docs/operations.md.

One module a family of commands; each adds its own to the parser.
"""

import argparse
import sys
from collections.abc import Sequence

from bot.cli import backup, chat, content, converse, language, layout, people, processes, understand
from bot.errors import StartError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = make_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    return status


def make_parser() -> argparse.ArgumentParser:
    """Every command with its options; `run` of the options read is the function that does it."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in (chat, understand, converse, content, language, people, backup, layout, processes):
        family.add_to(commands)
    return parser
