"""Sealed bytes open with the right key at the right place, and nowhere else."""

import os

import pytest

from bot.storage.sealing import SealBroken, Sealer

OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
PLAIN, PLACE = b"Ik ben in Marokko", b"conversation|anna|7"


def test_what_is_sealed_opens_again() -> None:
    sealer = Sealer([NEW])
    assert sealer.open(sealer.seal(PLAIN, PLACE), PLACE) == PLAIN
    assert sealer.open(sealer.seal(b"", PLACE), PLACE) == b""


def test_the_same_text_never_looks_the_same_and_shows_nothing() -> None:
    sealer = Sealer([NEW])
    one, two = sealer.seal(PLAIN, PLACE), sealer.seal(PLAIN, PLACE)
    assert one != two
    assert b"Marokko" not in one
    assert PLACE not in one


@pytest.mark.parametrize("place", [b"", b"conversation|anna|8", b"conversation|bert|7", b"turn|anna|7"])
def test_bytes_that_were_moved_do_not_open(place: bytes) -> None:
    sealer = Sealer([NEW])
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(PLAIN, PLACE), place)


def test_while_keys_rotate_the_newest_seals_and_every_one_opens() -> None:
    before, during, after = Sealer([OLD]), Sealer([NEW, OLD]), Sealer([NEW])
    assert during.open(before.seal(PLAIN, PLACE), PLACE) == PLAIN
    assert after.open(during.seal(PLAIN, PLACE), PLACE) == PLAIN
    with pytest.raises(SealBroken):
        before.open(during.seal(PLAIN, PLACE), PLACE)


def test_a_lost_key_is_a_broken_seal() -> None:
    with pytest.raises(SealBroken):
        Sealer([OTHER]).open(Sealer([NEW]).seal(PLAIN, PLACE), PLACE)


def test_any_changed_bit_breaks_the_seal() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(PLAIN, PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            sealer.open(bytes(changed), PLACE)


def test_bytes_that_were_cut_break_the_seal() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(PLAIN, PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealer.open(sealed[:length], PLACE)


def test_bytes_from_elsewhere_break_the_seal() -> None:
    for length in (0, 1, 4, 16, 32, 500):
        with pytest.raises(SealBroken):
            Sealer([NEW]).open(os.urandom(length), PLACE)


def test_marks_tell_keys_apart_and_nothing_about_them() -> None:
    marks = Sealer([NEW, OLD]).marks()
    assert marks == (*Sealer([NEW]).marks(), *Sealer([OLD]).marks())
    assert len(set(marks)) == 2
    assert all(len(mark) == 8 and mark not in key.hex() for mark in marks for key in (NEW, OLD))
