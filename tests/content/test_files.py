"""Every fault a content file can have is named with its file and place, and all of them at once."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.faults import ContentError, Fault
from bot.content.files import read
from bot.content.library import read_library
from bot.content.translation.catalogs import BOT, read_catalogs
from bot.content.values import Content
from tests.harness.changed_content import change, copied
from tests.harness.fixed import NOW, ROOT

TODAY = NOW.date()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the real content, to break."""
    return copied(tmp_path)


def faults(root: Path) -> list[Fault]:
    with pytest.raises(ContentError) as caught:
        read_library(root, TODAY)
    return caught.value.faults


def named(found: list[Fault], file: str, where: str, part: str) -> bool:
    return any(fault.file == file and where in fault.where and part in fault.message for fault in found)


def test_the_real_content_can_be_read() -> None:
    library = read_library(ROOT, TODAY)
    assert library.content.flows
    assert "en" in library.catalogs


CARD = "flows/card.toml"
MENU = "flows/menu.toml"
DANGER = "flows/topics/danger.toml"
TOPIC = "flows/topics/cost.toml"
FACTS = "flows/facts.toml"
SHARED = "flows/shared.toml"
NUMBERS = "flows/referrals.toml"
POLICE = "flows/emergency_numbers.csv"
WORDS = "flows/vocabulary/nl.toml"
LANGUAGES = "locales/supported.toml"
HOURS = "flows/hours.toml"
PROBLEMS = "flows/delivery_errors.toml"
ALL_DAY = 'monday = ["00:00-24:00"]'
SUNDAY = 'sunday = ["00:00-24:00"]'

