"""What is looked at before a web server starts. Imports nothing that must be patched by gevent first."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.content.library import read_library
from bot.settings import read_settings
from bot.storage.spool import FileSpool

ROOT = Path(__file__).parent.parent


def check(environment: Mapping[str, str]) -> None:
    """Raise StartError when settings, content or spool are not fit to start with."""
    settings = read_settings(environment)
    FileSpool(settings.spool_dir, settings.spool_public_key).check()
    read_library(ROOT, datetime.now(UTC).date())
