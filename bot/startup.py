"""What the master of the web server does before the first worker: check everything, and load what all workers share.

Workers are forked from the master, so one that is started again hours later has the content that was checked, whatever
lies on the disk by then. Imports nothing that gevent must patch first; a child process asks Redis.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.content.building import build_engine
from bot.content.faults import Fault, Severity
from bot.content.library import Library, read_library
from bot.content.models import read_encoder
from bot.dialogue.engine import Engine
from bot.errors import StartError
from bot.settings import Settings, read_settings
from bot.storage.spool import FileSpool

ROOT = Path(__file__).parent.parent

OF_A_SERVER = ("SPOOL_DIR", "SPOOL_PUBLIC_KEY", "DATA_KEYS", "PEPPERS")
"""Settings of spool and keys. Whoever has one of them in the environment checks a server, not only its content."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a start has read and checked."""

    settings: Settings
    library: Library
    engine: Engine


_loaded: list[Loaded] = []


def prepare(environment: Mapping[str, str]) -> None:
    """Check settings, spool and storage, and load the content for `loaded`. Raises StartError: then nothing starts."""
    found = _load(environment)
    _check_storage_in_child(found.settings)
    _loaded[:] = [found]


def loaded(environment: Mapping[str, str]) -> Loaded:
    """What the master has prepared; where there was none, the same is checked and read now. Raises StartError."""
    if _loaded:
        return _loaded[0]
    found = _load(environment)
    check_storage(found.settings)
    return found


def environment_faults(environment: Mapping[str, str]) -> list[Fault]:
    """What settings, spool and keys would stop a start with, all of it; nothing where the environment names none of
    `OF_A_SERVER`. Changes nothing that is stored."""
    from bot.ports.unavailable import StorageUnavailable  # noqa: PLC0415 - not in the master: gevent patches later

    if not any(environment.get(name) for name in OF_A_SERVER):
        return []
    try:
        settings = read_settings(environment)
    except StartError as error:
        return [_environment_fault(str(error))]
    found = []
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
    from bot.storage.redis.connection import connect  # noqa: PLC0415 - as above
    from bot.storage.redis.health import lost_keys  # noqa: PLC0415 - as above
    from bot.storage.sealing import Identity, Sealer  # noqa: PLC0415 - as above

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
    from bot.ports.unavailable import StorageUnavailable  # noqa: PLC0415 - as above
    from bot.storage.redis.connection import connect  # noqa: PLC0415 - as above
    from bot.storage.redis.health import remember_keys  # noqa: PLC0415 - as above
    from bot.storage.redis.layout import bring_up_to_date  # noqa: PLC0415 - as above
    from bot.storage.sealing import Identity, Sealer  # noqa: PLC0415 - as above

    connection = connect(settings.redis_url)
    try:
        check_keys(settings)
        remember_keys(connection, Sealer(settings.data_keys), Identity(settings.peppers).fingerprints())
        bring_up_to_date(connection)
    except StorageUnavailable:
        return


def _load(environment: Mapping[str, str]) -> Loaded:
    settings = read_settings(environment)
    _check_spool(settings)
    library = read_library(ROOT, datetime.now(UTC).date())
    return Loaded(settings, library, build_engine(library, read_encoder() if settings.meaning else None))


def _check_spool(settings: Settings) -> None:
    FileSpool(settings.spool_dir, settings.spool_public_key).check()


def _environment_fault(message: str, severity: Severity = Severity.ERROR) -> Fault:
    return Fault("environment", "", message, severity)


def _check_storage_in_child(settings: Settings) -> None:
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
    with os.fdopen(reading, "rb") as pipe:
        refusal = pipe.read().decode()
    os.waitpid(child, 0)
    if refusal:
        raise StartError(refusal)
