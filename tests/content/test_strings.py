"""The translators' template and catalogs."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.content.translation import strings
from bot.content.translation.extract import sentences
from tests.harness.changed_content import change, copied
from tests.harness.fixed import ROOT

PO = Path("locales/en/LC_MESSAGES/messages.po")
CONSOLE_PO = Path("locales/en/LC_MESSAGES/console.po")
BOT, CONSOLE = strings.TEMPLATES


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The content alone: what of our code is translated does not matter here."""
    copied(tmp_path)
    strings.update(tmp_path)
    return tmp_path


def catalog(root: Path) -> Catalog:
    with (root / PO).open("rb") as file:
        return read_po(file, locale="en")


def translations(root: Path) -> dict[tuple[str, str], str]:
    return {(str(each.context), str(each.id)): str(each.string) for each in catalog(root) if each.id and each.string}


def test_the_template_of_the_repository_is_up_to_date() -> None:
    assert strings.stale(ROOT) == []


def test_the_same_texts_give_the_same_bytes(copy: Path) -> None:
    assert strings.made(copy, BOT) == strings.made(copy, BOT)
    assert strings.made(copy, CONSOLE) == strings.made(copy, CONSOLE)
    before = {path: path.read_bytes() for path in (copy / "locales").rglob("*") if path.is_file()}
    strings.update(copy)
    assert {path: path.read_bytes() for path in before} == before


def test_neither_a_date_nor_a_line_number_makes_a_difference(copy: Path) -> None:
    text = (
        strings.made(copy, BOT).decode()
        + strings.made(copy, CONSOLE).decode()
        + (copy / PO).read_text(encoding="utf-8")
    )
    assert "-Date" not in text
    assert "\n#: " not in text
    change(copy / "flows/card.toml", "[state.show]", "# one\n# two\n\n[state.show]")
    assert strings.stale(copy) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("flows/decoy.toml", "verkeerd nummer", "ander nummer"),
        ("flows/menu.toml", 'label = "Ik moet op reis"', 'label = "Ik ga op reis"'),
        ("flows/menu.toml", 'words = "reis | vakantie', 'words = "reis | trein'),
        ("flows/shared.toml", "9 medewerker, 0 menu", "9 mens, 0 menu"),
        ("flows/topics/cost.toml", "title = ", 'title = "Anders" # '),
        ("flows/decoy.toml", "Dull and believable", "Dull"),
        ("flows/delivery_errors.toml", "heeft geen WhatsApp", "zit niet op WhatsApp"),
        ("flows/delivery_errors.toml", "Plain, no jargon.", "Plain."),
    ],
)
def test_a_changed_text_or_note_makes_the_template_stale(copy: Path, file: str, old: str, new: str) -> None:
    assert strings.stale(copy) == []
    change(copy / file, old, new)
    (fault,) = strings.stale(copy)
    console = file == "flows/delivery_errors.toml"
    assert fault.file == ("locales/console.pot" if console else "locales/messages.pot")
    assert "make strings" in fault.message
    strings.update(copy)
    assert strings.stale(copy) == []


@pytest.mark.parametrize("template", ["messages", "console"])
def test_a_missing_template_is_stale(copy: Path, template: str) -> None:
    (copy / f"locales/{template}.pot").unlink()
    assert len(strings.stale(copy)) == 1


def test_bringing_up_to_date_keeps_every_translation(copy: Path) -> None:
    before = translations(copy)
    assert len(before) > 500
    change(copy / "flows/decoy.toml", "verkeerd nummer", "ander nummer")
    catalogs = {str(path.relative_to(copy)) for path in (copy / "locales").rglob("*.po")}
    assert set(strings.update(copy)) == {"locales/messages.pot", "locales/console.pot", *catalogs}
    after = translations(copy)
    lost = set(before) - set(after)
    assert {context for context, _text in lost} <= {"decoy.on.say"}
    assert all(after[key] == before[key] for key in after if key in before)


