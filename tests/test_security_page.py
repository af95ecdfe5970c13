"""docs/security.md says of every requirement of OWASP ASVS 5.0, levels 1 and 2, how it stands, and names what is there.

That the named tests and files exist, `test_docs` checks for every page.
"""

import re
from collections import Counter
from itertools import groupby

from tests.harness.fixed import ROOT

LEVELS_1_AND_2 = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2
2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
4.1.1-3 4.2.1 4.3.1-2 4.4.1-4
5.1.1 5.2.1-3 5.3.1-2 5.4.1-3
6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4
7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2
8.1.1-2 8.2.1-3 8.3.1 8.4.1
9.1.1-3 9.2.1-4
10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
12.1.1-3 12.2.1-2 12.3.1-4
13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
14.1.1-2 14.2.1-4 14.3.1-3
15.1.1-3 15.2.1-3 15.3.1-7
16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
17.1.1 17.2.1-4 17.3.1-2
"""
STATES = {"holds", "operator", "n/a", "open"}
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def requirements() -> list[str]:
    """Their numbers."""
    found = []
    for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:-(\d+))?", LEVELS_1_AND_2):
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def rows() -> list[tuple[list[str], str, str]]:
    """Every row: the requirements, the state, how."""
    part = PAGE.split("<!-- asvs -->")[1].split("<!-- end of asvs -->")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:3] > "| 0"]
    return [(first.split(", "), state, how) for first, state, how in (line for line in lines if line[0][:1].isdigit())]


def test_every_requirement_is_there_once() -> None:
    named = [each for numbers, _state, _how in rows() for each in numbers]
    assert [each for each, count in Counter(named).items() if count > 1] == []
    assert sorted(set(requirements()) ^ set(named)) == []
    assert len(named) == 253  # as many as the standard has


def test_what_holds_names_something_to_look_at() -> None:
    """A test, a file, or a page where it is documentation that is asked for."""
    assert {state for _numbers, state, _how in rows()} == STATES
    bare = [
        numbers
        for numbers, state, how in rows()
        if state == "holds"
        and not re.search(r"`(?:tests|bot)/[\w/.]+(?:::\w+)?`|\]\([\w./#-]+\)|the table above|mypy", how)
    ]
    assert bare == []
    tests = [how for _numbers, state, how in rows() if state == "holds" and "`tests/" in how]
    assert len(tests) > len(rows()) / 2


def test_chapters_are_in_order() -> None:
    chapters = [int(numbers[0].partition(".")[0]) for numbers, _state, _how in rows()]
    assert [chapter for chapter, _rows in groupby(chapters)] == list(range(1, 18))


def test_no_certificate_goes_unchecked() -> None:
    """Nothing in the program turns off what its clients check by default."""
    off = re.compile(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|_create_unverified|ssl_cert_reqs")
    sources = [ROOT / "app.py", *(ROOT / "bot").rglob("*.py")]
    assert [path.name for path in sources if off.search(path.read_text(encoding="utf-8"))] == []


def test_pages_keep_nothing_of_a_person_in_the_browser() -> None:
    """What scripts of the console store are settings of the page: "on" and "off"."""
    keeps = re.compile(r"(?:local|session)Storage\.setItem\(([^)]*)\)|\b(indexedDB|document\.cookie|caches)\b")
    scripts = sorted((ROOT / "bot/console/static").glob("*.js"))
    stored = [found for path in scripts for found in keeps.findall(path.read_text(encoding="utf-8"))]
    assert {value.rpartition(", ")[2] for value, _other in stored} == {'"on"', '"off"'}
    assert {other for _value, other in stored} == {""}
