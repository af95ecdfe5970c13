"""Parts that only remember."""

from bot.ports.spool import Spooled


class ListSpool:
    """A spool that only remembers."""

    def __init__(self) -> None:
        self.kept: list[Spooled] = []

    def add(self, spooled: Spooled) -> None:
        self.kept.append(spooled)


class Reports(list[tuple[str, dict[str, object]]]):
    """What the runner reported."""

    def __call__(self, what: str, **fields: object) -> None:
        self.append((what, fields))

    def names(self) -> list[str]:
        return [what for what, _fields in self]