def test_a_changed_text_keeps_its_old_translation_as_fuzzy(copy: Path) -> None:
    old = next(text for (context, _id), text in translations(copy).items() if context == "decoy.on.say")
    change(copy / "flows/decoy.toml", "verkeerd nummer", "ander nummer")
    strings.update(copy)
    (message,) = [each for each in catalog(copy) if each.context == "decoy.on.say"]
    assert "ander nummer" in str(message.id)
    assert message.fuzzy
    assert message.string == old


def test_a_text_that_is_gone_leaves_the_catalog(copy: Path) -> None:
    change(copy / "flows/topics/cost.toml", "title = ", 'title = "Anders" # ')
    strings.update(copy)
    assert "#~" not in (copy / PO).read_text(encoding="utf-8")


def test_a_new_language_gets_a_catalog_to_fill(copy: Path) -> None:
    with (copy / "locales/supported.toml").open("a", encoding="utf-8") as file:
        file.write('\n[languages.ary-Latn]\nstatus = "draft"\nreviewer = ""\n')
    written = strings.update(copy)
    assert "locales/ary-Latn/LC_MESSAGES/messages.po" in written
    assert "locales/ary-Latn/LC_MESSAGES/console.po" not in written  # a language of the bot needs no console


def test_a_new_language_of_the_console_gets_a_catalog_of_its_own(copy: Path) -> None:
    change(copy / "locales/supported.toml", 'console = ["nl", "en"]', 'console = ["nl", "en", "pl"]')
    written = strings.update(copy)
    assert "locales/pl/LC_MESSAGES/console.po" in written
    assert "locales/pl/LC_MESSAGES/messages.po" not in written


def test_what_advisors_read_is_apart_from_what_the_bot_says() -> None:
    contexts = []
    for path in (PO, CONSOLE_PO):
        with (ROOT / path).open("rb") as file:
            contexts.append({str(each.context or "") for each in read_po(file) if each.id})
    bot, console = contexts
    assert bot.isdisjoint(console)
    assert "" not in bot
    assert {"shared.footer", "menu.main.say", "quick.begin.say", "announcement.busy.say"} <= bot
    assert {"", "delivery.30003", "quick.begin.title", "wrap_up.advice.title", "announcement.busy.title"} <= console


def test_a_draft_says_that_it_is_one(copy: Path) -> None:
    assert "DRAFT" in (copy / PO).read_text(encoding="utf-8")[:200]
    change(copy / "locales/supported.toml", '[languages.en]\nstatus = "live"\nreviewer = ""', REVIEWED)
    strings.update(copy)
    assert "DRAFT" not in (copy / PO).read_text(encoding="utf-8")[:200]


REVIEWED = '[languages.en]\nstatus = "live"\nreviewer = "A. Reviewer"'


def test_translators_get_the_place_and_the_note() -> None:
    data = {
        "flow": "x",
        "title": "Titel",
        "note": "About all.",
        "state": {
            "a": {
                "say": "\nHoi.\n",
                "say_nl": "Hier.",
                "note": "Warm.",
                "choice": [{"id": "c", "label": "Ja", "words": "jawel | ok", "note": "Short.", "next": "@here"}],
            }
        },
    }
    found = [(each.context, each.text, each.note, each.words) for each in sentences(data)]
    assert found == [
        ("x.title", "Titel", "About all.", False),
        ("x.a.say", "Hoi.", "About all. Warm.", False),
        ("x.a.say_nl", "Hier.", "About all. Warm.", False),
        ("x.a.c.label", "Ja", "Short.", False),
        ("x.a.c.words", "jawel | ok", "Other words for this choice, | between them. Short.", True),
    ]


def test_translators_get_the_words_about_a_problem_with_a_message() -> None:
    data = {"note": "For an advisor.", "30003": {"action": "once_more", "say": "Uit.", "note": "Brief."}}
    assert [(each.context, each.text, each.note) for each in sentences(data)] == [
        ("delivery.30003", "Uit.", "For an advisor. Brief.")
    ]


def test_no_word_list_number_or_fact_goes_to_translators(copy: Path) -> None:
    text = strings.made(copy, BOT).decode() + strings.made(copy, CONSOLE).decode()
    for part in ("+31 247", "0800 2000", "Veilig Thuis Utrecht, page", "ik ben achtergelaten"):
        assert part not in text
