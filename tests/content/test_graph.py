"""The drawings hold every state and every choice, take any text, and come out the same each time."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.content.files import read
from bot.content.graph import mermaid, svg
from bot.content.values import Content
from bot.dialogue.flow import BACK, HERE, Choice, Flow, State

FLOWS = Path(__file__).parents[2] / "flows"
HOSTILE = 'say "hi" <b>&amp; ]]> \x00\x1b `code` %%{init}%% #quot; {bz} \\ end'
XMLNS = "{http://www.w3.org/2000/svg}"


def _flow(name: str, *states: State, priority: str = "") -> Flow:
    return Flow(name, {state.name: state for state in states}, topic=name if priority else "", priority=priority)


def _content(*flows: Flow) -> Content:
    return Content({flow.name: flow for flow in flows}, {}, {}, {}, {}, {}, {})


def _small() -> Content:
    place = (
        Choice("place_nl", "In Nederland", HERE),
        Choice("place_which", "Zeg in welk land", "place.country"),
    )
    return _content(
        _flow("start", State("start.opener", "Hoi.", choices=(Choice("safe", "ja", "menu.main"),))),
        _flow(
            "menu",
            State(
                "menu.main",
                "Waar gaat het over? Kies een getal en bel anders {emergency_nl}, dag en nacht.",
                command="menu",
                choices=(
                    Choice("one", "Bang", "afraid.answer"),
                    Choice("again", "Nog eens", HERE),
                    Choice("return", "Terug", BACK),
                    Choice("lost", "Nergens", "nowhere.answer"),
                    *place,
                ),
            ),
        ),
        _flow(
            "afraid", State("afraid.answer", "Bel {bz}.", choices=place), State("afraid.more", "Meer"), priority="P0"
        ),
        _flow("law", State("law.answer", "Dat weet ik niet."), priority="H"),
        _flow("place", State("place.country", "In welk land ben je?")),
    )


def _real() -> Content:
    return read(FLOWS, date(2026, 11, 23))


@pytest.fixture(params=[_small, _real], ids=["small", "real"])
def content(request: pytest.FixtureRequest) -> Content:
    content: Content = request.param()
    return content


def _id(state: str) -> str:
    return f"s-{state.replace('.', '-')}"


def _parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314 -- our own drawing


def _texts(drawing: str) -> list[str]:
    return [element.text or "" for element in _parsed(drawing).iter(f"{XMLNS}text")]


def test_mermaid_has_each_flow_and_state_once(content: Content) -> None:
    lines = mermaid(content).splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(line.startswith("subgraph ") for line in lines) == lines.count("end") == len(content.flows)
    for name in content.states:
        assert sum(line.startswith(f"  {_id(name)}[") for line in lines) == 1, name


def test_mermaid_has_each_choice_with_its_label(content: Content) -> None:
    lines = mermaid(content).splitlines()
    for name, state in content.states.items():
        for choice in state.choices:
            if choice.id.startswith("place_"):
                continue
            label, source = choice.label, _id(name)
            if choice.next == BACK:
                assert f'{source} -.->|"{label}"| back' in lines
            elif choice.next == HERE:
                assert f'{source} -->|"{label}"| {source}' in lines
            elif choice.next in content.states:
                assert f'{source} -->|"{label}"| {_id(choice.next)}' in lines


def test_mermaid_points_only_at_nodes_it_has(content: Content) -> None:
    drawing = mermaid(content)
    nodes = set(re.findall(r"^ *([sc]-[\w-]+|back|place)[\[({]", drawing, re.MULTILINE))
    ends = re.findall(r"^(\S+) -\.?->(?:\|.*\|)? (\S+)$", drawing, re.MULTILINE)
    assert ends
    assert {end for pair in ends for end in pair} <= nodes


def test_mermaid_draws_commands_place_and_priorities() -> None:
    lines = mermaid(_small()).splitlines()
    assert "c-menu --> s-menu-main" in lines
    assert lines.count('place -->|"Zeg in welk land"| s-place-country') == 1
    assert lines.count('place -->|"In Nederland"| place') == 1
    assert 'place{{"place unknown<br/>asked in 2 states"}}' in lines
    assert "class f-afraid P0" in lines
    assert "class f-law H" in lines
    assert not any(line.endswith(" P1") for line in lines)


def test_mermaid_cuts_a_text_but_no_placeholder() -> None:
    long = State("a.long", "Dit zijn er al bijna veertig, bel dan {emergency_nl} of {bz}.")
    assert '"long<br/>Dit zijn er al bijna veertig, bel dan {emergency_nl}..."' in mermaid(_content(_flow("a", long)))


def test_svg_has_each_flow_and_state(content: Content) -> None:
    drawing = svg(content)
    texts = _texts(drawing)
    titles = [element.text or "" for element in _parsed(drawing).iter(f"{XMLNS}title")]
    for flow in content.flows.values():
        assert flow.name in texts
    for name in content.states:
        assert name.partition(".")[2] in texts
        assert sum(title.startswith(f"{name}:") for title in titles) == 1, name


def test_svg_has_one_line_for_each_pair_of_flows(content: Content) -> None:
    pairs = {
        (name.partition(".")[0], choice.next.partition(".")[0])
        for name, state in content.states.items()
        for choice in state.choices
        if choice.next in content.states and not choice.id.startswith("place_")
    }
    expected = sum(source != target for source, target in pairs)
    in_legend = 2
    assert svg(content).count('marker-end="url(#tip)"') == expected + in_legend


def test_svg_stands_alone(content: Content) -> None:
    drawing = svg(content)
    tags = {element.tag.removeprefix(XMLNS) for element in _parsed(drawing).iter()}
    assert tags <= {"svg", "title", "defs", "marker", "g", "rect", "path", "text"}
    assert "style=" not in drawing
    assert "href" not in drawing
    assert drawing.count("http") == 1


def test_svg_boxes_do_not_overlap_and_lie_inside(content: Content) -> None:
    root = _parsed(svg(content))
    boxes = [
        tuple(float(rect.attrib[side]) for side in ("x", "y", "width", "height"))
        for rect in root.iter(f"{XMLNS}rect")
        if rect.get("rx") == "7"
    ]
    assert len(boxes) == len(content.flows)
    for index, (x, y, width, height) in enumerate(boxes):
        assert x + width < float(root.attrib["width"])
        assert y + height < float(root.attrib["height"])
        for left, top, wide, high in boxes[index + 1 :]:
            assert x + width < left or left + wide < x or y + height < top or top + high < y


def test_svg_cuts_what_does_not_fit() -> None:
    drawing = svg(_content(_flow("a" * 99, State(f"{'a' * 99}.{'b' * 99}", "W" * 500, command="menu"))))
    cut = [text for text in _texts(drawing) if text.endswith("...")]
    assert len(cut) == 3
    assert max(map(len, cut)) < 40


@pytest.mark.parametrize("draw", [mermaid, svg])
def test_hostile_text_is_escaped(draw: Callable[[Content], str]) -> None:
    choice = Choice("c", HOSTILE, "a.end", sets={"place": "nl"})
    state = State("a.end", HOSTILE, choices=(choice, Choice("place_x", HOSTILE, HERE)), command=HOSTILE)
    drawing = draw(_content(Flow("a", {"a.end": state}, topic="a", priority=HOSTILE, title=HOSTILE)))
    for raw in ("<b>", "&amp; ", "]]>", "\x00", "\x1b"):
        assert raw not in drawing
    assert "{bz}" in drawing


def test_hostile_text_stays_inside_its_label() -> None:
    state = State("a.end", HOSTILE, choices=(Choice("c", HOSTILE, HERE),))
    drawing = mermaid(_content(_flow("a", state)))
    assert all(line.count('"') in (0, 2) for line in drawing.splitlines())
    for raw in ("`", "%%", "#quot;", "\\"):
        assert raw not in drawing


def test_hostile_text_is_whole_again_in_the_svg() -> None:
    root = _parsed(svg(_content(_flow("a", State("a.end", HOSTILE)))))
    said = 'a.end: say "hi" <b>&amp; ]]> `code` %%{init}%% #quot; {bz} \\ end'
    assert said in [element.text for element in root.iter(f"{XMLNS}title")]


@pytest.mark.parametrize("draw", [mermaid, svg])
def test_the_same_content_gives_the_same_drawing(draw: Callable[[Content], str], content: Content) -> None:
    assert draw(content) == draw(content)


def test_nothing_can_be_drawn() -> None:
    assert mermaid(_content()).startswith("flowchart LR\n")
    _parsed(svg(_content()))
