"""Commands that start something or look at what surrounds it: worker, run, doctor."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime

from bot import logs, metrics
from bot.channels.sending import TwilioCopies, TwilioInbox, make_sender
from bot.cli.shared import ROOT, Commands, read_content
from bot.content.building import build_engine
from bot.content.models import read_encoder
from bot.messaging.delivery import Delivery
from bot.messaging.provider_eraser import ProviderEraser
from bot.messaging.reconcile import Reconcile
from bot.messaging.runner import Runner
from bot.messaging.spending import Spending
from bot.messaging.upkeep import Alarm, Upkeep
from bot.settings import SettingsError, read_settings
from bot.storage.identity import Identity
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from bot.storage.spool import FileSpool, FileSpoolReader
from bot.worker import Worker, stop_on_signals


def add_to(commands: Commands) -> None:
    """Add these commands to the parser."""
    commands.add_parser("doctor", help="check the surroundings before going live").set_defaults(run=_doctor)
    commands.add_parser("worker", help="the second process: brings back spooled messages").set_defaults(run=_worker)
    commands.add_parser("run", help="everything on this machine, for trying out").set_defaults(run=_run)


def _doctor(_options: argparse.Namespace) -> int:
    from bot.doctor import examine  # noqa: PLC0415 - only this command needs it

    findings = examine(read_settings(os.environ))
    for finding in findings:
        print(finding)
    return 1 if any(finding.startswith("bad") for finding in findings) else 0


def _worker(_options: argparse.Namespace) -> int:
    logs.set_up()
    settings = read_settings(os.environ)
    if settings.spool_private_key is None:
        raise SettingsError("Cannot start: SPOOL_PRIVATE_KEY is missing; the worker opens the spool with it.")
    library = read_content()
    storage = redis_storage(connect(settings.redis_url), Sealer(settings.data_keys))
    spool = FileSpool(settings.spool_dir, settings.spool_public_key)
    engine = build_engine(library, read_encoder() if settings.meaning else None)

    def now() -> datetime:
        return datetime.now(UTC)

    runner = Runner(engine, storage, spool, now, metrics.report)
    reader = FileSpoolReader(settings.spool_dir, settings.spool_private_key, metrics.report)
    sender = make_sender(settings)
    delivery = Delivery(storage, sender, library.content.delivery, metrics.report)
    said = engine.content("").shared
    alarm = Alarm(sender, settings.alarm_number, said["alarm"], metrics.report)
    much = Alarm(sender, settings.alarm_number, said["alarm_spend"], metrics.report)
    upkeep = Upkeep(runner, storage, now, alarm, metrics.report, settings.alarm_minutes)
    spending = Spending(storage, now, much, metrics.report, settings.spend_alarm)
    inbox = TwilioInbox(sender, Identity(settings.peppers).contacts)
    reconcile = Reconcile(runner, storage, inbox, now, metrics.report)
    chores: list[Callable[[], object]] = [
        lambda: reader.drain(runner.replay),
        upkeep.step,
        reconcile.step,
        spending.step,
    ]
    if settings.delete_at_twilio:
        chores.append(ProviderEraser(storage, TwilioCopies(sender), now, metrics.report).step)
    Worker(delivery, chores, metrics.report).run(stop_on_signals())
    return 0


def _run(_options: argparse.Namespace) -> int:
    from bot.launcher import launch  # noqa: PLC0415 - as above

    return launch(ROOT, dict(os.environ))