# file, what is changed into what, at which place the fault is, what it says
BROKEN: list[tuple[str, str, str, str, str]] = [
    (CARD, 'flow = "card"', 'flow = "card', "", "is not TOML"),
    (CARD, 'flow = "card"', 'flow = "cart"', "flow", "card.toml"),
    (CARD, 'flow = "card"', "flow = 7", "", '"flow" must be text'),
    (CARD, 'flow = "card"', 'flow = "card"\nkind = "x"', "", '"kind" is not a known field'),
    (CARD, 'flow = "card"', 'flow = "card"\ntopic = "card"', "topic", "flows/topics/ only"),
    (CARD, "neutral = true", 'neutral = "yes"', "state.show", '"neutral" must be true or false'),
    (CARD, "neutral = true", "neutraal = true", "state.show", '"neutraal" is not a known field'),
    (CARD, 'facts = ["F1", "F50", "F63", "F65"]', 'facts = "F1"', "state.show", '"facts" must be a list'),
    (CARD, 'command = "card"', 'command = "kaart"', "state.show", 'command = "kaart"'),
    (CARD, 'command = "card"', 'command = "back"', "state.show", 'command = "back"'),
    (CARD, 'say = """\nNederland:', 'saai = """\nNederland:', "state.show", '"say" is missing'),
    (CARD, "{bz}", "{bzz}", "", "bzz"),
    (CARD, "{bz}", "{bz", "", "brace"),
    ("flows/decoy.toml", 'does = "decoy"', 'does = "hide"', "state.on", 'does = "hide"'),
    ("flows/place.toml", 'expects = "country"', 'expects = "city"', "state.country", 'expects = "city"'),
    ("flows/place.toml", 'id = "no"', 'id = "yes"', "state.confirm", 'two choices have the id "yes"'),
    ("flows/abroad.toml", 'numbers = "first"', 'numbers = "last"', "state.answer", 'numbers can be only "first"'),
    (MENU, 'next = "trip"', 'next = "trips"', "menu.main choice trip", 'next = "trips" does not exist'),
    (MENU, 'next = "trip"', 'next = ".trip"', "menu.main choice trip", 'next = ".trip" does not exist'),
    (MENU, 'next = "trip"', 'next = "trip.gone"', "menu.main choice trip", "does not exist"),
    (MENU, 'next = "trip"', 'to = "trip"', "state.main.choice", '"next" is missing'),
    (MENU, 'place = "abroad"', 'place = "moon"', "choice abroad", 'place = "moon"'),
    (MENU, 'place = "abroad"', 'planet = "moon"', "choice abroad", "planet"),
    (MENU, 'role = "work"', "role = 3", "choice work", "role = 3"),
    (
        "flows/topics/danger.toml",
        'place = ["abroad"]',
        'place = "abroad"',
        "choice local_number.when",
        '"place" must be a list',
    ),
    (
        "flows/topics/danger.toml",
        'place = ["abroad"]',
        'planet = ["moon"]',
        "choice local_number.when",
        '"planet" is not a known',
    ),
    (TOPIC, 'topic = "cost"', 'topic = "costs"', "topic", 'must be "cost"'),
    (TOPIC, 'priority = "P1"', 'priority = "P9"', "priority", "P0, P1, H"),
    (TOPIC, "title = ", "tittle = ", "", '"tittle" is not a known field'),
    (FACTS, 'status = "stated"', 'status = "rumour"', "F1", "status must be one of"),
    (FACTS, 'status = "stated"', 'state = "stated"', "F1.status", '"status" is missing'),
    (SHARED, "[footer]\nsay", "[footer]\nsaid", "footer", '"say" is missing'),
    (SHARED, "[footer]", "[foot]", "footer", "is missing"),
    (SHARED, "[footer]\nsay = ", "[footer]\nlength = 3\nsay = ", "footer", '"length" is not a known field'),
    (NUMBERS, 'status = "stated"', 'status = "guessed"', "emergency_nl", "status must be one of"),
    (NUMBERS, 'reachable_from = ["nl"]', 'reachable_from = ["mars"]', "emergency_nl", "reachable_from"),
    (NUMBERS, 'checked_on = "2026-11-23"', 'checked_on = "yesterday"', "emergency_nl", "checked_on"),
    (NUMBERS, "[bz]", "[bzz]", "bz", "is missing"),
    (NUMBERS, 'text = "112"', "text = 112", "emergency_nl", "text"),
    (NUMBERS, 'reachable_from = ["nl"]', "reachable_from = 3", "emergency_nl", "reachable_from"),
    (NUMBERS, 'text = "112"', 'texts = "112"', "emergency_nl.text", '"text" is missing'),
    (POLICE, "\nAD,110,", "\nand,110,", "", "is not a country code"),
    (POLICE, "\nAD,110,", "\nAD,eleven,", "", '"eleven" is not a number'),
    (POLICE, "Andorra,yes,", "Andorra,maybe,", "", 'show = "maybe"'),
    (WORDS, 'language = "nl"', 'language = "be"', "language", 'must be "nl"'),
    (WORDS, 'status = "draft"', 'status = "fine"', "status", "status must be one of draft, checked"),
    (WORDS, "back = [", "backwards = [", "commands.backwards", "is not one of advisor, language"),
    (WORDS, "back = [", 'back = "terug"\nother = [', "commands.back", "must be a list of words"),
    (WORDS, '    "terug", "ga terug"', '    "terug", 7, "ga terug"', "commands.back", "must be a list of words"),
    (WORDS, '    "terug", "ga terug"', '    "terug", " ", "ga terug"', "commands.back", "must be a list of words"),
    (HOURS, 'zone = "Europe/Amsterdam"', 'zone = "Europe/Amsterdam', "", "is not TOML"),
    (HOURS, 'zone = "Europe/Amsterdam"', "", "zone", '"zone" is missing: a time zone like'),
    (HOURS, '"Europe/Amsterdam"', '"Europe/Utrecht"', "zone", "'Europe/Utrecht' is no time zone"),
    (HOURS, '"Europe/Amsterdam"', '"Europe"', "zone", "is no time zone"),
    (HOURS, '"Europe/Amsterdam"', '"../../etc/passwd"', "zone", "is no time zone"),
    (HOURS, '"Europe/Amsterdam"', '""', "zone", "is no time zone"),
    (HOURS, '"Europe/Amsterdam"', "1", "zone", '"zone" must be a time zone like Europe'),
    (HOURS, "[week]", "[weeks]", "weeks", "there are zone, week"),
    (HOURS, "[week]", "[weeks]", "week", "is missing"),
    (HOURS, "[week]", "week = 3\n[languages.ar]", "week", "must be a table"),
    (HOURS, ALL_DAY, "", "week.monday", "[] means closed"),
    (HOURS, ALL_DAY, f"maandag = []\n{ALL_DAY}", "week.maandag", "there are monday"),
    (HOURS, ALL_DAY, 'monday = "00:00-24:00"', "week.monday", "must be a list of shifts"),
    (HOURS, ALL_DAY, "monday = [9]", "week.monday", "must be a list of shifts"),
    (HOURS, ALL_DAY, 'monday = ["9:00-17:00"]', "week.monday", "'9:00-17:00' is not a shift"),
    (HOURS, ALL_DAY, 'monday = ["09:00-17:60"]', "week.monday", "is not a shift"),
    (HOURS, ALL_DAY, 'monday = ["09:00-24:30"]', "week.monday", "is not a shift"),
    (HOURS, ALL_DAY, 'monday = ["24:00-02:00"]', "week.monday", "is not a shift"),
    (HOURS, ALL_DAY, 'monday = ["09:00-09:00"]', "week.monday", "is not a shift"),
    (HOURS, ALL_DAY, 'monday = ["09:00-13:00", "12:00-17:00"]', "week.monday", "shifts that overlap"),
    (HOURS, ALL_DAY, 'monday = ["13:00-17:00", "09:00-12:00"]', "week.monday", "in the order of the clock"),
    (HOURS, ALL_DAY, 'monday = ["22:00-02:00", "23:00-24:00"]', "week.monday", "shifts that overlap"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[holidays]\nchristmas = 3", "holidays.christmas", "is not a date"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[holidays.2026-02-30]", "holidays.2026-02-30", "is not a date"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[holidays.2026-12-25]\nshifts = []", "holidays.2026-12-25", '"note" is missing'),
    (HOURS, SUNDAY, f"{SUNDAY}\n[holidays.2026-12-25]\nnote = 'Kerst'", "holidays.2026-12-25", '"shifts" is missing'),
    (HOURS, SUNDAY, f"{SUNDAY}\n[holidays]\n2026-12-25 = []", "holidays.2026-12-25", "must be a table"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[holidays.2026-12-25]\nshifts = ['x']\nnote = ''", "holidays.2026-12-25.shifts", "'x'"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[languages]\nar = 3", "languages.ar", "must be a table"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[languages.arabic]", "languages.arabic", "has no flows/vocabulary/arabic.toml"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[languages.ar]\ndinsdag = []", "languages.ar.dinsdag", "there are monday"),
    (HOURS, SUNDAY, f"{SUNDAY}\n[languages.ar]\ntuesday = ['19']", "languages.ar.tuesday", "is not a shift"),
    (HOURS, SUNDAY, "sunday = []\n[languages.ar]\nsunday = ['09:00-12:00']", "languages.ar.sunday", "goes beyond"),
    (HOURS, SUNDAY, "sunday = []\n[languages.ar]\nsaturday = ['22:00-02:00']", "languages.ar.saturday", "goes beyond"),
    (PROBLEMS, "[20429]", "[20429", "", "is not TOML"),
    (PROBLEMS, "[20429]", "[queue]", "queue", "is neither a code of Twilio nor one of lost_answer"),
    (PROBLEMS, 'action = "retry"', 'action = "pray"', "20429", "action must be one of retry, once_more, give_up"),
    (PROBLEMS, 'action = "retry"', 'actions = "retry"', "20429", '"actions" is not a known field'),
    (PROBLEMS, 'action = "retry"', "action = ['retry']", "20429", "action must be one of"),
    (PROBLEMS, "[20429]", '[1]\naction = "retry"\n[20429]', "1", '"say" is missing'),
    (PROBLEMS, "[20429]", '[1]\naction = "retry"\nsay = " "\n[20429]', "1", '"say" is missing'),
    (PROBLEMS, "[20429]", '[1]\naction = "retry"\nsay = 3\n[20429]', "1", '"say" must be text'),
    (PROBLEMS, 'note = "For', '5 = 3\nnote = "For', "5", "must be a table"),
    (PROBLEMS, "{code}", "{codes}", "unknown", '"{codes}"'),
    (PROBLEMS, "{code}", "{bz}", "unknown", '"{bz}"'),
    (PROBLEMS, "{code}", "{code", "unknown", "brace"),
    (PROBLEMS, "[unknown]", "[1]", "unknown", "is missing"),
    (PROBLEMS, "[lost_answer]", "[1]", "lost_answer", "is missing"),
    (PROBLEMS, "[21610]", "[1]", "21610", "is missing"),
    (PROBLEMS, "[63016]", "[1]", "63016", "is missing"),
    (LANGUAGES, 'status = "live"', 'status = "soon"', "languages.nl", "status must be one of live, draft"),
    (LANGUAGES, 'reviewer = ""', "reviewer = false", "languages.nl", '"reviewer" must be text'),
    (LANGUAGES, 'tr = "nl"', 'tr = "xx"', "closest.tr", "is not a live language"),
    (LANGUAGES, "[languages.en]", "[languages.en", "", "is not TOML"),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "part"), BROKEN)
