"""flows/remarks: alternatives in a phrase are written out."""

from bot.content.tables.vocabulary import read_remarks


def test_alternatives_and_sets_stand_for_each_of_their_words() -> None:
    table = {
        "language": "nl",
        "status": "draft",
        "sets": {"kin": "zus|broer"},
        "for_somebody": {"within": ["mijn|me $kin zit_vast", "een vriend"]},
    }
    found = read_remarks(table, "nl", lambda where, message: None)
    assert found is not None
    assert list(found.words["for_somebody"].within) == [
        "mijn zus zit vast", "mijn broer zit vast", "me zus zit vast", "me broer zit vast", "een vriend",
    ]  # fmt: skip
