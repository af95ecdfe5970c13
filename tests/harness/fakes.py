"""Parts that only remember."""

from bot.dialogue.outage import is_hidden
from bot.messages import Inbound
from bot.ports.spool import Given, Spooled


class ListSpool:
    """A spool that only remembers."""

    def __init__(self) -> None:
        self.kept: list[Spooled] = []
        self.behind: set[str] = set()

    def add(self, spooled: Spooled) -> None:
        self.kept.append(spooled)
        self.behind.add(spooled.inbound.contact)

    def given(self, inbound: Inbound) -> Given:
        theirs = [each for each in self.kept if each.inbound.contact == inbound.contact]
        replies = [each.reply for each in theirs if each.inbound.message_id == inbound.message_id]
        hidden = bool(theirs) and is_hidden(theirs[-1].conversation)
        behind = bool(theirs) and inbound.contact in self.behind
        return Given(replies[0] if replies else None, behind=behind, hidden=behind and hidden)

    def caught_up(self, inbound: Inbound) -> None:
        self.behind.discard(inbound.contact)


class Reports(list[tuple[str, dict[str, object]]]):
    """What the runner reported."""

    def __call__(self, what: str, **fields: object) -> None:
        self.append((what, fields))

    def names(self) -> list[str]:
        return [what for what, _fields in self]
