"""Parts that only remember."""

from bot.ports.everything import Record
from bot.ports.spool import Spooled


class ListSpool:
    """A spool that only remembers."""

    def __init__(self) -> None:
        self.kept: list[Spooled] = []

    def add(self, spooled: Spooled) -> None:
        self.kept.append(spooled)


class NoOutbox:
    """Nothing is ever sent from here; nobody asks how it stands."""

    def records(self, _contact: str) -> dict[str, Record]:
        return {}


class Reports(list[tuple[str, dict[str, object]]]):
    """What the runner reported."""

    def __call__(self, what: str, **fields: object) -> None:
        self.append((what, fields))

    def names(self) -> list[str]:
        return [what for what, _fields in self]
