"""What supervisors have set for now; it changes what the bot says from the next message on. Pure."""

import dataclasses

import msgspec

from bot.dialogue.hours import Hours, Shift
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.states import ANNOUNCEMENT


class Overrides(msgspec.Struct, frozen=True, omit_defaults=True):
    """Current overrides."""

    down: bool = False
    """Everybody who is new gets the numbers and hears that there is a fault; no advisor is promised."""
    week: tuple[tuple[Shift, ...], ...] = ()
    """Opening hours instead of those in flows/hours.toml: seven days, Monday first; () = as there."""
    announcement: str = ""
    """Id of a prepared text that is said to whoever asks for an advisor."""
    note: str = ""
    """For colleagues, on the board."""

    def applied(self, content: LocalizedContent) -> LocalizedContent:
        """The texts of one language while this is switched on."""
        if not (self.down or self.week or self.announcement):
            return content
        announced = content.announcements.get(self.announcement, "")
        return dataclasses.replace(
            content, hours=self.hours(content.hours), shared={**content.shared, ANNOUNCEMENT: announced}
        )

    def hours(self, own: Hours) -> Hours:
        """The opening hours that count, given those of the content."""
        if self.down:
            return dataclasses.replace(own, week=((),) * 7, holidays={}, languages={})
        return dataclasses.replace(own, week=self.week, languages={}) if self.week else own
