"""From a decision to one message."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Place
from bot.dialogue.engine import Engine
from bot.dialogue.states import StateName
from bot.dialogue.turn import Say
from bot.messages import MAX_TEXT
from bot.rendering.texts import carries_numbers, clean, last_words, numbers_block, render
from tests.harness.conversations import a_conversation

BZ, EMERGENCY, VEILIG_THUIS = "+31 247 247 247", "112", "0800 2000"
UNKNOWN = a_conversation(locale="nl", subject_disclosed=True)
IN_NL = UNKNOWN.with_told(place=Place.NETHERLANDS)
ABROAD = UNKNOWN.with_told(place=Place.ABROAD)
LOCALES = ("nl", "en")

CONTROLS = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x85, 0x9F]
DIRECTION_MARKS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F]
REFUSED_BY_XML = [0xFFFE, 0xFFFF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF]


def lines(text: str) -> list[str]:
    return text.split("\n")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("conversation", "there", "absent"),
    [
        (UNKNOWN, [BZ, EMERGENCY, VEILIG_THUIS], []),
        (IN_NL, [EMERGENCY, VEILIG_THUIS], [BZ]),
        (ABROAD, [BZ], [EMERGENCY, VEILIG_THUIS]),
        (ABROAD.with_told(country="EG"), [BZ, "122"], [EMERGENCY, VEILIG_THUIS]),
        (ABROAD.with_told(country="TR"), [BZ, "112"], [VEILIG_THUIS]),
    ],
)
def test_the_numbers_fit_the_place_each_on_its_own_line(
    engine: Engine, locale: str, conversation: Conversation, there: list[str], absent: list[str]
) -> None:
    block = lines(numbers_block(replace(conversation, locale=locale), engine.contents[locale]))
    assert set(there) <= set(block)
    assert set(absent).isdisjoint(block)


@pytest.mark.parametrize("locale", LOCALES)
def test_before_a_word_on_the_subject_has_fallen_the_numbers_name_no_organisation(engine: Engine, locale: str) -> None:
    block = numbers_block(Conversation(locale=locale), engine.contents[locale])
    assert {EMERGENCY, BZ} <= set(lines(block))
    assert "Veilig Thuis" not in block


def test_abroad_the_sure_number_stands_above_the_one_of_the_list(engine: Engine) -> None:
    block = lines(numbers_block(ABROAD.with_told(country="EG"), engine.contents["nl"]))
    assert block.index(BZ) < block.index("122")
    assert "volgens onze lijst" in block[block.index("122") - 1]
    assert "Egypte" in block[block.index("122") - 1]


@pytest.mark.parametrize("country", ["AF", "MA", "AX", "XX"])
def test_a_number_nobody_is_sure_of_is_not_shown(engine: Engine, country: str) -> None:
    assert country not in engine.contents["nl"].local_numbers
    block = numbers_block(ABROAD.with_told(country=country), engine.contents["nl"])
    assert "niet zeker" in block
    assert re.findall(r"\d[\d ]+\d", block) == [BZ.removeprefix("+")]


def test_a_country_counts_only_for_somebody_abroad(engine: Engine) -> None:
    content = engine.contents["nl"]
    assert numbers_block(UNKNOWN.with_told(country="EG"), content) == numbers_block(UNKNOWN, content)
    assert numbers_block(IN_NL.with_told(country="EG"), content) == numbers_block(IN_NL, content)


@pytest.mark.parametrize(
    ("conversation", "text", "carried"),
    [
        (UNKNOWN, f"bel\n{EMERGENCY}\n{BZ}", True),
        (UNKNOWN, EMERGENCY, False),
        (UNKNOWN, BZ, False),
        (IN_NL, EMERGENCY, True),
        (IN_NL, BZ, False),
        (ABROAD, BZ, True),
        (ABROAD, EMERGENCY, False),
    ],
)
def test_which_numbers_a_text_must_carry(engine: Engine, conversation: Conversation, text: str, carried: bool) -> None:
    assert carries_numbers(text, conversation, engine.contents["nl"]) is carried


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("conversation", [UNKNOWN, IN_NL, ABROAD])
def test_the_emergency_line_comes_only_where_the_numbers_are_missing(
    engine: Engine, locale: str, conversation: Conversation
) -> None:
    content = engine.contents[locale]
    for name, state in content.states.items():
        bare = render(Say(state=name), conversation, content)
        asked = render(Say(state=name, emergency_line=True), conversation, content)
        assert carries_numbers(asked, conversation, content), name
        if carries_numbers(bare, conversation, content):
            assert asked == bare, name
        else:
            assert asked.startswith(bare), name
            assert lines(asked)[-1] == BZ, name
        if state.numbers:
            assert bare.startswith(numbers_block(conversation, content)), name


def test_numbers_asked_for_come_before_everything_else_and_only_once(engine: Engine) -> None:
    content = engine.contents["nl"]
    text = render(Say(state="danger.answer", prefix=("outage",), numbers=True), UNKNOWN, content)
    assert text.startswith(numbers_block(UNKNOWN, content) + "\n" + content.shared["outage"])
    assert text.count(VEILIG_THUIS) == 1


def test_shared_texts_stand_above_the_state_in_order(engine: Engine) -> None:
    content = engine.contents["nl"]
    text = render(Say(state="menu.main", prefix=("not_understood", "advisor_asked")), UNKNOWN, content)
    first, second, *rest = lines(text)
    assert (first, second) == (content.shared["not_understood"], content.shared["advisor_asked"])
    assert "\n".join(rest) == render(Say(state="menu.main"), UNKNOWN, content)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_state_ends_with_the_footer_it_asks_for(engine: Engine, locale: str) -> None:
    content = engine.contents[locale]
    for name, state in content.states.items():
        text = render(Say(state=name), UNKNOWN, content)
        wanted = content.shared["footer_offer" if state.offer else "footer"]
        assert text.endswith(wanted) is state.footer, name
        if state.footer:
            assert "9" in wanted
            assert "0" in wanted


@pytest.mark.parametrize("locale", LOCALES)
def test_choices_are_numbered_from_one_in_file_order(engine: Engine, locale: str) -> None:
    content = engine.contents[locale]
    text = lines(render(Say(state="menu.main"), UNKNOWN, content))
    expected = [
        f"{number} {choice.label}" for number, choice in enumerate(content.states["menu.main"].choices, start=1)
    ]
    assert [line for line in text if line in expected] == expected


@pytest.mark.parametrize("locale", LOCALES)
def test_topics_that_were_offered_are_numbered_before_the_other_choices(engine: Engine, locale: str) -> None:
    content = engine.contents[locale]
    conversation = UNKNOWN.with_position(state=StateName.CANDIDATES, candidates=("lkha", "cost", "law"))
    text = lines(render(Say(state=StateName.CANDIDATES), conversation, content))
    wanted = [content.titles[topic] for topic in conversation.position.candidates] + [
        content.states[StateName.CANDIDATES].choices[0].label
    ]
    assert [line for line in text if line[0].isdigit()][:4] == [f"{n} {label}" for n, label in enumerate(wanted, 1)]


def test_candidates_are_shown_only_where_they_are_asked(engine: Engine) -> None:
    content = engine.contents["nl"]
    conversation = UNKNOWN.with_position(candidates=("lkha",))
    assert render(Say(state="menu.main"), conversation, content) == render(Say(state="menu.main"), UNKNOWN, content)


def test_no_two_choices_shown_together_read_the_same(engine: Engine) -> None:
    situations = [
        UNKNOWN.with_told(place=place, mentioned_country=asked) for place in Place for asked in ("", "MA", "NL")
    ]
    for locale in LOCALES:
        content = engine.contents[locale]
        for name in content.states:
            for conversation in situations:
                text = render(Say(state=name), replace(conversation, locale=locale), content)
                shown = [line.partition(" ")[2] for line in lines(text) if re.match(r"[1-9] ", line)]
                assert len(shown) == len(set(shown)), f"{locale} {name} {conversation}:\n{text}"


@pytest.mark.parametrize("code", [*CONTROLS, *DIRECTION_MARKS, *REFUSED_BY_XML, 0xFEFF])
def test_clean_takes_away_what_xml_refuses_and_what_turns_text_round(code: int) -> None:
    assert clean(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize(
    "kept", ["\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}", "\n", "é", "م", "ፍ", "😀", "<&>"]
)
def test_clean_keeps_what_people_need(kept: str) -> None:
    assert clean(f"a{kept}b") == f"a{kept}b"


def test_clean_cuts_at_what_a_message_may_have() -> None:
    assert clean("a" * 5000) == "a" * MAX_TEXT


def test_what_is_clean_is_well_formed() -> None:
    everything = "".join(map(chr, range(0x110000)))
    for start in range(0, len(everything), MAX_TEXT):
        text = clean(everything[start : start + MAX_TEXT])
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert ElementTree.fromstring(f"<a>{escaped}</a>").text in (text, None)  # noqa: S314 - our own text


def test_the_last_words_hold_the_numbers_in_every_live_language(engine: Engine) -> None:
    text = last_words(engine.contents.values())
    parts = text.split("\n\n")
    assert len(parts) == len(engine.contents)
    for part in parts:
        assert EMERGENCY in lines(part)
        assert BZ in lines(part)
    assert "{" not in text


@pytest.mark.parametrize("locale", LOCALES)
def test_no_name_in_braces_is_left_in_any_text(engine: Engine, locale: str) -> None:
    content = engine.contents[locale]
    for conversation in (UNKNOWN, IN_NL, ABROAD, ABROAD.with_told(country="EG", mentioned_country="TR")):
        for name in content.states:
            text = render(Say(state=name, prefix=tuple(content.shared)), conversation, content)
            assert re.search(r"[{}]", text) is None, name