def test_a_fault_is_named_with_its_file_and_place(
    copy: Path, file: str, old: str, new: str, where: str, part: str
) -> None:
    change(copy / file, old, new)
    found = faults(copy)
    assert named(found, file, where, part), "\n".join(map(str, found))


def test_there_are_many_kinds_of_faults() -> None:
    assert len(BROKEN) >= 25


SECOND_MENU = b'flow = "menu"\ntopic = "menu"\npriority = "P1"\ntitle = "x"\n[state.a]\nsay = "x"\n'


def _write(path: str, data: bytes) -> Callable[[Path], None]:
    def breaks(root: Path) -> None:
        (root / path).write_bytes(data)

    return breaks


def _remove(path: str) -> Callable[[Path], None]:
    def breaks(root: Path) -> None:
        (root / path).unlink()

    return breaks


@pytest.mark.parametrize(
    ("breaks", "file", "part"),
    [
        (_write(CARD, b"flow = '\xff'"), CARD, "is not UTF-8"),
        (_write(CARD, b""), CARD, '"flow" is missing'),
        (_write(CARD, b'flow = "card"\n[state]\n'), CARD, '"state" is missing'),
        (_write("flows/extra.toml", b'flow = "extra"\n[state.a]\nsay = ""\n'), "flows/extra.toml", '"say" is missing'),
        (_write("flows/extra.toml", b'flow = "extra"\nstate = {a = 1}\n'), "flows/extra.toml", "state"),
        (
            _write(
                "flows/topics/menu.toml",
                b'flow = "menu"\ntopic = "menu"\npriority = "P1"\ntitle = "x"\n[state.a]\nsay = "x"\n',
            ),
            "flows/topics/menu.toml",
            "too",
        ),
        (_write(POLICE, b"\xff"), POLICE, "cannot be read"),
        (_remove(POLICE), POLICE, "cannot be read"),
        (_remove(FACTS), FACTS, "cannot be read"),
        (_remove(SHARED), SHARED, "cannot be read"),
        (_remove(NUMBERS), NUMBERS, "cannot be read"),
        (_remove(HOURS), HOURS, "cannot be read"),
        (_remove(PROBLEMS), PROBLEMS, "cannot be read"),
        (_remove(LANGUAGES), LANGUAGES, "cannot be read"),
        (_remove("locales/en/LC_MESSAGES/messages.po"), "locales/en/LC_MESSAGES/messages.po", "cannot be read"),
        (_write("locales/en/LC_MESSAGES/messages.po", b'msgid "x'), "locales/en/LC_MESSAGES/messages.po", "cannot"),
        (_write("locales/en/LC_MESSAGES/messages.po", b"\xff\xfe"), "locales/en/LC_MESSAGES/messages.po", "cannot"),
    ],
)
def test_a_file_that_is_gone_or_no_text_stops_the_start(
    copy: Path, breaks: Callable[[Path], None], file: str, part: str
) -> None:
    breaks(copy)
    found = faults(copy)
    assert any(fault.file == file and part in fault.message for fault in found), "\n".join(map(str, found))


