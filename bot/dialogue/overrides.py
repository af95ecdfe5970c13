"""What those who lead have switched by hand; it changes what the bot says from the next message on. Pure."""

import dataclasses

import msgspec

from bot.dialogue.hours import Hours, Shift


class Overrides(msgspec.Struct, frozen=True, omit_defaults=True):
    """down: everybody who is new gets the numbers and hears that there is a fault; no advisor is promised.
    week: opening hours instead of those in flows/hours.toml, seven days, Monday first; () = as there.
    announcement: id of a prepared text that is said to who asks for an advisor. note: for colleagues, on the board."""

    down: bool = False
    week: tuple[tuple[Shift, ...], ...] = ()
    announcement: str = ""
    note: str = ""

    def hours(self, own: Hours) -> Hours:
        """The opening hours that count, given those of the content."""
        if self.down:
            return dataclasses.replace(own, week=((),) * 7, holidays={}, languages={})
        return dataclasses.replace(own, week=self.week, languages={}) if self.week else own
