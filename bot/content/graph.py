"""The dialogue as a drawing: `mermaid` for documents, `svg` for people. Both follow the order of the content."""

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from xml.sax.saxutils import escape

from bot.content.files import PRIORITIES
from bot.content.values import Content
from bot.dialogue.flow import BACK, HERE, Choice, Flow, State

START = "start.opener"
EXCERPT = 40

COLOURS = {"P0": ("#f8d9d2", "#b4472f"), "H": ("#e6dcf3", "#7450a8"), "P1": ("#d5e8ec", "#2f7484")}
"""Priority -> fill and line."""
PLAIN = ("#ebe8e1", "#857d6e")
"""Fill and line of a flow that is no topic."""


def _own(state: State) -> Iterator[Choice]:
    """The choices written for this state. Those of `asks_place` are alike everywhere: they are drawn once, apart."""
    return (choice for choice in state.choices if not choice.id.startswith("place_"))


def _place(content: Content) -> tuple[dict[str, Choice], int]:
    """The choices of `asks_place` by id, and how many states have them."""
    asking = [[each for each in state.choices if each.id.startswith("place_")] for state in content.states.values()]
    return {each.id: each for choices in asking for each in choices}, sum(map(bool, asking))


def _line(text: str) -> str:
    """One line of the characters that XML and a reader can take."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _short(state: State) -> str:
    """The state's name within its flow."""
    return state.name.partition(".")[2]


# -- Mermaid -----------------------------------------------------------------------------------------------------


def mermaid(content: Content) -> str:
    """A Mermaid flowchart: a subgraph per flow, a node per state, an edge per choice."""
    states = content.states
    lines = ["flowchart LR"]
    for flow in content.flows.values():
        lines.append(f"subgraph {_id('f', flow.name)}[{_quoted(flow.name)}]")
        for name, state in flow.states.items():
            lines.append(f"  {_id('s', name)}[{_quoted(_short(state), _excerpt(state.say))}]")
        lines.append("end")
    lines.append('back(["back"])')
    for command, name in sorted(content.commands.items()):
        lines += [f"{_id('c', command)}([{_quoted(command)}])", f"{_id('c', command)} --> {_id('s', name)}"]
    for name, state in states.items():
        lines += [edge for each in _own(state) for edge in _edge(_id("s", name), each, states)]
    choices, times = _place(content)
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
    label = f"|{_quoted(choice.label)}|" if _line(choice.label) else ""
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
    safe = (re.sub(r"[\"#&<>%`\\]", lambda found: f"#{ord(found[0])};", _line(text)) for text in texts)
    return f'"{"<br/>".join(safe)}"'


def _excerpt(text: str) -> str:
    """The beginning of a text on one line, no placeholder cut in two."""
    line = _line(text)
    cut = EXCERPT
    if line.rfind("{", 0, cut) > line.rfind("}", 0, cut):
        cut = max(cut, line.find("}", cut) + 1)
    return line if len(line) <= cut else f"{line[:cut].rstrip(' .,')}..."


# -- SVG ---------------------------------------------------------------------------------------------------------

WIDTH, HEAD, ROW, FOOT = 264, 25, 17, 5
"""Of a box: its width, and the heights of its head, of each row and of the edge below."""
BETWEEN, APART, FARTHEST_APART = 92, 15, 46
"""Columns stand this far apart; boxes in a column at least and at most that far."""
MARGIN, TOP = 40, 150
COLUMN = 1500
"""A level higher than this is dealt over several columns."""
FARTHEST = 4
"""Flows this many choices from the start, or more, share one level."""
DARK, GREY, ORANGE = "#2b2a27", "#6f6a5f", "#9a4b12"
OTHER = 'stroke="#8f887a" opacity="0.38"'
HUES = ("#6b665b", "#b07d12", "#2f7484", "#a8483a", "#5c7f3a", "#7450a8")
FIRST = [f'stroke="{hue}" stroke-width="1.5"' for hue in HUES]
"""Looks of the shortest ways: a hue for each flow they leave, so that a line is known again behind a box."""


@dataclass(frozen=True, slots=True)
class _Box:
    """One flow, placed: its column, its corner."""

    flow: Flow
    column: int
    x: float
    y: float


