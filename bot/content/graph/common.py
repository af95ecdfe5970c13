"""What both drawings take from the content: whose choices are drawn, and texts on one line."""

from collections.abc import Iterator

from bot.content.values import Content
from bot.dialogue.flow import Choice, State

COLOURS = {"P0": ("#f8d9d2", "#b4472f"), "H": ("#e6dcf3", "#7450a8"), "P1": ("#d5e8ec", "#2f7484")}
"""Priority -> fill and line."""
PLAIN = ("#ebe8e1", "#857d6e")
"""Fill and line of a flow that is no topic."""


def own_choices(state: State) -> Iterator[Choice]:
    """The choices written for this state. Those of `asks_place` are alike everywhere: they are drawn once, apart."""
    return (choice for choice in state.choices if not choice.id.startswith("place_"))


def place_choices(content: Content) -> tuple[dict[str, Choice], int]:
    """The choices of `asks_place` by id, and how many states have them."""
    asking = [[each for each in state.choices if each.id.startswith("place_")] for state in content.states.values()]
    return {each.id: each for choices in asking for each in choices}, sum(map(bool, asking))


def one_line(text: str) -> str:
    """One line of the characters that XML and a reader can take."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def short_name(state: State) -> str:
    """The state's name within its flow."""
    return state.name.partition(".")[2]
