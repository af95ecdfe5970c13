"""Where every flow stands in the drawing: in columns by its distance from the start."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from bot.content.graph.common import own_choices
from bot.content.values import Content
from bot.dialogue.flow import Flow

START = "start.opener"
WIDTH, HEAD, ROW, FOOT = 264, 25, 17, 5
"""Of a box: its width, and the heights of its head, of each row and of the edge below."""
BETWEEN, APART, FARTHEST_APART = 92, 15, 46
"""Columns stand this far apart; boxes in a column at least and at most that far."""
MARGIN, TOP = 40, 150
COLUMN = 1500
"""A level higher than this is dealt over several columns."""
FARTHEST = 4
"""Flows this many choices from the start, or more, share one level."""


@dataclass(frozen=True, slots=True)
class Box:
    """One flow, placed: its column, its corner."""

    flow: Flow
    column: int
    x: float
    y: float


def levels(content: Content) -> tuple[dict[int, list[Flow]], dict[tuple[str, str], bool]]:
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
        for choice in own_choices(states[name]):
            if choice.next in states and choice.next not in steps:
                steps[choice.next] = steps[name] + 1
                queue.append(choice.next)
                if owner[choice.next] not in distance:
                    distance[owner[choice.next]] = steps[choice.next]
                    ways[owner[name], owner[choice.next]] = True
    for name, state in states.items():
        for choice in own_choices(state):
            if choice.next in states and owner[choice.next] != owner[name]:
                ways.setdefault((owner[name], owner[choice.next]), False)
    found: dict[int, list[Flow]] = {}
    for flow_name in [*distance, *(flow for flow in content.flows if flow not in distance)]:
        found.setdefault(min(distance.get(flow_name, 0), FARTHEST), []).append(content.flows[flow_name])
    return found, ways


def columns_of(levels: Mapping[int, list[Flow]]) -> tuple[list[list[Flow]], list[tuple[int, str]]]:
    """The flows of each column, and (column, heading) for each level."""
    columns: list[list[Flow]] = []
    headings = []
    for level, flows in sorted(levels.items()):
        more = " or more" if level == FARTHEST else ""
        away = f"{level}{more} choice{'s' if level > 1 else ''} away"
        headings.append((len(columns), away if level else "Start, and what no choice leads to"))
        dealt: list[list[Flow]] = [[] for _ in range(ceil(column_height(flows, APART) / COLUMN))]
        for flow in flows:
            min(dealt, key=lambda column: column_height(column, APART)).append(flow)
        columns += dealt
    return columns, headings


def height_of(flow: Flow) -> int:
    """Pixels of the box of one flow."""
    return HEAD + ROW * len(flow.states) + FOOT


def column_height(flows: list[Flow], apart: float) -> float:
    """Pixels of a column whose boxes stand `apart`."""
    return sum(map(height_of, flows)) + apart * max(len(flows) - 1, 0)


def left(column: int) -> int:
    """Where a column begins."""
    return MARGIN + column * (WIDTH + BETWEEN)


def placed(flows: list[Flow], column: int, height: float) -> Iterator[Box]:
    """The boxes of one column, spread over the height and centred in it."""
    apart = min((height - column_height(flows, 0)) / max(len(flows) - 1, 1), FARTHEST_APART)
    y = TOP + (height - column_height(flows, apart)) / 2
    for flow in flows:
        yield Box(flow, column, left(column), round(y, 1))
        y += height_of(flow) + apart


def curve(source: Box, target: Box) -> str:
    """The path between two boxes: on to the right, back to the left, or round the right side within a column."""
    y1, y2 = source.y + height_of(source.flow) / 2, target.y + HEAD / 2
    if source.column == target.column:
        x, bend = source.x + WIDTH, source.x + WIDTH + 22 + min(abs(y2 - y1) / 16, 56)
        return f"M{x:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x:g} {y2:g}"
    on = source.column < target.column
    x1, x2 = (source.x + WIDTH, target.x) if on else (source.x, target.x + WIDTH)
    # All the bending in the first gap, then straight on: slanting lines behind the boxes are hard to follow.
    way = BETWEEN if on else -BETWEEN
    return f"M{x1:g} {y1:g}C{x1 + way * 0.6:g} {y1:g} {x1 + way * 0.4:g} {y2:g} {x1 + way:g} {y2:g}H{x2:g}"
