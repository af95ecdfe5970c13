"""Whether people can answer the bot in their own words, go on asking after an answer, and get out of a crisis."""

from collections.abc import Iterator, Mapping, Set

from bot.content.building import answering_states, remark_words
from bot.content.faults import Fault
from bot.content.library import Library
from bot.content.values import Content
from bot.dialogue.crisis import ENDS
from bot.dialogue.flow import Choice, State
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.states import CRISES
from bot.dialogue.steps.crisis import ANYTHING
from bot.dialogue.steps.follow_up import FOLLOW_UPS, is_answered
from bot.nlu.normalise import normalise

QUESTION_MARKS = ("?", "\u061f")
TURNS = 2
"""States that answer anything, so that no answer is given twice in a row."""


def answer_faults(library: Library, localized: LocalizedContent) -> Iterator[Fault]:
    """Questions, answers and crises that leave somebody stuck who writes in this language."""
    content, language = library.content, localized.locale
    known = _known_remarks(content, language)
    for name, state in localized.states.items():
        yield from _question_faults(content, name, state, language, known)
    for remark in (each for each in FOLLOW_UPS if each not in known):
        yield Fault(f"flows/remarks/{language}.toml", remark, "has no words; the language is live")
    for crisis in CRISES:
        yield from _way_out_faults(content, crisis, language, known)


def follow_up_faults(content: Content) -> Iterator[Fault]:
    """Answers after which something that people say is not answered, in whatever language."""
    answers = answering_states(content)
    for topic, first in content.topics.items():
        file = content.file_of(first)
        if topic in CRISES:
            if len(answers.get((topic, ANYTHING), ())) < TURNS:
                yield Fault(file, first, f'needs {TURNS} states with answers = ["{ANYTHING}"], to take turns')
            continue
        lacking = [remark for remark in FOLLOW_UPS if not is_answered(answers, content.topics, topic, remark)]
        if lacking:
            yield Fault(file, first, f"is an answer without follow-ups: nothing answers {', '.join(lacking)} after it")


def _known_remarks(content: Content, language: str) -> Set[str]:
    """The remarks that can be made in a language."""
    spoken = remark_words(content).get(language, {})
    return {kind for kind, words in spoken.items() if words.whole or words.starts or words.within}


def _question_faults(content: Content, name: str, state: State, language: str, known: Set[str]) -> Iterator[Fault]:
    """A question that cannot be answered in words, a yes to no question."""
    file, texts = content.file_of(name), [text for text in (state.say, state.say_nl, state.say_abroad) if text]
    own = [choice for choice in state.choices if not choice.id.startswith("place_")]
    asks = any(text.endswith(QUESTION_MARKS) for text in texts)
    if asks and not (own or state.offers or state.open or state.expects):
        yield Fault(file, f"{name} ({language})", "asks a question, and no answer to it is read")
    yes, no = (_words(content, language, remark) for remark in ("yes", "no"))
    for choice in own:
        where = f"{name} choice {choice.id} ({language})"
        if not choice.words and not choice.means:
            yield Fault(file, where, "is chosen by its number and label only; give it words, or what it means")
        for remark, words in (("yes", yes), ("no", no)):
            if _short_label(choice) in words and remark not in choice.means:
                yield Fault(file, where, f'is a "{remark}" without means = ["{remark}"]')
        if choice.means and known.isdisjoint(choice.means):
            yield Fault(file, where, f"means {', '.join(choice.means)}, and {language} has words for none of them")
        if "yes" in choice.means and not any(mark in text for text in texts for mark in QUESTION_MARKS):
            yield Fault(file, where, 'means "yes", and nothing is asked')


def _words(content: Content, language: str, remark: str) -> Set[str]:
    vocabulary = content.vocabularies.get(language)
    return {normalise(word) for word in (vocabulary.commands.get(remark, ()) if vocabulary else ())}


def _short_label(choice: Choice) -> str:
    """ "Yes" of "yes, I can"."""
    return normalise(choice.label.partition(",")[0])


def _way_out_faults(content: Content, crisis: str, language: str, known: Set[str]) -> Iterator[Fault]:
    """States of a crisis that nothing leads out of which can be chosen, or said in this language."""
    states = {name: state for name, state in content.states.items() if name.partition(".")[0] == crisis}
    said = {name for name, state in states.items() if not known.isdisjoint(state.answers)}
    for name in states:
        if not _gets_out(name, states, said):
            message = f'is a crisis without a way out: nothing that is chosen or said leads to does = "{ENDS}"'
            yield Fault(content.file_of(name), f"{name} ({language})", message)


def _gets_out(name: str, states: Mapping[str, State], said: Set[str]) -> bool:
    """Does a way lead from a state of a crisis to one that ends it? said: the states that a remark leads to."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        if here in seen or here not in states:
            continue
        if states[here].does == ENDS:
            return True
        seen.add(here)
        todo += [*said, *(choice.next for choice in states[here].choices)]
    return False
