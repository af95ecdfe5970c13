"""Runs scenarios through the engine, and counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.tables.scenarios import Scenario
from bot.dialogue.conversation import SILENCE_MINUTES
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from bot.scenarios.scoring import repeats, wrong
from bot.scenarios.talk import ConversationIn, MessageIn, Talk, TurnOut

WIPED = frozenset({StateName.DECOY, StateName.ERASED, StateName.LATER})
"""States after which nobody has what was said before: it was hidden or erased, or is to be wiped."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A scenario as it went. wrong and repeated: one entry a turn."""

    scenario: Scenario
    turns: tuple[TurnOut, ...]
    wrong: tuple[tuple[str, ...], ...]
    repeated: tuple[bool, ...]
    """Does the turn say a whole text again that nobody asked for once more?"""

    @property
    def passed(self) -> bool:
        return not any(self.wrong)

    def failures(self) -> Iterator[str]:
        """A line for each turn that did not go as it should: file and line, what was written, what is wrong."""
        scenario = self.scenario
        for line, turn, found in zip(scenario.lines, scenario.table.turn, self.wrong, strict=True):
            if found:
                yield f"{scenario.file}:{line}: {scenario.table.name}: {turn.says!r}: {'; '.join(found)}"


def ran(engine: Engine, scenario: Scenario) -> Ran:
    """The scenario, from its first message to its last."""
    table = scenario.table
    messages = tuple(MessageIn(turn.says, turn.after, tuple(turn.media)) for turn in table.turn)
    turns: list[TurnOut] = []
    found: list[tuple[str, ...]] = []
    repeated: list[bool] = []
    gone = 0  # so many turns are not on the phone any more
    asked = ConversationIn(table.name, messages, table.channel, table.sender)
    for turn, out in zip(table.turn, Talk(engine, asked).turns(), strict=True):
        content = engine.content(out.locale)
        found.append(tuple(wrong(turn, out, turns, content)))
        gone = len(turns) if turn.after > SILENCE_MINUTES * 60 else gone
        repeated.append(not turn.again and repeats(out, turns[gone:], content))
        turns.append(out)
        gone = len(turns) if out.state in WIPED else gone
    return Ran(scenario, tuple(turns), tuple(found), tuple(repeated))
