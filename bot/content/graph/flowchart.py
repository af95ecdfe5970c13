"""The dialogue as a Mermaid flowchart, for documents."""

import re
from collections.abc import Mapping

from bot.content.files import PRIORITIES
from bot.content.graph.common import COLOURS, one_line, own_choices, place_choices, short_name
from bot.content.values import Content
from bot.dialogue.flow import BACK, HERE, Choice, State

EXCERPT = 40
"""Characters of a state's text that stand in its node."""


def mermaid(content: Content) -> str:
    """A Mermaid flowchart: a subgraph per flow, a node per state, an edge per choice."""
    states = content.states
    lines = ["flowchart LR"]
    for flow in content.flows.values():
        lines.append(f"subgraph {_id('f', flow.name)}[{_quoted(flow.name)}]")
        for name, state in flow.states.items():
            lines.append(f"  {_id('s', name)}[{_quoted(short_name(state), _excerpt(state.say))}]")
        lines.append("end")
    lines.append('back(["back"])')
    for command, name in sorted(content.commands.items()):
        lines += [f"{_id('c', command)}([{_quoted(command)}])", f"{_id('c', command)} --> {_id('s', name)}"]
    for name, state in states.items():
        lines += [edge for each in own_choices(state) for edge in _edge(_id("s", name), each, states)]
    choices, times = place_choices(content)
    if choices:
        lines.append(f"place{{{{{_quoted('place unknown', f'asked in {times} states')}}}}}")
        lines += [edge for _, each in sorted(choices.items()) for edge in _edge("place", each, states)]
    lines += [f"classDef {name} fill:{fill},stroke:{line}" for name, (fill, line) in COLOURS.items()]
    for priority in PRIORITIES:
        members = [_id("f", flow.name) for flow in content.flows.values() if flow.topic and flow.priority == priority]
        lines += [f"class {','.join(members)} {priority}"] if members else []
    return "\n".join(lines) + "\n"


def _edge(source: str, choice: Choice, states: Mapping[str, State]) -> list[str]:
    """The line for one choice; none if it leads to a state that does not exist."""
    label = f"|{_quoted(choice.label)}|" if one_line(choice.label) else ""
    if choice.next == BACK:
        return [f"{source} -.->{label} back"]
    if choice.next == HERE:
        return [f"{source} -->{label} {source}"]
    return [f"{source} -->{label} {_id('s', choice.next)}"] if choice.next in states else []


def _id(kind: str, name: str) -> str:
    # With a letter before it no name is a keyword of Mermaid ("end", "style"); other signs become their number.
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9_]", lambda found: f"-{'' if found[0] == '.' else ord(found[0])}", name)


def _quoted(*texts: str) -> str:
    """A label of Mermaid, a line per text."""
    # "%" and "`" too: "%%{" begins a directive even inside a label, and a backtick begins Markdown.
    safe = (re.sub(r"[\"#&<>%`\\]", lambda found: f"#{ord(found[0])};", one_line(text)) for text in texts)
    return f'"{"<br/>".join(safe)}"'


def _excerpt(text: str) -> str:
    """The beginning of a text on one line, no placeholder cut in two."""
    line = one_line(text)
    cut = EXCERPT
    if line.rfind("{", 0, cut) > line.rfind("}", 0, cut):
        cut = max(cut, line.find("}", cut) + 1)
    return line if len(line) <= cut else f"{line[:cut].rstrip(' .,')}..."
