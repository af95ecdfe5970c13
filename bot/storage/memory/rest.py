"""Case codes, blocks, counts, overrides and what the worker remembers, in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.dialogue.events import Answers
from bot.dialogue.overrides import Overrides
from bot.ports.blocks import Block
from bot.ports.case_codes import TooManyTries
from bot.storage.memory.state import MemoryState
from bot.storage.redis.keys import TRIES


class MemoryCaseCodes:
    """`ports.case_codes.CaseCodes` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def look_up(self, words: str, who: str) -> Answers | None:
        """See `CaseCodes.look_up`."""
        self._state.tries[who] += 1
        if self._state.tries[who] > TRIES:
            raise TooManyTries
        found = self._state.case_codes.get(words)
        if found is None:
            return None
        self._state.tries[who] -= 1
        return found[1]

    def pop(self, words: str, who: str) -> Answers | None:
        """See `CaseCodes.pop`."""
        found = self.look_up(words, who)
        self._state.case_codes.pop(words, None)
        return found


class MemoryBlocks:
    """`ports.blocks.Blocks` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def current(self) -> list[Block]:
        """See `Blocks.current`."""
        return list(self._state.blocks.values())

    def add(self, contact: str, advisor: str) -> None:
        """See `Blocks.add`."""
        self._state.blocks[contact] = Block(contact, contact, advisor, 0)

    def end(self, id: str) -> bool:
        """See `Blocks.end`."""
        return self._state.blocks.pop(id, None) is not None


class MemoryCounts:
    """`ports.counts.Counts` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def of(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """See `Counts.of`."""
        return {day: dict(self._state.counts.get(day, {})) for day in days}


class MemoryOverrides:
    """`ports.overrides.OverridesStore` in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def read(self) -> Overrides:
        """See `OverridesStore.read`."""
        return self._state.overrides

    def write(self, overrides: Overrides) -> None:
        """See `OverridesStore.write`."""
        self._state.overrides = overrides


class MemoryChores:
    """`ports.chores.Chores` in memory; nothing is there to be cleared away."""

    def __init__(self) -> None:
        self._reconciled: datetime | None = None
        self._spools: dict[str, datetime] = {}
        self._unreadable: dict[str, frozenset[int]] = {}

    def last_reconciled(self) -> datetime | None:
        """See `Chores.last_reconciled`."""
        return self._reconciled

    def set_last_reconciled(self, at: datetime) -> None:
        """See `Chores.set_last_reconciled`."""
        self._reconciled = at

    def report_spool(self, id: str, clear_until: datetime, unreadable: Collection[int] = ()) -> None:
        """See `Chores.report_spool`."""
        self._spools[id], self._unreadable[id] = clear_until, frozenset(unreadable)

    def spools(self) -> Mapping[str, datetime]:
        """See `Chores.spools`."""
        return dict(self._spools)

    def unreadable_minutes(self) -> frozenset[int]:
        """See `Chores.unreadable_minutes`."""
        return frozenset().union(*self._unreadable.values())

    def forget_spool(self, id: str) -> None:
        """See `Chores.forget_spool`."""
        self._spools.pop(id, None)
        self._unreadable.pop(id, None)

    def tidy(self) -> None:
        """See `Chores.tidy`."""
