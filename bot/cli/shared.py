"""What several commands need."""

import argparse
from typing import TypeAlias

from bot.assembly import ROOT, utc_now
from bot.content.library import Library, read_library

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a family adds its commands."""


def read_content() -> Library:
    """All content as it is on disk. Raises ContentError."""
    return read_library(ROOT, utc_now().date())
