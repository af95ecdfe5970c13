"""Where overrides are kept; a turn gets them with `Conversations.open`."""

from typing import Protocol

from bot.dialogue.overrides import Overrides


class OverridesStore(Protocol):
    """Every method may raise StorageUnavailable."""

    def read(self) -> Overrides:
        """The current overrides."""
        ...

    def write(self, overrides: Overrides) -> None:
        """Set them, from the next message on."""
        ...
