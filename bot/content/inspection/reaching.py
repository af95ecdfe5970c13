"""Which states can be shown at all."""

from bot.content.values import Content
from bot.dialogue.flow import BACK, HERE
from bot.dialogue.states import StateName


def reachable(content: Content, *, untold: bool = False) -> set[str]:
    """Every state that can be shown: from the opener, a command, a topic, a question or a remark in free text, or the
    engine itself.
    untold: only those on a way on which nobody was told who reads this and that advice is not a report."""
    states = content.states
    seen: set[str] = set()
    answering = [name for name, state in states.items() if state.answers]
    asked = [state for asking in content.asked.values() for state in asking.states]
    todo = [
        name
        for name in (*StateName, *answering, *asked, *content.commands.values(), *content.topics.values())
        if name in states
    ]
    while todo:
        name = todo.pop()
        if name in seen or (untold and states[name].tells):
            continue
        seen.add(name)
        todo += [choice.next for choice in states[name].choices if choice.next not in (HERE, BACK)]
    return seen
