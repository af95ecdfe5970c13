"""`layout`: the names of keys in Redis, moved by hand. At start it happens by itself (docs/operations.md)."""

import argparse
import os

from bot.cli.shared import Commands
from bot.settings import read_settings
from bot.storage.redis.connection import connect
from bot.storage.redis.layout import bring_up_to_date, go_back


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    layout = commands.add_parser("layout", help="move the keys in Redis to the names of this version")
    layout.add_argument("--back", action="store_true", help="to those of the version before, to go back to it")
    layout.set_defaults(run=_layout)


def _layout(options: argparse.Namespace) -> int:
    connection = connect(read_settings(os.environ).redis_url)
    moved = go_back(connection) if options.back else bring_up_to_date(connection)
    print("moved" if moved else "nothing to move")
    return 0
