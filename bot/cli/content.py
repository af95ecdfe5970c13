"""Commands for writers and translators: inspect the content, draw it, renew the catalogs."""

import argparse
import os
from pathlib import Path

from bot.assembly import ROOT
from bot.cli.shared import Commands, read_content
from bot.content import graph
from bot.content.building import build_engine
from bot.content.faults import Severity
from bot.content.inspection import inspect
from bot.content.inspection.messages import answer_sizes, is_long
from bot.content.localizing import localize
from bot.content.translation import strings
from bot.errors import StartError
from bot.rendering.segments import Measure
from bot.rendering.texts import last_words
from bot.startup import environment_faults


def add_to(commands: Commands) -> None:
    """Add these commands to the parser."""
    check = commands.add_parser(
        "check", help="inspect flows, facts, numbers, vocabulary, translations; on a server spool and keys too"
    )
    check.set_defaults(run=_check)
    draw = commands.add_parser("graph", help="draw the dialogue: Mermaid, or SVG when the file ends in .svg")
    draw.add_argument("--out", type=Path, help="write here; without it Mermaid goes to standard output")
    draw.set_defaults(run=_graph)
    commands.add_parser("strings", help="renew the translators' template and catalogs").set_defaults(run=_strings)
    fallback = commands.add_parser("fallback-twiml", help="static TwiML for Twilio's fallback URL on another host")
    fallback.set_defaults(run=_fallback)


def _check(_options: argparse.Namespace) -> int:
    of_environment, library = environment_faults(os.environ), read_content()
    print(*of_environment, sep="\n", end="\n" if of_environment else "", flush=True)
    of_content = [*inspect(library, ROOT), *strings.stale(ROOT)]
    for fault in of_content:
        print(fault)
    faults = [*of_environment, *of_content]
    for code in library.languages.live:
        print(_sizes(code, answer_sizes(localize(library, code))))
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    print(f"{errors} errors, {len(faults) - errors} warnings")
    return 1 if errors else 0


def _sizes(language: str, sizes: list[Measure]) -> str:
    """How many SMS parts the answers in a language take, and how many are short for its alphabet."""
    mean = sum(size.segments for size in sizes) / len(sizes)
    short = sum(not is_long(size) for size in sizes) / len(sizes)
    wide = sum(size.encoding == "UCS-2" for size in sizes) / len(sizes)
    return (
        f"SMS parts of {len(sizes)} answers in {language}: mean {mean:.2f}, {short:.0%} at most two of 153 characters, "
        f"{wide:.0%} in UCS-2"
    )


def _graph(options: argparse.Namespace) -> int:
    flows = read_content().content
    if options.out is None:
        print(graph.mermaid(flows))
    else:
        drawing = graph.svg(flows) if options.out.suffix == ".svg" else graph.mermaid(flows)
        try:
            options.out.write_text(drawing, encoding="utf-8")
        except OSError as error:
            raise StartError(f"{options.out} cannot be written: {error.strerror}") from None
    return 0


def _strings(_options: argparse.Namespace) -> int:
    for written in strings.update(ROOT):
        print(written)
    return 0


def _fallback(_options: argparse.Namespace) -> int:
    from bot.channels.webhooks import twiml  # noqa: PLC0415 - Flask is not needed for the other commands

    print(twiml(last_words(build_engine(read_content()).contents.values())))
    return 0
