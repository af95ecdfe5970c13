"""Who may work here."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do: talk with people; see and steer the whole; manage who may enter."""

    ADVISOR = "advisor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
