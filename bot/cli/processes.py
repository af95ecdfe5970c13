"""Commands that start something or look at what surrounds it: worker, run, doctor."""

import argparse
import os
from contextlib import suppress

from bot import logs
from bot.assembly import ROOT, Assembly
from bot.cli.shared import Commands
from bot.ports.unavailable import StorageUnavailable
from bot.settings import read_settings
from bot.storage.redis.layout import bring_up_to_date
from bot.worker import stop_on_signals


def add_to(commands: Commands) -> None:
    """Add these commands to the parser."""
    commands.add_parser("doctor", help="check the surroundings before going live").set_defaults(run=_doctor)
    commands.add_parser("worker", help="the second process: sends, watches the queue, replays the spool").set_defaults(
        run=_worker
    )
    commands.add_parser("run", help="everything on this machine, for trying out").set_defaults(run=_run)


def _doctor(_options: argparse.Namespace) -> int:
    from bot.doctor import examine  # noqa: PLC0415 - only this command needs it

    findings = examine(read_settings(os.environ))
    for finding in findings:
        print(finding)
    return 1 if any(finding.startswith("bad") for finding in findings) else 0


def _worker(_options: argparse.Namespace) -> int:
    logs.set_up()
    assembly = Assembly(read_settings(os.environ))
    worker = assembly.worker
    with suppress(StorageUnavailable):  # then its chores move it
        bring_up_to_date(assembly.connection)
    worker.run(stop_on_signals())
    return 0


def _run(_options: argparse.Namespace) -> int:
    from bot.launcher import launch  # noqa: PLC0415 - as above

    return launch(ROOT, dict(os.environ))
