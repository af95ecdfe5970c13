"""Words people type: vocabulary/<language>.toml, countries.toml, and lists of words by language."""

import itertools
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from bot.content.tables.checking import Report, checked, rows
from bot.content.tables.schema import (
    AskedHead,
    AskedTable,
    CountryTable,
    CountryWords,
    RemarkHead,
    RemarkKind,
    RemarkTable,
    VocabularyFile,
    WhereTable,
    Words,
)
from bot.content.values import Countries, SpokenRemarks, Vocabulary
from bot.nlu.asked import AskedWords, Questions, faults
from bot.nlu.countries import CountryNames
from bot.nlu.remarks import RemarkWords
from bot.nlu.whereabouts import HereWords

Head = TypeVar("Head", bound=msgspec.Struct)
Row = TypeVar("Row", bound=msgspec.Struct)


def read_vocabulary(data: Mapping[str, Any], name: str, report: Report) -> Vocabulary | None:
    """The words in `data`, the parsed file `name`.toml."""
    table = checked(data, VocabularyFile, report)
    if table is None:
        return None
    _called(table.language, name, report)
    return Vocabulary(
        language=name,
        status=table.status,
        commands=_lists(table.commands),
        switch=tuple(table.switch.words),
        switch_requests=tuple(table.switch.requests),
        wants_advisor=tuple(table.wants_advisor.phrases),
        danger=_lists(msgspec.to_builtins(table.danger)),
        place=_lists(msgspec.to_builtins(table.place)),
        country_names=_lists(table.country_names),
        numbers=_lists(msgspec.to_builtins(table.numbers)),
        scripts=tuple(table.scripts),
        unicode=table.unicode,
        countries_in=table.countries_in,
    )


def read_remarks(data: Mapping[str, Any], name: str, report: Report) -> SpokenRemarks | None:
    """The remarks in `data`, the parsed file `name`.toml of flows/remarks."""
    head, found = _headed(data, RemarkHead, RemarkTable, report, RemarkKind)
    if head is None:
        return None
    _called(head.language, name, report)
    words = {
        kind: RemarkWords(*(_phrases(texts, head.sets) for texts in (row.whole, row.starts, row.within)))
        for kind, row in found.items()
    }
    return SpokenRemarks(words, tuple(head.around), tuple(head.between))


def _phrases(texts: Iterable[str], sets: Mapping[str, str]) -> list[str]:
    """The phrases with every alternative written out: "mijn|me $kin wordt"."""
    found = []
    for text in texts:
        words = [_expanded(word, sets) for word in text.split()]
        found += [" ".join(each).replace("_", " ") for each in itertools.product(*(word.split("|") for word in words))]
    return found


def _expanded(word: str, sets: Mapping[str, str]) -> str:
    """A word of a phrase, with each alternative written out that names a set: "mijn|$someone"."""
    return "|".join(sets.get(part[1:], part) if part[:1] == "$" else part for part in word.split("|"))


def read_asked(data: Mapping[str, Any], name: str, states: Collection[str], report: Report) -> Questions:
    """The questions in `data`, the parsed file `name`.toml of flows/asked. states: those there are."""
    head, found = _headed(data, AskedHead, AskedTable, report)
    sets = {} if head is None else head.sets
    _called(name if head is None else head.language, name, report)
    taken: dict[str, str] = {}
    asked = {
        state: AskedWords(*([_whole(text, sets) for text in texts] for texts in (row.anywhere, row.here, row.said)))
        for state, row in found.items()
    }
    for state, row in asked.items():
        if state not in states:
            report(state, "is no state")
        for text in (*row.anywhere, *row.here, *row.said):
            fault = faults(text)
            if fault:
                report(state, f'"{text}": {fault}')
            if taken.setdefault(text, state) != state and text in row.anywhere:
                report(state, f'"{text}" asks for {taken[text]} too')
    return Questions(asked) if head is None else Questions(asked, head.begins, head.around, head.complete)


def _whole(text: str, sets: Mapping[str, str]) -> str:
    """A pattern with the groups written out that it names."""
    whole = []
    for group in text.split():
        never, parts = ("!" if group[0] == "!" else ""), group.removeprefix("!").split("|")
        whole.append(never + _expanded("|".join(parts), sets))
    return " ".join(whole)


def read_countries(data: Mapping[str, Any], report: Report) -> Countries:
    """Names of countries and cities in `data`, and the words beside them."""
    words, found = _headed(data, CountryWords, CountryTable, report)
    for code in found:
        if len(code) != 2 or not (code.isascii() and code.isupper()):
            report(code, "must be called by a country's two letters")
    names = {code: CountryNames(code, row.names, row.cities, row.ambiguous) for code, row in found.items()}
    return Countries(names, _lists(msgspec.to_builtins(words or CountryWords())))


def _headed(
    data: Mapping[str, Any], head: type[Head], table: type[Row], report: Report, names: Any = str
) -> tuple[Head | None, dict[str, Row]]:
    """A file of fields above and tables below: the fields, None when one is wrong, and the sound tables by name."""
    above = head.__struct_fields__
    fields = checked({name: value for name, value in data.items() if name in above}, head, report)
    return fields, rows({name: value for name, value in data.items() if name not in above}, table, report, names)


def _called(language: str, name: str, report: Report) -> None:
    if language != name:
        report("language", f'must be "{name}", as the file')


def read_whereabouts(data: Mapping[str, Any], report: Report) -> dict[str, HereWords]:
    """Language -> how its people say where they are."""
    found: dict[str, WhereTable] = rows(data, WhereTable, report)
    for language, row in found.items():
        for kind, phrases in (("here", row.here), ("lives", row.lives)):
            for phrase in phrases:
                if phrase.count("@") != 1:
                    report(f"{language}.{kind}", f'"{phrase}" must have one "@", where the country stands')
    return {language: HereWords(**msgspec.to_builtins(row)) for language, row in found.items()}


def read_words(data: Mapping[str, Any], report: Report) -> dict[str, tuple[str, ...]]:
    """A file of nothing but language -> words."""
    return _lists(rows(data, Words, report))


def _lists(table: Mapping[Any, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in table.items()}
