"""Passwords: Argon2id at OWASP's minimum or above, and nothing told by time."""

from __future__ import annotations

import time

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from bot.people.passwords import SHORTEST, WeakPassword, check_strength, hash_password, new_password, verify


def test_parameters_are_argon2id_19_mib_2_passes_1_lane():
    parameters = extract_parameters(hash_password("un mot de passe"))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert (parameters.time_cost, parameters.parallelism) == (2, 1)


def test_right_wrong_and_unknown():
    kept = hash_password("un mot de passe")
    assert verify(kept, "un mot de passe")
    assert not verify(kept, "un autre mot de passe")
    assert not verify(None, "un mot de passe")
    assert not verify("not a hash", "un mot de passe")


def test_half_a_character_is_a_wrong_password_and_no_crash():
    assert not verify(hash_password("un mot de passe"), "\ud800")


def test_unknown_account_takes_the_same_work():
    kept = hash_password("un mot de passe")
    verify(None, "warm")
    known = min(_seconds(kept) for _ in range(5))
    unknown = min(_seconds(None) for _ in range(5))
    assert unknown > known / 3 and known > unknown / 3


def _seconds(kept: str | None) -> float:
    began = time.perf_counter()
    verify(kept, "faux")
    return time.perf_counter() - began


def test_shortest_is_taken_and_one_less_is_not():
    check_strength("x" * SHORTEST)
    with pytest.raises(WeakPassword):
        check_strength("x" * (SHORTEST - 1))


def test_new_passwords_are_strong_and_differ():
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    for one in made:
        check_strength(one)
