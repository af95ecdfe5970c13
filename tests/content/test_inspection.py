"""`python -m bot check`: the real content is sound, and every planted fault is found."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from bot.content.faults import ContentError, Fault, Severity
from bot.content.inspection import inspect, reachable
from bot.content.library import Library, read_library
from bot.content.localizing import localize
from bot.dialogue.states import TOPICS
from bot.rendering.segments import outside_gsm
from tests.harness.changed_content import change, copied
from tests.harness.fixed import NOW, ROOT

TODAY = NOW.date()
PO = "locales/en/LC_MESSAGES/messages.po"
CONSOLE_PO = "locales/en/LC_MESSAGES/console.po"


def errors(faults: list[Fault]) -> list[str]:
    return [str(fault) for fault in faults if fault.severity is Severity.ERROR]


# -- the real content ----------------------------------------------------------------------------------------------


def test_the_dutch_content_has_no_error(library: Library) -> None:
    assert [line for line in errors(inspect(library, ROOT)) if "locales/en" not in line and "(en)" not in line] == []


def test_nothing_has_an_error(library: Library) -> None:
    assert errors(inspect(library, ROOT)) == []


def test_every_state_can_be_reached(library: Library) -> None:
    assert reachable(library.content) == set(library.content.states)


def test_every_topic_has_an_answer_and_every_stated_fact_is_said(library: Library) -> None:
    assert set(library.content.topics) == set(TOPICS)
    said = {fact for state in library.content.states.values() for fact in state.facts}
    said |= {fact for text in library.content.shared.values() for fact in text.facts}
    stated = {name for name, fact in library.content.facts.items() if fact.status == "stated"}
    assert stated <= said
    assert {f"F{number}" for number in range(1, 112)} <= set(library.content.facts)


def test_languages_without_a_reviewer_are_a_warning(library: Library) -> None:
    found = [fault for fault in inspect(library, ROOT) if fault.file == "locales/supported.toml"]
    assert {fault.where for fault in found} == {
        f"languages.{code}" for code, language in library.languages.all.items() if not language.reviewer
    }
    assert all(fault.severity is Severity.WARNING for fault in found)


# -- planted faults ------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copied(tmp_path)


def found_in(root: Path) -> list[Fault]:
    """What `bot check` would say: the faults no start survives, or else what inspection finds."""
    try:
        return inspect(read_library(root, TODAY), root)
    except ContentError as error:
        return error.faults


def assert_found(root: Path, where: str, part: str, severity: Severity = Severity.ERROR) -> None:
    found = found_in(root)
    assert any(
        where in f"{fault.file} {fault.where}" and part in fault.message and fault.severity is severity
        for fault in found
    ), "\n".join(map(str, found))


def add_flow(root: Path, *states: str) -> None:
    """A flow of its own, reached from the trip menu."""
    (root / "flows" / "extra.toml").write_text('flow = "extra"\n' + "\n".join(states), encoding="utf-8")
    change(root / "flows" / "trip.toml", 'next = "signs"', 'next = "extra"')


def state(name: str = "a", say: str = "Hoi.", more: str = 'source = "channel"') -> str:
    return f'[state.{name}]\nsay = """\n{say}"""\n{more}\n'


def choice(name: str, label: str, words: str = "", target: str = "@here", owner: str = "a") -> str:
    return f'[[state.{owner}.choice]]\nid = "{name}"\nlabel = "{label}"\nwords = "{words}"\nnext = "{target}"\n'


NEUTRAL = 'source = "channel"\nneutral = true'

# where the fault is, what it says, the states of the planted flow
PLANTED: list[tuple[str, str, tuple[str, ...]]] = [
    ("extra.a", "is a dead end", (state(more='source = "channel"\nfooter = false'),)),
    ("extra.b", "cannot be reached", (state(), state("b"))),
    ("extra.a", "has no source", (state(more=""),)),
    ("extra.a", "rests on F999, which is not in facts.toml", (state(more='facts = ["F999"]'),)),
    ("extra.a", "X99, which the owner has not confirmed", (state(more='facts = ["X99"]'),)),
    ("extra.a.say", "has a number typed into the text", (state(say="Bel 0800 2000."),)),
    ("extra.a.say", "has a number typed into the text", (state(say="Bel 112."),)),
    ("extra.a.say", "has a number typed into the text", (state(say="Bel +31 247 247 247."),)),
    ("extra.a", "is no number that may be said", (state(say="Bel\n{bz_whatsapp}"),)),
    ("extra.a", "is no number that may be said", (state(say="Bel\n{nobody}"),)),
    ("extra.a.say", "does not stand on a line of its own", (state(say="Bel {bz} nu."),)),
    ("extra.a.say", "is loud", (state(say="Kijk uit!"),)),
    ("extra.a.say", "is loud", (state(say="Doe dit NOOIT."),)),
    ("extra.a.say", "is loud", (state(say="Fijn \N{SLIGHTLY SMILING FACE}"),)),
    ("extra.a.say", "slachtoffer", (state(say="Je bent een slachtoffer."),)),
    ("extra.a.say", "white space", (state(say="Twee  spaties."),)),
    ("extra.a.say", "an empty line", (state(say="Een.\n\nTwee."),)),
    ("extra.a", "only numbers that work in the Netherlands", (state(say="Bel\n{veilig_thuis}"),)),
    ("extra.a (nl)", "SMS parts", (state(say="Dit is een lange zin over niets. " * 20 + "Klaar."),)),
    ("extra.a", "costs double: 'ë'", (state(say="Dat is in België."),)),
    ("extra.a (nl)", 'is neutral but says "geweld"', (state(say="Geweld is erg.", more=NEUTRAL),)),
    ("extra.a choice one", "label has 40 characters", (state(), choice("one", "L" + "a" * 39))),
    ("extra.a choice two", '"nu" chooses one too', (state(), choice("one", "Nu"), choice("two", "Straks", "nu"))),
    ("extra.a choice one", "is a word the phone network takes for itself", (state(), choice("one", "Stop"))),
    ("extra.a choice one", "is a word the phone network takes for itself", (state(), choice("one", "Cancel"))),
    ("extra.a choice one", '"terug"', (state(), choice("one", "Ga door", "terug"))),
    ("extra.a choice one", '"menu" is the command menu', (state(), choice("one", "Menu"))),
    ("extra.a choice one", '"kaart" is the command card', (state(), choice("one", "Landkaart", "kaart"))),
    ("extra.a", "choices; 9 is a person everywhere", (state(), *(choice(each, each) for each in "abcdefghi"))),
]  # fmt: skip


@pytest.mark.parametrize(("where", "part", "states"), PLANTED, ids=[part for _where, part, _states in PLANTED])
def test_a_planted_fault_is_found(copy: Path, where: str, part: str, states: tuple[str, ...]) -> None:
    if "X99" in str(states):
        with (copy / "flows" / "facts.toml").open("a", encoding="utf-8") as file:
            file.write('\n[X99]\ntext = "x"\nsource = "y"\nstatus = "owner_must_confirm"\n')
    add_flow(copy, *states)
    assert_found(copy, where, part)


def test_no_open_question_before_it_is_told_who_reads(copy: Path) -> None:
    """Past the menu, which tells it, a question may be open; from a topic, where anybody may begin, it may not."""
    part = "asks an open question before it is told who reads"
    asking = state(more='source = "channel"\nopen = true')
    (copy / "flows" / "extra.toml").write_text(f'flow = "extra"\n{asking}', encoding="utf-8")
    change(copy / "flows" / "menu.toml", 'next = "trip"', 'next = "extra"')
    assert not any(part in fault.message for fault in found_in(copy))
    change(copy / "flows" / "topics" / "signs.toml", 'next = "', 'next = "extra"  # "')
    assert_found(copy, "extra.a", part)


def test_what_says_who_reads_says_it_in_every_language(library: Library) -> None:
    """In each language that is live: advice is not a report, and an advisor reads."""
    told = {
        "nl": ("advies, geen melding", "medewerker leest"),
        "en": ("advice, not a report", "adviser "),
        "tr": ("tavsiye, resmi bildirim değil", "oku"),
        "ar": ("استشارة وليست بلاغا", "المستشار يقرأ"),
        "fr": ("un conseil, pas un signalement", "lit "),
        "fa": ("راهنمایی است، نه گزارش رسمی", "می\u200cخواند"),
        "ur": ("مشورہ ہے، رپورٹ نہیں", "نمائند"),
        "so": ("talo, ma aha wargelin rasmi ah", "akhri"),
        "ps": ("مشوره ده، رسمي راپور نه دی", "لولي"),
        "kmr": ("şîret e, ne ragihandin e", "dixwîne"),
    }
    for locale, parts in told.items():
        telling = [each for each in localize(library, locale).states.values() if each.tells]
        assert {each.name for each in telling} == {"menu.main", "handoff.waiting"}
        assert all(part in each.say for each in telling for part in parts)
    assert set(told) == set(library.languages.live)


def test_a_sound_flow_has_only_the_fault_of_not_being_translated(copy: Path) -> None:
    add_flow(copy, state(), choice("one", "Appel", "peer"))
    assert {line.rpartition(": ")[2] for line in errors(found_in(copy))} == {"is not translated, or marked fuzzy"}


def test_a_message_is_measured_with_the_longest_numbers_and_a_country_that_was_mentioned(copy: Path) -> None:
    add_flow(
        copy, state(say="Dit is zin. " * 24 + "Klaar.", more='source = "channel"\nnumbers = "first"\nasks_place = true')
    )
    assert_found(copy, "extra.a (nl)", "takes 4 SMS parts")


def test_three_parts_and_a_bit_is_too_long(copy: Path) -> None:
    add_flow(copy, state(say="Dit is een lange zin over niets. " * 14 + "Klaar."))
    assert_found(copy, "extra.a (nl)", "takes 4 SMS parts")


def test_too_many_answers_of_three_parts_are_found(copy: Path) -> None:
    """Each of them may be so long, but not a fifth of all."""
    add_flow(copy, *(state(f"a{number}", say="Dit is een lange zin over niets. " * 11) for number in range(60)))
    assert_found(copy, "flows nl", "answers are longer than two SMS parts")


def test_a_country_keeps_an_sms_in_its_alphabet(library: Library) -> None:
    """One letter outside it would make three parts of one; where every letter is free the name stands in full."""
    for code in ("nl", "en"):
        content = localize(library, code)
        assert [name for name in content.countries.values() if outside_gsm(name)] == []
    dutch = localize(library, "nl")
    assert (dutch.countries["SY"], dutch.full_countries["SY"]) == ("Syrie", "Syrië")
    assert dutch.countries["TR"] == "Turkije"


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "part"),
    [
        ("flows/facts.toml", "[F1]", '[F998]\ntext = "x"\nsource = "y"\nstatus = "stated"\n\n[F1]', "F998", "nowhere"),
        ("flows/start.toml", "Hoi. Ben je in gevaar?", "Hoi. Ben je in gevaar? " + "a" * 60, "start.opener", "one SMS"),
        ("flows/card.toml", 'command = "card"\n', "", "command card", "must belong to one state, and no state has it"),
        ("flows/decoy.toml", 'command = "decoy"', 'command = "menu"', "decoy.on", "not 2"),
        ("flows/vocabulary/nl.toml", '"terug", "ga terug"', '"terug", "menu"', "nl.toml commands.", '"menu" means'),
        ("flows/delivery_errors.toml", "Dit nummer heeft geen", "Bel 0800 2000. Geen", "delivery.63003", "typed into"),
        ("flows/delivery_errors.toml", "Dit nummer heeft geen", "Helaas! Geen", "delivery.63003", "is loud"),
        ("flows/delivery_errors.toml", "Dit nummer heeft", "Dit  nummer heeft", "delivery.63003", "white space"),
        ("flows/delivery_errors.toml", "Dit nummer heeft", "Dat nummer heeft", "delivery.63003", "is not translated"),
    ],
)
def test_a_fault_in_an_existing_file_is_found(copy: Path, file: str, old: str, new: str, where: str, part: str) -> None:
    change(copy / file, old, new)
    assert_found(copy, where, part)


def test_a_topic_without_a_flow_is_found(copy: Path) -> None:
    for path in [*(copy / "flows").glob("*.toml"), *(copy / "flows" / "topics").glob("*.toml")]:
        text = path.read_text(encoding="utf-8")
        if 'next = "shelter"' in text:
            path.write_text(text.replace('next = "shelter"', 'next = "cost"'), encoding="utf-8")
    (copy / "flows/topics/shelter.toml").unlink()
    assert_found(copy, "flows/topics/shelter.toml", "is missing")


@pytest.mark.parametrize("command", ["decoy", "card", "menu", "stop", "back"])
def test_a_command_without_words_in_a_live_language_is_found(copy: Path, command: str) -> None:
    path = copy / "flows/vocabulary/en.toml"
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(f"\n{command} = [")
    path.write_text(before + "\n" + rest.partition("]\n")[2], encoding="utf-8")
    assert_found(copy, f"en.toml commands.{command}", "is missing; the language is live")


def test_a_live_language_without_words_is_found(copy: Path) -> None:
    (copy / "flows/vocabulary/en.toml").unlink()
    assert_found(copy, "flows/vocabulary/en.toml", "is missing; the language is live")


# -- translations --------------------------------------------------------------------------------------------------


def translate(root: Path, context: str, text: str, *, fuzzy: bool = False) -> None:
    """Put `text` into the English catalog."""
    po = root / (CONSOLE_PO if context.startswith("delivery.") else PO)
    with po.open("rb") as file:
        catalog = read_po(file, locale="en")
    (message,) = [each for each in catalog if each.context == context]
    message.string = text
    if fuzzy:
        message.flags.add("fuzzy")
    with po.open("wb") as file:
        write_po(file, catalog)


@pytest.mark.parametrize(
    ("context", "text", "part"),
    [
        ("cost.answer.say", "", "is not translated"),
        ("card.show.say", "Netherlands:\n{emergency_nl}", "has other names in braces"),
        ("leave.stopped.say", "Danger?\n{emergency_nl}\n{bz}\n{lkha}", "has other names in braces"),
        ("leave.stopped.say", "Danger?\n{emergency_nl}\n{bzz}", "is no number that may be said"),
        ("leave.stopped.say", "Danger?\n{emergency_nl}\n{bz", "brace"),
        ("leave.stopped.say", "Call {emergency_nl} or\n{bz}", "does not stand on a line of its own"),
        ("cost.answer.say", "Call 0800 2000.\n{veilig_thuis}\n{bz}", "has a number typed into the text"),
        ("cost.answer.say", "Watch out!\n{veilig_thuis}\n{bz}", "is loud"),
        ("menu.main.trip.label", "Help", "is a word the phone network takes for itself"),
        ("menu.main.trip.label", "A label that is far too long to be shown", "label has 40 characters"),
        ("menu.main.trip.label", "I have a question", "chooses"),
        ("menu.main.trip.words", "trip | numbers", "is the command card"),
        ("menu.main.say", "The police and violence.", "is neutral but says"),
        ("start.opener.say", "Hi. " * 40 + "\n{emergency_nl}\n{bz}\nx", "must fit one SMS"),
        ("delivery.30003", "", "is not translated"),
        ("delivery.30003", "The phone is off!", "is loud"),
        ("delivery.30003", "The phone is off. Call\n{bz}", "is no number that may be said"),
        ("delivery.30003", "The phone is off ({code}).", "has other names in braces"),
        ("delivery.unknown", "We do not know why.", "has other names in braces"),
    ],
)
def test_a_fault_in_a_translation_is_found(copy: Path, context: str, text: str, part: str) -> None:
    translate(copy, context, text)
    assert_found(copy, "", part)


def test_a_fuzzy_translation_is_as_good_as_none(copy: Path) -> None:
    translate(copy, "cost.answer.say", "It is free.", fuzzy=True)
    assert_found(copy, "cost.answer.say", "is not translated, or marked fuzzy")


def test_what_a_draft_language_lacks_is_only_a_warning(copy: Path) -> None:
    supported = copy / "locales/supported.toml"
    text = supported.read_text(encoding="utf-8").replace('= "en"', '= "nl"')
    before, _, after = text.partition("[languages.en]\n")
    supported.write_text(f"{before}[languages.en]\n{after.replace('live', 'draft', 1)}", encoding="utf-8")
    translate(copy, "cost.answer.say", "")
    assert_found(copy, "cost.answer.say", "is not translated", Severity.WARNING)


def test_an_answer_with_a_fact_that_no_question_leads_to_is_found(copy: Path) -> None:
    change(copy / "flows/asked/nl.toml", '["signs.travel"]', '["suicide.answer"]')
    assert_found(copy, "signs.travel", "no question leads to it")
