"""How passwords are hashed, where no test makes it quick."""

from argon2 import Type, extract_parameters

from bot.access.passwords import hash_password, matches


def test_a_hash_is_argon2id_with_what_rfc_9106_recommends() -> None:
    hashed = hash_password("vier losse woorden")
    found = extract_parameters(hashed)
    assert (found.type, found.time_cost, found.memory_cost, found.parallelism) == (Type.ID, 3, 64 * 1024, 4)
    assert matches(hashed, "vier losse woorden")
    assert not matches(hashed, "vier losse woord")
