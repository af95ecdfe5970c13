"""`backup` and `restore`: everything in Redis in one sealed file, and back. See docs/operations.md."""

import argparse
import os
import sys
from pathlib import Path

from bot import logs
from bot.assembly import Assembly
from bot.cli.shared import Commands
from bot.ports.unavailable import StorageUnavailable
from bot.settings import read_settings
from bot.storage.backup import BackupUnusable, made_at, read_backup, write_backup
from bot.storage.journal import read_journals
from bot.storage.redis.copying import Moving, NotEmpty, pieces, restore


def add_to(commands: Commands) -> None:
    """Add these commands to the parser."""
    backup = commands.add_parser("backup", help="write all that is stored into one sealed file")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    back = commands.add_parser("restore", help="bring a backup into an empty Redis; run it where the worker runs")
    back.add_argument("file", type=Path)
    back.add_argument(
        "--journal", type=Path, action="append", default=[], metavar="FOLDER", help="the SPOOL_DIR of another host"
    )
    back.set_defaults(run=_restore)


def _backup(options: argparse.Namespace) -> int:
    logs.set_up()
    assembly = Assembly(read_settings(os.environ))
    try:
        write_backup(options.file, assembly.settings.spool_public_key, pieces(assembly.connection))
    except StorageUnavailable:
        return _refused("Redis does not answer: nothing was written")
    except Moving:
        return _refused("servers of Redis took over or slots moved meanwhile: nothing was written, try again")
    except OSError as error:
        return _refused(f"the file cannot be written ({type(error).__name__})")
    print("written")
    return 0


def _restore(options: argparse.Namespace) -> int:
    logs.set_up()
    settings = read_settings(os.environ)
    key, assembly = settings.spool_private_key, Assembly(settings)
    if key is None:
        return _refused("SPOOL_PRIVATE_KEY is missing: it opens the backup")
    if missing := [folder for folder in options.journal if not folder.is_dir()]:
        return _refused(f"there is no folder {missing[0]}: whoever was erased on that host would come back")
    try:
        made = made_at(options.file, key)  # the whole file is read before anything is written
        outlived = read_journals([settings.spool_dir, *options.journal])
        found = read_backup(options.file, key)
        away = restore(assembly.connection, assembly.sealer, found, made, outlived)
    except BackupUnusable as error:
        return _refused(f"{error}: nothing was brought back")
    except OSError as error:
        return _refused(f"the file or a journal cannot be read ({type(error).__name__}): nothing was brought back")
    except NotEmpty:
        return _refused("this Redis is not empty: nothing was brought back")
    except StorageUnavailable:
        return _refused("Redis went away: start no process on it, and run this again; it begins from nothing")
    print(f"brought back; kept away because erased since: {away}")
    if outlived.unreadable:
        print(f"lines of the journal that are damaged: {outlived.unreadable}", file=sys.stderr)
    return 0


def _refused(why: str) -> int:
    print(why, file=sys.stderr)
    return 1
