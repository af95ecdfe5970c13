"""What a start of the web server checks, and the content it then serves.

The main process loads both once, before it makes its workers: a worker that is started again hours later has what was
checked then, whatever lies on the disk by now. What a worker opens, such as a connection to Redis, it opens itself.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import metrics
from bot.content.building import build_engine
from bot.content.faults import Fault, Severity
from bot.content.library import Library, read_library
from bot.content.models import read_encoder
from bot.dialogue.engine import Engine
from bot.errors import StartError
from bot.nlu.embedding import Encoder
from bot.ports.unavailable import StorageUnavailable
from bot.settings import Settings, read_settings
from bot.storage.redis.connection import connect
from bot.storage.redis.health import lost_keys, remember_keys
from bot.storage.redis.layout import bring_up_to_date
from bot.storage.sealing import Identity, Sealer
from bot.storage.spool import FileSpool

ROOT = Path(__file__).parent.parent

OF_A_SERVER = ("SPOOL_DIR", "SPOOL_PUBLIC_KEY", "DATA_KEYS", "PEPPERS")
"""Settings of spool and keys. Whoever has one of them in the environment checks a server, not only its content."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a start has read and checked."""

    settings: Settings
    library: Library
    encoder: Encoder | None
    engine: Engine


def load(environment: Mapping[str, str], *, forks: bool = False) -> Loaded:
    """Check settings, spool and storage, and load the content. Raises StartError: then nothing starts.

    forks: a child process asks the storage meanwhile, so that this one opens nothing its workers would share.
    """
    settings = read_settings(environment)
    _check_spool(settings)
    if not forks:
        loaded = _with_content(settings)
        check_storage(settings)
        return loaded
    child, answer = _check_storage_in_child(settings)
    try:
        loaded = _with_content(settings)
    finally:
        with os.fdopen(answer, "rb") as pipe:
            refusal = pipe.read().decode()
        os.waitpid(child, 0)
    if refusal:
        raise StartError(refusal)
    return loaded


def environment_faults(environment: Mapping[str, str]) -> list[Fault]:
    """What settings, spool and keys would stop a start with, all of it; nothing where the environment names none of
    `OF_A_SERVER`. Changes nothing that is stored."""
    if not any(environment.get(name) for name in OF_A_SERVER):
        return []
    try:
        settings = read_settings(environment)
    except StartError as error:
        return [_environment_fault(str(error))]
    found = []
    unreadable = _spool(settings).unreadable()
    if unreadable:
        message = f"SPOOL_DIR holds {unreadable} messages that could not be read or stored; see docs/operations.md."
        found.append(_environment_fault(message, Severity.WARNING))
    for check in (_check_spool, check_keys):
        try:
            check(settings)
        except StartError as error:
            found.append(_environment_fault(str(error)))
        except StorageUnavailable:
            found.append(_environment_fault("Redis does not answer; keys were not compared.", Severity.WARNING))
    return found


def check_keys(settings: Settings) -> None:
    """Raise StartError when PEPPERS or DATA_KEYS lack the one that this Redis was filled with: every open conversation
    would silently start over. Raises StorageUnavailable where Redis cannot be asked."""

    connection = connect(settings.redis_url)
    try:
        lost = lost_keys(connection, Sealer(settings.data_keys), Identity(settings.peppers).fingerprints())
    finally:
        connection.close()
    if lost:
        raise StartError(f"Cannot start: {' and '.join(lost)} lack what this Redis was filled with.")


def check_storage(settings: Settings) -> None:
    """`check_keys`, then remember them and move what an earlier version has written to today's keys. A Redis that is
    away cannot be asked; answers without it need no keys, and the worker moves it later."""

    connection = connect(settings.redis_url)
    try:
        check_keys(settings)
        remember_keys(connection, Sealer(settings.data_keys), Identity(settings.peppers).fingerprints())
        bring_up_to_date(connection)
    except StorageUnavailable:
        return


def _with_content(settings: Settings) -> Loaded:
    library = read_library(ROOT, datetime.now(UTC).date(), settings.languages)
    encoder = read_encoder(metrics.report) if settings.meaning else None
    return Loaded(settings, library, encoder, build_engine(library, encoder))


def _check_spool(settings: Settings) -> None:
    _spool(settings).check()


def _spool(settings: Settings) -> FileSpool:
    return FileSpool(settings.spool_dir, settings.spool_public_key)


def _environment_fault(message: str, severity: Severity = Severity.ERROR) -> Fault:
    return Fault("environment", "", message, severity)


def _check_storage_in_child(settings: Settings) -> tuple[int, int]:
    """Begin it; returns the child and the pipe on which it says why nothing may start, "" when all is well."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            check_storage(settings)
        except StartError as error:
            os.write(writing, str(error).encode())
        finally:
            sys.stderr.flush()
            os._exit(0)
    os.close(writing)
    return child, reading
