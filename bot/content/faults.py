"""What is wrong with the content: collected, so that a writer sees everything at once."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import StartError


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: in which file, at which state or entry ("" for the whole file), and what is wrong. line: 0 where
    nobody knows it."""

    file: str
    where: str
    message: str
    severity: Severity = Severity.ERROR
    line: int = 0
    quoted: str = ""
    """The text that it is about, where that has a line of its own."""

    def __str__(self) -> str:
        file = f"{self.file}:{self.line}" if self.line else self.file
        place = f"{file}: {self.where}" if self.where else file
        return f"{self.severity}: {place}: {self.message}"

    def __lt__(self, other: "Fault") -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, str, str]:
        return self.file, self.line, self.where, self.message


class ContentError(StartError):
    """The content cannot be used; `faults` says why. The process must not start."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