@pytest.mark.parametrize("flow", ["card", "decoy", "leave", "unclear", "start", "erase", "handoff", "menu", "place"])
def test_a_flow_the_engine_needs_is_not_left_out(copy: Path, flow: str) -> None:
    (copy / "flows" / f"{flow}.toml").unlink()
    assert any(flow in f"{fault.where} {fault.message}" for fault in faults(copy))


def test_all_faults_of_all_files_come_at_once(copy: Path) -> None:
    chosen = [
        (CARD, 'command = "card"', 'command = "kaart"', "state.show"),
        (CARD, "neutral = true", "neutraal = true", "state.show"),
        (MENU, 'next = "trip"', 'next = "trips"', "menu.main"),
        (FACTS, 'status = "stated"', 'status = "rumour"', "F1"),
        (NUMBERS, 'checked_on = "2026-11-23"', 'checked_on = "x"', "emergency_nl"),
        (POLICE, "Andorra,yes,", "Andorra,maybe,", ""),
        (WORDS, 'status = "draft"', 'status = "fine"', "status"),
        (LANGUAGES, 'tr = "nl"', 'tr = "xx"', "closest.tr"),
    ]
    for file, old, new, _where in chosen:
        change(copy / file, old, new)
    found = faults(copy)
    assert [item for item in chosen if not named(found, item[0], item[3], "")] == []


def test_the_message_has_one_line_a_fault_sorted_by_file(copy: Path) -> None:
    change(copy / MENU, 'next = "trip"', 'next = "trips"')
    change(copy / FACTS, 'status = "stated"', 'status = "rumour"')
    with pytest.raises(ContentError) as caught:
        read_library(copy, TODAY)
    lines = str(caught.value).split("\n")
    assert lines == sorted(lines)
    assert 'error: flows/menu.toml:25: menu.main choice trip: next = "trips" does not exist' in lines


