"""What several commands need."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bot.content.library import Library, read_library
from bot.ports.spool import Spooled

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a family adds its commands."""

ROOT = Path(__file__).parent.parent.parent


def read_content() -> Library:
    """All content as it is on disk. Raises ContentError."""
    return read_library(ROOT, datetime.now(UTC).date())


class NoSpool:
    """The spool of a command that keeps nothing."""

    def add(self, spooled: Spooled) -> None:
        """Drop it."""
