"""The parts that were learned: letters, votes, weights, tokens, vectors; and what is damaged is refused."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.faults import ContentError
from bot.content.library import Library
from bot.content.models import ARRAYS, DESCRIPTION, find_weights, read_encoder, read_model
from bot.nlu.classifiers import NgramClassifier, softmax
from bot.nlu.embedding import MAX_TOKENS, Encoder
from bot.nlu.features import buckets, spelled
from bot.nlu.language import LanguageGuesser
from bot.nlu.model import UnreadableModel, model_from
from bot.nlu.tokens import SPACE, Tokeniser
from bot.nlu.weights import TokenVocabulary, UnreadableWeights, WeightsFile, unpack
from tests.harness.fixed import ROOT

MODEL = ROOT / "flows" / "model"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


# -- letters -------------------------------------------------------------------------------------------------------


def test_every_text_falls_into_buckets_that_exist() -> None:
    @given(ANY_TEXT)
    @settings(deadline=None, derandomize=True, max_examples=200)
    def holds(text: str) -> None:
        found = buckets(text, 1 << 10)
        assert len(found)
        assert 0 <= found.min() <= found.max() < 1 << 10
        assert len(set(found.tolist())) == len(found)
        assert buckets(text, 1 << 10).tolist() == found.tolist()

    holds()


def test_a_typing_error_leaves_most_buckets_as_they_are() -> None:
    right, wrong = (set(buckets(text, 1 << 16).tolist()) for text in ("mijn paspoort is weg", "mijn pasport is weg"))
    other = set(buckets("wat kost het bellen", 1 << 16).tolist())
    assert len(right & wrong) > 0.7 * len(right)
    assert len(right & other) < 0.3 * len(right)


def test_words_in_another_order_are_nearly_the_same() -> None:
    one, two = (set(buckets(text, 1 << 16).tolist()) for text in ("passport gone", "gone passport"))
    assert one & two
    assert one != two


@pytest.mark.parametrize(
    ("text", "letters"), [("Ik ben 14!!", "ik ben"), ("  Ça VA ? ", "ça va"), ("3lach 7ta", "3lach 7ta"), ("😭", "")]
)
def test_what_tells_a_language_is_kept(text: str, letters: str) -> None:
    assert spelled(text) == letters


# -- votes ---------------------------------------------------------------------------------------------------------

LABELS = {"colour": ("red", "blue"), "size": ("small", "large")}


def test_likelihoods_add_up_to_one_for_each_question() -> None:
    found = softmax(np.array([800.0, -800.0, 1.0, 1.0], np.float32), LABELS, {})
    assert found["colour"]["red"] == pytest.approx(1.0)
    assert found["size"] == {"small": 0.5, "large": 0.5}


def test_sharper_is_surer() -> None:
    scores = np.array([1.0, 0.0, 0.0, 0.0], np.float32)
    assert softmax(scores, LABELS, {"colour": 3})["colour"]["red"] > softmax(scores, LABELS, {})["colour"]["red"]


def test_a_letter_table_votes_for_what_it_was_taught() -> None:
    weights = np.zeros((1 << 10, 2), np.int8)
    weights[buckets("mes", 1 << 10), 0] = 100
    classifier = NgramClassifier(
        {"colour": ("red", "blue")}, weights, np.full(2, 0.1, np.float32), np.zeros(2, np.float32)
    )
    assert classifier.scores("mes")[0] > classifier.scores("bloem")[0] >= 0


# -- the model's files ------------------------------------------------------------------------------------------------


def test_the_model_is_whole(library: Library) -> None:
    model = library.model
    assert set(model.letters.labels) == {"topic", "danger", "person"}
    assert model.calibration.letters.direct > 0.2
    assert model.calibration.both.red <= 1


def test_a_model_that_does_not_fit_together_is_refused() -> None:
    with np.load(MODEL / ARRAYS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    beside = (MODEL / DESCRIPTION).read_bytes()
    with pytest.raises(UnreadableModel, match="has no letters_weights"):
        model_from({name: array for name, array in arrays.items() if name != "letters_weights"}, beside)
    with pytest.raises(UnreadableModel, match="a column for each label"):
        model_from(arrays | {"meaning_weights": arrays["meaning_weights"][:, 1:]}, beside)
    with pytest.raises(UnreadableModel, match="description"):
        model_from(arrays, b"{}")


@pytest.mark.parametrize("damage", ["absent", "cut", "text"])
def test_damaged_model_files_are_named_with_what_to_do(tmp_path, damage: str) -> None:  # type: ignore[no-untyped-def]
    whole = (MODEL / ARRAYS).read_bytes()
    (tmp_path / DESCRIPTION).write_bytes((MODEL / DESCRIPTION).read_bytes())
    if damage != "absent":
        (tmp_path / ARRAYS).write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"hello")
    with pytest.raises(ContentError) as raised:
        read_model(tmp_path)
    (fault,) = raised.value.faults
    assert "make model" in fault.message


# -- languages -----------------------------------------------------------------------------------------------------


def scripts(library: Library) -> dict[str, tuple[str, ...]]:
    return {language: words.scripts for language, words in library.content.vocabularies.items()}


def test_the_language_of_the_conversation_weighs_in(library: Library) -> None:
    guesser = LanguageGuesser(library.model.languages, scripts(library), "nl")
    for text in ("tamam", "ok tamam"):
        assert guesser.guess(text, frozenset(), "tr")[1] > guesser.guess(text, frozenset(), None)[1]
    assert guesser.guess("we are still in the village", frozenset(), "tr")[0] == "en"


def test_a_script_leaves_only_its_own_languages(library: Library) -> None:
    guesser = LanguageGuesser(library.model.languages, scripts(library), "nl")
    assert guesser.guess("ኣነ", frozenset(), None)[0] == "ti"
    assert guesser.guess("привіт", frozenset(), "nl")[0] == "uk"
    assert guesser.guess("مرحبا", frozenset(), "nl")[0] in {"ar", "fa", "prs", "ur", "ckb", "ps"}
    assert guesser.guess("你好", frozenset(), "nl")[0] in library.model.languages.labels["language"]


# -- tokens ----------------------------------------------------------------------------------------------------------

PIECES = ["<s>", "</s>", "<unk>", "▁", "▁hij", "▁he", "eft", "i", "j", "h", "e", "f", "t", "▁heeft"]
SCORES = [0.0, 0.0, 0.0, -3.0, -4.0, -4.0, -6.0, -5.0, -5.0, -5.0, -5.0, -5.0, -5.0, -7.0]


def tokeniser(**characters: str) -> Tokeniser:
    pieces = {piece: number for number, piece in enumerate(PIECES)}
    return Tokeniser(TokenVocabulary(pieces, SCORES, {ord(key): value for key, value in characters.items()}, 0, 1, 2))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("hij heeft", ["▁hij", "▁heeft"]),
        ("  hij   ", ["▁hij"]),
        ("hee", ["▁he", "e"]),
        ("hijx", ["▁hij", "<unk>"]),
        ("", ["▁"]),
    ],
)
def test_a_text_is_cut_into_the_likeliest_pieces(text: str, pieces: list[str]) -> None:
    assert [PIECES[token] for token in tokeniser().tokens(text, 50)] == ["<s>", *pieces, "</s>"]


@pytest.mark.model
def test_no_piece_has_a_space_inside(weights: WeightsFile | None) -> None:
    """So that words can be cut one by one."""
    if weights:
        assert [piece for piece in weights.vocabulary.pieces if SPACE in piece[1:]] == []


def test_words_are_cut_one_by_one_as_the_whole_text_would_be() -> None:
    @given(st.lists(st.text("hijeft", min_size=1, max_size=12), min_size=1, max_size=5))
    @settings(deadline=None, derandomize=True, max_examples=200)
    def holds(words: list[str]) -> None:
        whole = tokeniser()._segment(SPACE + SPACE.join(words))
        assert tokeniser().tokens(" ".join(words), 100) == [0, *whole, 1]

    holds()


def test_characters_are_replaced_as_the_vocabulary_says_and_tokens_have_a_limit() -> None:
    assert tokeniser(x="j").tokens("hix", 50) == tokeniser().tokens("hij", 50)
    assert len(tokeniser().tokens("t" * 400, 10)) == 12


# -- the file with weights -------------------------------------------------------------------------------------------


def test_quantised_blocks_are_unpacked() -> None:
    block = np.zeros((1, 1, 18), np.uint8)
    block[0, 0, :2] = np.frombuffer(np.float16(0.5).tobytes(), np.uint8)
    block[0, 0, 2:] = 0x9F
    assert unpack(block)[0].tolist() == [(15 - 8) * 0.5] * 16 + [(9 - 8) * 0.5] * 16


@pytest.mark.parametrize("buffer", [b"", b"E5S", b"XXXX" + b"\0" * 200, b"E5S1", b"E5S1" + b"\0" * 40])
def test_a_file_that_is_not_the_weights_is_refused(buffer: bytes) -> None:
    with pytest.raises(UnreadableWeights):
        WeightsFile(buffer)


def test_a_file_that_claims_more_than_it_has_is_refused() -> None:
    buffer = bytearray(100)
    buffer[:4] = b"E5S1"
    struct.pack_into("<5i", buffer, 44, 1_000_000, 0, 2, 1, 3)
    with pytest.raises(UnreadableWeights):
        WeightsFile(bytes(buffer))


def test_another_file_under_the_name_of_the_weights_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "weights.bin").write_bytes(b"E5S1" + b"\0" * 100)
    monkeypatch.setattr("bot.content.models.find_weights", lambda: tmp_path / "weights.bin")
    with pytest.raises(ContentError, match="pinned by its hash"):
        read_encoder()


# -- vectors ---------------------------------------------------------------------------------------------------------

PAIRS = (
    ("papa heeft me paspoort", "my dad took my passport", 0.9286),
    ("papa heeft me paspoort", "wat kost het bellen", 0.8213),
    ("hij slaat me", "o bana vuruyor", 0.8891),
    ("hij slaat me", "mooi weer vandaag", 0.8142),
    ("rani f lmaghrib w ma bghawch yrj3ouni", "je suis au maroc et ils ne veulent pas me ramener", 0.7985),
    ("bizi burada bırakıp gittiler", "they left us here and went away", 0.9360),
    ("أريد أن أتكلم مع شخص", "I want to talk to a person", 0.9519),
    ("من در ایران هستم و پاسپورتم را گرفتند", "they took my passport in Iran", 0.9252),
    ("ኣብ ኤርትራ ኣለኹ", "I am in Eritrea", 0.9420),
    ("waan baqayaa", "ik ben bang", 0.8901),
    ("a", "ﷺ ﷺ ﷺ", 0.8635),
    ("ok 👍", "ok", 0.9293),
)
"""Cosines of pairs of texts, as an implementation apart from ours gives them too."""


@pytest.mark.model
def test_the_vectors_are_those_of_the_model(numpy_encoder: Encoder | None) -> None:
    """Guards the forward pass: another result here means that flows/model no longer belongs to these vectors."""
    assert (numpy_encoder is None) == (find_weights() is None)
    if numpy_encoder is not None:
        texts = [text for one, two, _cosine in PAIRS for text in (one, two)]
        vectors = numpy_encoder.vectors(texts)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        found = (vectors[0::2] * vectors[1::2]).sum(axis=1)
        assert found == pytest.approx([cosine for _one, _two, cosine in PAIRS], abs=2e-4)


@pytest.mark.model
def test_one_text_alone_has_the_vector_it_has_among_others(numpy_encoder: Encoder | None) -> None:
    if numpy_encoder is not None:
        texts = ["mijn paspoort is weg", "hij slaat me", "mama is bang", "bizi burada bırakıp gittiler"]
        together = numpy_encoder.vectors(texts)
        for text, vector in zip(texts, together, strict=True):
            assert numpy_encoder.vector(text) == pytest.approx(vector, abs=1e-5)


@pytest.mark.model
@pytest.mark.parametrize(
    "text", ["", " ", "\u0000", "ﷺ" * 20, "ﷺ" * 480, "\U0010ffff" * 480, "a\u0301" * 240, "\ud800"]
)
def test_no_text_breaks_the_encoder(encoder: Encoder | None, text: str) -> None:
    """ﷺ becomes eighteen letters when it is normalised: what made the package's own C code write past its buffer."""
    if encoder is not None:
        vector = encoder.vector(text)
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
        assert len(encoder._token_rows.tokens(text)) <= MAX_TOKENS + 2