def test_a_missing_catalog_of_a_draft_language_stops_the_start_too(copy: Path) -> None:
    with (copy / LANGUAGES).open("a", encoding="utf-8") as file:
        file.write('\n[languages.pl]\nstatus = "draft"\nreviewer = ""\n')
    change(copy / LANGUAGES, 'pl = "en"\n', "")
    text = (copy / LANGUAGES).read_text(encoding="utf-8")
    assert "languages.pl" in text
    assert named(faults(copy), "locales/pl/LC_MESSAGES/messages.po", "", "cannot be read")


def test_a_fuzzy_or_empty_translation_is_not_used(copy: Path) -> None:
    path = copy / "locales/en/LC_MESSAGES/messages.po"
    head = path.read_text(encoding="utf-8").split("\n\n")[0]
    path.write_text(
        f'{head}\n\n#, fuzzy\nmsgctxt "a"\nmsgid "ja"\nmsgstr "yes"\n\nmsgctxt "b"\nmsgid "ja"\nmsgstr ""\n\n'
        'msgctxt "c"\nmsgid "ja"\nmsgstr "yes"\n',
        encoding="utf-8",
    )
    catalogs = read_catalogs(copy / "locales", BOT, ["en"])
    assert catalogs["en"] == {("c", "ja"): "yes"}


# -- what is read --------------------------------------------------------------------------------------------------


@pytest.fixture
def content(copy: Path) -> Callable[[], Content]:
    return lambda: read(copy / "flows", TODAY)


def police(copy: Path, row: str) -> Path:
    path = copy / POLICE
    head = path.read_text(encoding="utf-8").split("\n")[0]
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "number", "shown"),
    [
        ("MA,19,15,,a,b,no,Morocco,check,,,,,,", "19", False),
        ("TR,155,112,112,a,b,yes,Türkiye,yes,,,,,,", "112", True),
        ("EG,122,123,,a,b,yes,Egypt,yes,,,,,,", "122", True),
        ("XK,192/112,194,,a,b,yes,Kosovo,yes,,,,,,", "192", True),
        ("AU,000,000,000,a,b,yes,Australia,yes,,,,,,", "000", True),
        ("AX,,,,a,b,no,Åland,no,,,,,,", "", False),
        ("AX,,,,a,b,no,Åland,yes,,,,,,", "", False),
        ("AF,119,,,a,b,yes,Afghanistan,advisor,,,,,,", "119", False),
        (f"MA,19,15,,a,b,no,Morocco,check,,,,,J. Jansen,{TODAY}", "19", True),
        (f"MA,19,15,,a,b,no,Morocco,check,,,,,,{TODAY}", "19", False),
        ("MA,19,15,,a,b,no,Morocco,check,,,,,J. Jansen,", "19", False),
        (f"MA,19,15,,a,b,no,Morocco,check,,,,,J. Jansen,{TODAY - timedelta(days=365)}", "19", True),
        (f"MA,19,15,,a,b,no,Morocco,check,,,,,J. Jansen,{TODAY - timedelta(days=366)}", "19", False),
    ],
)
def test_a_number_is_shown_when_the_list_or_a_person_says_so(
    copy: Path, content: Callable[[], Content], row: str, number: str, shown: bool
) -> None:
    police(copy, row)
    (found,) = content().local_numbers.values()
    assert (found.number, found.shown) == (number, shown)


def test_norway_is_a_country_and_no_false(content: Callable[[], Content]) -> None:
    assert "NO" in content().local_numbers


def test_only_stated_and_approved_numbers_may_be_said(content: Callable[[], Content]) -> None:
    found = content().referrals
    assert not found["bz_whatsapp"].sayable
    assert not found["suicide_prevention"].sayable
    assert all(found[name].sayable for name in ("emergency_nl", "bz", "veilig_thuis", "lkha", "kindertelefoon"))


def test_targets_are_written_out(content: Callable[[], Content]) -> None:
    states = content().states
    for state in states.values():
        for choice in state.choices:
            assert choice.next in ("@here", "@back") or choice.next in states


def test_the_day_matters_and_no_clock_does(copy: Path) -> None:
    police(copy, f"MA,19,15,,a,b,no,Morocco,check,,,,,J. Jansen,{TODAY}")
    assert read(copy / "flows", TODAY).local_numbers["MA"].shown
    assert not read(copy / "flows", date(2030, 1, 1)).local_numbers["MA"].shown
