"""The dialogue as a whole: topics, dead ends, states nobody reaches, texts that rest on nothing."""

from collections.abc import Iterator

from bot.content.faults import Fault
from bot.content.inspection.reaching import reachable
from bot.content.values import SAYABLE, Content
from bot.dialogue.flow import State
from bot.dialogue.states import CRISES, TOPICS

MOST_CHOICES = 8


def structure_faults(content: Content) -> Iterator[Fault]:
    """Topics that lack a flow or have none, states nobody reaches, questions before it is told who reads, dead ends."""
    states = content.states
    for topic in TOPICS:
        if topic not in content.topics:
            yield Fault(f"flows/topics/{topic}.toml", "", "is missing")
    for topic in content.topics:
        if topic not in TOPICS:
            yield Fault(f"flows/topics/{topic}.toml", "", "is not in the closed list of topics")
    for name in sorted(set(states) - reachable(content)):
        yield Fault(content.file_of(name), name, "cannot be reached")
    for name in sorted(reachable(content, untold=True)):
        if states[name].open:
            yield Fault(content.file_of(name), name, "asks an open question before it is told who reads the answer")
    for name, state in states.items():
        yield from _ways_on(content.file_of(name), name, state)
    yield from _unasked(content)


def _unasked(content: Content) -> Iterator[Fault]:
    """Answers with a fact that no question leads to, in a language of which the file says that it has them all. Where a
    topic's first state is the answer, the classifiers lead there."""
    flows = [flow for flow in content.flows.values() if flow.topic and flow.topic not in CRISES]
    for language, asking in content.asked.items():
        if not asking.complete:
            continue
        asked = {state for state, words in asking.states.items() if words.anywhere or words.here or words.said}
        for name in (name for flow in flows for name, state in flow.states.items() if state.facts):
            if name not in asked and content.topics.get(name.partition(".")[0]) != name:
                yield Fault(f"flows/asked/{language}.toml", name, "says a fact, and no question leads to it")


def _ways_on(file: str, name: str, state: State) -> Iterator[Fault]:
    if not state.footer and not state.choices and not state.neutral:
        yield Fault(file, name, "is a dead end: it shows no choice and no footer")
    own = [choice for choice in state.choices if not choice.id.startswith("place_")]
    if len(own) > MOST_CHOICES:
        yield Fault(file, name, f"has more than {MOST_CHOICES} choices; 9 is a person everywhere")


def fact_faults(content: Content) -> Iterator[Fault]:
    """Texts that rest on a fact nobody has or may say, or on nothing; facts that are said nowhere."""
    said: set[str] = set()
    shown = reachable(content)
    for where, file, facts, source in _sourced(content):
        for fact in facts:
            if fact not in content.facts:
                yield Fault(file, where, f"rests on {fact}, which is not in facts.toml")
            elif content.facts[fact].status not in SAYABLE:
                yield Fault(file, where, f"says {fact}, which the owner has not confirmed")
        if not facts and source != "channel":
            yield Fault(file, where, 'has no source: give facts = [...] or source = "channel"')
        if where in shown or where.startswith("shared."):
            said.update(facts)
    for fact, row in content.facts.items():
        if row.status == "stated" and fact not in said:
            yield Fault("flows/facts.toml", fact, "is said nowhere")


def _sourced(content: Content) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    for name, state in content.states.items():
        yield name, content.file_of(name), state.facts, state.source
    for name, text in content.shared.items():
        yield f"shared.{name}", "flows/shared.toml", text.facts, text.source
