"""What is wrong with the content: collected, so that a writer sees everything at once."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import StartError


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: in which file, at which state or entry ("" for the whole file), and what is wrong."""

    file: str
    where: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else self.file
        return f"{self.severity}: {place}: {self.message}"


class ContentError(StartError):
    """The content cannot be used; `faults` says why. The process must not start."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
