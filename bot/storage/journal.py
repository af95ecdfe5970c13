"""What must outlive a backup: who was erased and which accounts were disabled. It lies beside the spool, on the host
where that happened: only keyed hashes and ids of accounts, one line each. Restoring a backup reads it.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ERASED_DAYS = 9
"""Days an erasure is remembered: no conversation lives longer than a week, so no backup can bring back an older one."""

_DISABLED = ".disabled"


@dataclass(frozen=True, slots=True)
class Outlived:
    """What the journals of all hosts say."""

    erased: dict[str, int] = field(default_factory=dict)
    """The keyed hash of a contact -> when they were last erased, in milliseconds since 1970."""

    disabled: frozenset[str] = frozenset()
    """Ids of accounts that were disabled at some time."""

    unreadable: int = 0
    """Lines that are damaged."""


class Journal:
    """Appends to the journal in `directory`. What cannot be written is reported, and stops nothing."""

    def __init__(self, directory: Path, report: Callable[..., None]) -> None:
        self._directory = directory
        self._report = report

    def erased(self, mark: str, at: int) -> None:
        """The person with this keyed hash is being erased; at: milliseconds since 1970."""
        today = datetime.now(UTC).date()
        self._append(f".erased-{today}", f"{mark} {at}")
        oldest = f".erased-{today - timedelta(days=ERASED_DAYS)}"
        for file in self._directory.glob(".erased-*"):
            if file.name < oldest:
                file.unlink(missing_ok=True)

    def disabled(self, account_id: str) -> None:
        """Nobody may log in with this account any more."""
        self._append(_DISABLED, f"{account_id} 0")

    def _append(self, name: str, line: str) -> None:
        try:
            descriptor = os.open(self._directory / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, f"{line}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._report("journal_failed", cause=type(error).__name__)


def read_journals(directories: Iterable[Path]) -> Outlived:
    """What the journals in these folders say together."""
    erased: dict[str, int] = {}
    disabled: set[str] = set()
    unreadable = 0
    for directory in directories:
        for file in [*directory.glob(".erased-*"), *directory.glob(_DISABLED)]:
            for line in file.read_text(encoding="ascii", errors="replace").splitlines():
                name, _space, at = line.partition(" ")
                if not at.isdecimal():
                    unreadable += 1
                elif file.name == _DISABLED:
                    disabled.add(name)
                else:
                    erased[name] = max(erased.get(name, 0), int(at))
    return Outlived(erased, frozenset(disabled), unreadable)