def svg(content: Content) -> str:
    """The dialogue as one SVG without script, style sheet or outside resource: flows are boxes, states rows."""
    levels, ways = _levels(content)
    columns, headings = _columns(levels)
    height = max((_column_height(column, APART) for column in columns), default=0.0)
    boxes = {box.flow.name: box for index, flows in enumerate(columns) for box in _placed(flows, index, height)}
    size = f"{max(_x(len(columns)), 1100):g}", f"{TOP + height + MARGIN:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" viewBox="0 0 {" ".join(size)}"',
        ' font-family="system-ui, sans-serif">',
        "<title>The dialogue of the helpline bot</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"',
        f' markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z" fill="{GREY}"/></marker></defs>',
        f'<rect width="{size[0]}" height="{size[1]}" fill="#fbfaf7"/>',
        *_legend(content),
    ]
    parts += [_text(_x(column), TOP - 16, label, 12, WIDTH, GREY, bold=True) for column, label in headings]
    leaving = [name for name, _ in Counter(source for (source, _), first in ways.items() if first).most_common()]
    # Lines first, so that the boxes cover what runs behind them; the shortest ways last, above the other lines.
    for (source, target), first in sorted(ways.items(), key=lambda way: way[1]):
        look = FIRST[leaving.index(source) % len(FIRST)] if first else OTHER
        parts.append(_arrow(_curve(boxes[source], boxes[target]), look))
    parts += [part for box in boxes.values() for part in _drawn(box)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _levels(content: Content) -> tuple[dict[int, list[Flow]], dict[tuple[str, str], bool]]:
    """Flows by their distance from the start, and every pair of flows with a choice between them.

    A pair is marked when the shortest way from the start runs over it. What no choice leads to stands beside the start.
    """
    states = content.states
    owner = {state: flow.name for flow in content.flows.values() for state in flow.states}
    steps = {START: 0} if START in states else {}
    distance = {owner[name]: 0 for name in steps}
    ways: dict[tuple[str, str], bool] = {}
    queue = deque(steps)
    while queue:
        name = queue.popleft()
        for choice in _own(states[name]):
            if choice.next in states and choice.next not in steps:
                steps[choice.next] = steps[name] + 1
                queue.append(choice.next)
                if owner[choice.next] not in distance:
                    distance[owner[choice.next]] = steps[choice.next]
                    ways[owner[name], owner[choice.next]] = True
    for name, state in states.items():
        for choice in _own(state):
            if choice.next in states and owner[choice.next] != owner[name]:
                ways.setdefault((owner[name], owner[choice.next]), False)
    levels: dict[int, list[Flow]] = {}
    for flow_name in [*distance, *(flow for flow in content.flows if flow not in distance)]:
        levels.setdefault(min(distance.get(flow_name, 0), FARTHEST), []).append(content.flows[flow_name])
    return levels, ways


def _columns(levels: Mapping[int, list[Flow]]) -> tuple[list[list[Flow]], list[tuple[int, str]]]:
    """The flows of each column, and (column, heading) for each level."""
    columns: list[list[Flow]] = []
    headings = []
    for level, flows in sorted(levels.items()):
        more = " or more" if level == FARTHEST else ""
        away = f"{level}{more} choice{'s' if level > 1 else ''} away"
        headings.append((len(columns), away if level else "Start, and what no choice leads to"))
        dealt: list[list[Flow]] = [[] for _ in range(ceil(_column_height(flows, APART) / COLUMN))]
        for flow in flows:
            min(dealt, key=lambda column: _column_height(column, APART)).append(flow)
        columns += dealt
    return columns, headings


def _height(flow: Flow) -> int:
    return HEAD + ROW * len(flow.states) + FOOT


def _column_height(flows: list[Flow], apart: float) -> float:
    return sum(map(_height, flows)) + apart * max(len(flows) - 1, 0)


def _x(column: int) -> int:
    return MARGIN + column * (WIDTH + BETWEEN)


def _placed(flows: list[Flow], column: int, height: float) -> Iterator[_Box]:
    """The boxes of one column, spread over the height and centred in it."""
    apart = min((height - _column_height(flows, 0)) / max(len(flows) - 1, 1), FARTHEST_APART)
    y = TOP + (height - _column_height(flows, apart)) / 2
    for flow in flows:
        yield _Box(flow, column, _x(column), round(y, 1))
        y += _height(flow) + apart


def _curve(source: _Box, target: _Box) -> str:
    """The path between two boxes: on to the right, back to the left, or round the right side within a column."""
    y1, y2 = source.y + _height(source.flow) / 2, target.y + HEAD / 2
    if source.column == target.column:
        x, bend = source.x + WIDTH, source.x + WIDTH + 22 + min(abs(y2 - y1) / 16, 56)
        return f"M{x:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x:g} {y2:g}"
    on = source.column < target.column
    x1, x2 = (source.x + WIDTH, target.x) if on else (source.x, target.x + WIDTH)
    # All the bending in the first gap, then straight on: slanting lines behind the boxes are hard to follow.
    way = BETWEEN if on else -BETWEEN
    return f"M{x1:g} {y1:g}C{x1 + way * 0.6:g} {y1:g} {x1 + way * 0.4:g} {y2:g} {x1 + way:g} {y2:g}H{x2:g}"


def _arrow(path: str, look: str) -> str:
    return f'<path d="{path}" fill="none" {look} marker-end="url(#tip)"/>'


def _drawn(box: _Box) -> Iterator[str]:
    """The elements of one flow. A viewer that can shows the whole text of a state when the mouse is on it."""
    flow, x, y = box.flow, box.x, box.y
    fill, line = COLOURS.get(flow.priority, PLAIN) if flow.topic else PLAIN
    yield f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{_height(flow)}" rx="7" fill="#fff" stroke="{line}"/>'
    head = f"M{x:g} {y + HEAD:g}v{7 - HEAD}q0-7 7-7h{WIDTH - 14}q7 0 7 7v{HEAD - 7}z"
    yield f'<path d="{head}" fill="{fill}" stroke="{line}"/>'
    yield _text(x + 10, y + 17, flow.name, 12, WIDTH - 48, DARK, bold=True)
    if flow.topic:
        yield _text(x + WIDTH - 30, y + 17, flow.priority, 10, 26, line, bold=True)
    indent = min(max(_wide(_short(state), 11) for state in flow.states.values()) + 8, 118)
    for row, state in enumerate(flow.states.values(), start=1):
        at, mark = y + HEAD + ROW * row - 3, f"[{state.command}]" if state.command else ""
        marked = min(_wide(mark, 10) + 8, 90) if mark else 0
        yield f"<g><title>{escape(_line(f'{state.name}: {state.say}'))}</title>"
        yield _text(x + 10, at, _short(state), 11, indent - 6, DARK)
        yield _text(x + 10 + indent, at, state.say, 10, WIDTH - 18 - indent - marked, GREY)
        yield f"{_text(x + WIDTH - marked, at, mark, 10, marked, ORANGE) if mark else ''}</g>"


def _legend(content: Content) -> Iterator[str]:
    """Title, counts, and what the colours and lines mean."""
    yield _text(MARGIN, 48, "The dialogue of the helpline bot", 22, 700, DARK, bold=True)
    choices, times = _place(content)
    targets = sorted({each.next for each in choices.values() if each.next in content.states})
    place = f"; {times} states also ask for the place" if choices else ""
    place += f", which can lead to {', '.join(targets)}" if targets else ""
    yield _text(MARGIN, 71, f"{len(content.flows)} flows, {len(content.states)} states{place}", 12, 1000, GREY)
    x = MARGIN
    for name, (fill, line) in {**{f"topic, {key}": each for key, each in COLOURS.items()}, "no topic": PLAIN}.items():
        yield f'<rect x="{x}" y="86" width="18" height="12" rx="3" fill="{fill}" stroke="{line}"/>'
        yield _text(x + 25, 96, name, 11, 70, DARK)
        x += 104
    for name, look in (("shortest way", FIRST[0]), ("other choices", OTHER)):
        yield _arrow(f"M{x} 92h26", look)
        yield _text(x + 34, 96, name, 11, 100, DARK)
        x += 138
    yield _text(x, 96, "[word]", 10, 60, ORANGE)
    yield _text(x + 42, 96, "this command leads here from everywhere", 11, 300, DARK)


def _text(x: float, y: float, text: str, size: int, room: float, colour: str, bold: bool = False) -> str:
    """A text element, cut to its room."""
    weight = ' font-weight="600"' if bold else ""
    line, broad = _line(text), size * (1.12 if bold else 1)
    kept = line
    while kept and _wide(kept if kept == line else f"{kept}...", broad) > room:
        kept = kept[:-1].rstrip(" .,")
    fitting = escape(kept if kept == line else f"{kept}...")
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{weight} fill="{colour}">{fitting}</text>'


def _wide(text: str, size: float) -> float:
    """How wide a text is at most, in pixels. The reader's font is not known: measured after a wide one, DejaVu Sans."""

    def em(sign: str) -> float:
        if sign > "\u024f" or sign in "mwMW@%#+<=>~&":
            return 1.3 if sign > "\u024f" else 1.0
        if sign in " ijlI.,:;'|tfr()[]!-/":
            return 0.34 if sign in " ijlI.,:;'|" else 0.42
        return 0.79 if sign.isupper() else 0.62

    return size * sum(map(em, text))
