"""What an advisor is asked to look at before sending."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.library import Library
from bot.content.localizing import localize_desk
from bot.rendering.review import Finding, FindingKind, review, without_strays
from bot.rendering.segments import measure

NUMBERS = ["112", "+31 247 247 247", "0800 2000"]
NAMES = ["Ada van Dam", "Bea"]


def found(library: Library, text: str, *, sms: bool = True, at_home: bool = False) -> list[Finding]:
    return review(text, localize_desk(library, "nl"), numbers=NUMBERS, names=NAMES, sms=sms, at_home=at_home)


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("Bel Veilig Thuis maar", FindingKind.ORGANISATION, "Veilig Thuis"),
        ("de POLITIE komt", FindingKind.ORGANISATION, "POLITIE"),
        ("kijk op https://veilig.example/x?y=1 dan", FindingKind.LINK, "https://veilig.example/x?y=1"),
        ("kijk op veiligthuis.nl", FindingKind.LINK, "veiligthuis.nl"),
        ("www.iets.dev helpt", FindingKind.LINK, "www.iets.dev"),
        ("mail naar a.b@c-d.nl", FindingKind.MAIL, "a.b@c-d.nl"),
        ("bel 06 1234 5678", FindingKind.NUMBER, "06 1234 5678"),
        ("bel +31612345678", FindingKind.NUMBER, "+31612345678"),
        ("kom naar Kerkstraat 12", FindingKind.ADDRESS, "Kerkstraat 12"),
        ("het is 3511 AB", FindingKind.ADDRESS, "3511 AB"),
        ("ik heet Sara en ik lees", FindingKind.NAME, "Sara"),
        ("Ada zoekt het uit", FindingKind.NAME, "Ada"),
        ("ik beloof het", FindingKind.PROMISE, "ik beloof"),
        ("het komt goed", FindingKind.PROMISE, "komt goed"),
        ("bel 112", FindingKind.ONLY_AT_HOME, "112"),
        ("bel 0800 2000", FindingKind.ONLY_AT_HOME, "0800 2000"),
    ],
)
def test_each_thing_is_pointed_at(library: Library, text: str, kind: FindingKind, what: str) -> None:
    assert Finding(kind, what) in found(library, text)


@pytest.mark.parametrize(
    "text",
    [
        "Hoi, kun je nu typen?",
        "Bel in Nederland 112, in het buitenland +31 247 247 247",
        "Ik ben er om 14.30 weer. Dat is over 2 uur.",
        "Je bent 17, zeg je. In welk land ben je?",
        "politiek en fierheid zijn gewone woorden, net als ada",
        "Prima.Dank je",
        "één vraag: ga je mee?",
        "",
    ],
)
def test_ordinary_texts_are_left_alone(library: Library, text: str) -> None:
    assert found(library, text) == []


def test_112_is_fine_for_somebody_in_the_netherlands(library: Library) -> None:
    assert found(library, "Bel 112", at_home=True) == []


def test_a_long_text_says_how_many_parts(library: Library) -> None:
    assert found(library, "a" * 306) == []
    assert found(library, "a" * 307) == [Finding(FindingKind.LONG, parts=3)]
    assert found(library, "a" * 307, sms=False) == []


def test_one_stray_character_is_named_with_what_could_stand_there(library: Library) -> None:
    text = "Ik ben er \N{RIGHT SINGLE QUOTATION MARK}s avonds. " + "a" * 100
    assert found(library, text) == [Finding(FindingKind.COSTLY, "\N{RIGHT SINGLE QUOTATION MARK}", "'", 2, 1)]
    assert measure(without_strays(text)).segments == 1
    assert found(library, "Ik ben er \N{RIGHT SINGLE QUOTATION MARK}s avonds") == []  # one part either way


def test_another_script_is_no_stray(library: Library) -> None:
    arabic = "هل يمكنك الكتابة بأمان الآن؟ " * 3
    assert [each.kind for each in found(library, arabic)] in ([], [FindingKind.LONG])
    assert without_strays(arabic) == arabic


def test_the_quick_texts_give_nothing_to_look_at(library: Library) -> None:
    for locale in ("nl", "en"):
        for name, each in localize_desk(library, locale).quick.items():
            assert found(library, each.say) == [], name


@given(st.text(max_size=400))
def test_any_text_can_be_reviewed(library: Library, text: str) -> None:
    found(library, text)
    assert measure(without_strays(text)).segments <= measure(text).segments + text.count("\N{HORIZONTAL ELLIPSIS}")
