"""The dialogue as one SVG, for people: the same content gives the same bytes."""

from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape

from bot.content.graph.common import COLOURS, PLAIN, one_line, place_choices, short_name
from bot.content.graph.layout import (
    APART,
    HEAD,
    MARGIN,
    ROW,
    TOP,
    WIDTH,
    Box,
    column_height,
    columns_of,
    curve,
    height_of,
    left,
    levels,
    placed,
)
from bot.content.values import Content

DARK, GREY, ORANGE = "#2b2a27", "#6f6a5f", "#9a4b12"
OTHER = 'stroke="#8f887a" opacity="0.38"'
HUES = ("#6b665b", "#b07d12", "#2f7484", "#a8483a", "#5c7f3a", "#7450a8")
FIRST = [f'stroke="{hue}" stroke-width="1.5"' for hue in HUES]
"""Looks of the shortest ways: a hue for each flow they leave, so that a line is known again behind a box."""


def svg(content: Content) -> str:
    """The dialogue as one SVG without script, style sheet or outside resource: flows are boxes, states rows."""
    by_distance, ways = levels(content)
    columns, headings = columns_of(by_distance)
    height = max((column_height(column, APART) for column in columns), default=0.0)
    boxes = {box.flow.name: box for index, flows in enumerate(columns) for box in placed(flows, index, height)}
    size = f"{max(left(len(columns)), 1100):g}", f"{TOP + height + MARGIN:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" viewBox="0 0 {" ".join(size)}"',
        ' font-family="system-ui, sans-serif">',
        "<title>The dialogue of the helpline bot</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"',
        f' markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z" fill="{GREY}"/></marker></defs>',
        f'<rect width="{size[0]}" height="{size[1]}" fill="#fbfaf7"/>',
        *_legend(content),
    ]
    parts += [_text(left(column), TOP - 16, label, 12, WIDTH, GREY, bold=True) for column, label in headings]
    leaving = [name for name, _ in Counter(source for (source, _), first in ways.items() if first).most_common()]
    # Lines first, so that the boxes cover what runs behind them; the shortest ways last, above the other lines.
    for (source, target), first in sorted(ways.items(), key=lambda way: way[1]):
        look = FIRST[leaving.index(source) % len(FIRST)] if first else OTHER
        parts.append(_arrow(curve(boxes[source], boxes[target]), look))
    parts += [part for box in boxes.values() for part in _drawn(box)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _arrow(path: str, look: str) -> str:
    return f'<path d="{path}" fill="none" {look} marker-end="url(#tip)"/>'


def _drawn(box: Box) -> Iterator[str]:
    """The elements of one flow. A viewer that can shows the whole text of a state when the mouse is on it."""
    flow, x, y = box.flow, box.x, box.y
    fill, line = COLOURS.get(flow.priority, PLAIN) if flow.topic else PLAIN
    yield f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{height_of(flow)}" rx="7" fill="#fff" stroke="{line}"/>'
    head = f"M{x:g} {y + HEAD:g}v{7 - HEAD}q0-7 7-7h{WIDTH - 14}q7 0 7 7v{HEAD - 7}z"
    yield f'<path d="{head}" fill="{fill}" stroke="{line}"/>'
    yield _text(x + 10, y + 17, flow.name, 12, WIDTH - 48, DARK, bold=True)
    if flow.topic:
        yield _text(x + WIDTH - 30, y + 17, flow.priority, 10, 26, line, bold=True)
    indent = min(max(_wide(short_name(state), 11) for state in flow.states.values()) + 8, 118)
    for row, state in enumerate(flow.states.values(), start=1):
        at, mark = y + HEAD + ROW * row - 3, f"[{state.command}]" if state.command else ""
        marked = min(_wide(mark, 10) + 8, 90) if mark else 0
        yield f"<g><title>{escape(one_line(f'{state.name}: {state.say}'))}</title>"
        yield _text(x + 10, at, short_name(state), 11, indent - 6, DARK)
        yield _text(x + 10 + indent, at, state.say, 10, WIDTH - 18 - indent - marked, GREY)
        yield f"{_text(x + WIDTH - marked, at, mark, 10, marked, ORANGE) if mark else ''}</g>"


def _legend(content: Content) -> Iterator[str]:
    """Title, counts, and what the colours and lines mean."""
    yield _text(MARGIN, 48, "The dialogue of the helpline bot", 22, 700, DARK, bold=True)
    choices, times = place_choices(content)
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
    line, broad = one_line(text), size * (1.12 if bold else 1)
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
