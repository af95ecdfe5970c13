"""CountryFinder by their names, bent and misspelt, and by their cities; and what only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.building import build_reader
from bot.content.library import Library
from bot.nlu.countries import CountryFinder, CountryNames
from bot.nlu.normalise import normalise
from bot.nlu.reader import Reader

SMALL = CountryFinder(
    [
        CountryNames("MA", ["marokko", "المغرب"], ["rabat", "fes"]),
        CountryNames("TR", ["turkije", "turkey"], ["istanbul"], ["of", "van"]),
        CountryNames("NL", ["nederland"]),
    ],
    ordinary=["rabatt"],
    before=["in", "naar"],
    after=["de"],
)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("ik ben in marokko", "MA"),
        ("marokkko", "MA"),
        ("marrokko", "MA"),
        ("maroko", None),  # too short to be sure
        ("rabat", "MA"),
        ("rabatt krijgen", None),
        ("van wie", None),
        ("we zijn in van", "TR"),
        ("van", "TR"),
        ("istanbuldayim", "TR"),
        ("vandayim", "TR"),
        ("فالمغرب", "MA"),
        ("van nederland naar marokko", "MA"),
        ("ik ben in nederland", "NL"),
        ("", None),
        ("iets heel anders", None),
    ],
)
def test_names_endings_slips_and_everyday_words(text: str, country: str | None) -> None:
    assert SMALL.find(normalise(text).split()) == country


def test_any_words_give_a_known_code_or_none() -> None:
    @given(st.text(max_size=120))
    @settings(deadline=None, derandomize=True, max_examples=200)
    def holds(text: str) -> None:
        assert SMALL.find(normalise(text).split()) in {"MA", "TR", "NL", None}

    holds()


@pytest.fixture(scope="module")
def reader(library: Library) -> Reader:
    return build_reader(library, None)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("ik ben in Marokko", "MA"),
        ("I am in Morocco now", "MA"),
        ("Turkije", "TR"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("ik zit in Engeland", "GB"),
        ("Palestina", "PS"),
        ("Ivory Coast", "CI"),
        ("we zijn in Somalië", "SO"),
        ("somalie", "SO"),
        ("Verenigde Staten", "US"),
        ("the United States", "US"),
        ("Zuid-Afrika", "ZA"),
        ("Sudan", "SD"),
        ("Zuid-Soedan", "SS"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Guinee-Bissau", "GW"),
        ("Guinee", "GN"),
        ("noorwegen", "NO"),
        ("ik ben in nederland", "NL"),
        ("المغرب", "MA"),
        ("ze brengen ons naar Nador", "MA"),
        ("Erbil'deyim", "IQ"),
        ("waan joogaa Muqdisho", "SO"),
        ("در کابل هستم", "AF"),
        ("ኣብ ኣስመራ ኣለኹ", "ER"),
        ("ik zit thuis", None),
        ("ik wil iets vragen", None),
        ("mijn oom heet Jordan", None),
        ("ze zijn niet thuis", None),
        ("turkse man", None),
    ],
)
def test_the_countries_we_know(reader: Reader, text: str, country: str | None) -> None:
    for locale in ("nl", "en", None):
        assert reader.understand(text, locale).country == country
