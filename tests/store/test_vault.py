import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from screening.store.faults import SealBroken
from screening.store.keys import Keys, add_master_key, create_keys
from screening.store.vault import RecordKey, Vault, WrappedKey

KEYS = Keys(1, {1: bytes(range(32))}, bytes(range(32, 64)))
VAULT = Vault(KEYS)
SCREENING = ("screening-1", "agency-1")
STATEMENT = (
    "value",
    "s1",
    "screening-1",
    "agency-1",
    "traded_sex",
    "said",
    "u1",
    "2026-11-24T15:00:00+00:00",
    "1",
)
TEXTS = some.text(alphabet=some.characters(exclude_categories=["Cs"]))
VALUES = some.one_of(TEXTS, some.integers(), some.lists(TEXTS).map(tuple))


@pytest.fixture(scope="module")
def key() -> RecordKey:
    return VAULT.new_record_key(SCREENING)[0]


@given(value=VALUES)
def test_what_was_sealed_opens_as_it_was(value: str | int | tuple[str, ...]) -> None:
    key, wrapped = VAULT.new_record_key(SCREENING)

    sealed = key.seal(value, "statements", STATEMENT)

    assert VAULT.record_key(wrapped, SCREENING).open(sealed, "statements", STATEMENT) == value


@pytest.mark.parametrize("place", range(len(STATEMENT)))
def test_a_value_opens_only_in_its_own_row(key: RecordKey, place: int) -> None:
    sealed = key.seal("yes", "statements", STATEMENT)
    elsewhere = (*STATEMENT[:place], STATEMENT[place] + "x", *STATEMENT[place + 1 :])

    with pytest.raises(SealBroken):
        key.open(sealed, "statements", elsewhere)


def test_a_value_opens_only_in_its_own_table(key: RecordKey) -> None:
    with pytest.raises(SealBroken):
        key.open(key.seal("yes", "statements", STATEMENT), "screenings", STATEMENT)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ab", "c"), ("a", "bc")), (("a", "b"), ("a\nb",)), (("a", ""), ("a",)), (("a",), ("a", ""))],
)
def test_different_identities_are_never_taken_for_each_other(
    key: RecordKey, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    with pytest.raises(SealBroken):
        key.open(key.seal("yes", "statements", one), "statements", other)


@given(flipped=some.integers(min_value=0))
def test_a_changed_bit_is_noticed(flipped: int) -> None:
    key = VAULT.new_record_key(SCREENING)[0]
    sealed = bytearray(key.seal("yes", "statements", STATEMENT))
    sealed[flipped // 8 % len(sealed)] ^= 1 << flipped % 8

    with pytest.raises(SealBroken):
        key.open(bytes(sealed), "statements", STATEMENT)


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
def test_a_stump_is_noticed(key: RecordKey, length: int) -> None:
    with pytest.raises(SealBroken):
        key.open(key.seal("yes", "statements", STATEMENT)[:length], "statements", STATEMENT)


@pytest.mark.parametrize(
    "other", ["no", "unsure", "declined", "not_asked", (), ("hotel_keys",), 17, "2010-02-28"]
)
def test_the_length_does_not_tell_the_answer(key: RecordKey, other: str | int | tuple[str, ...]) -> None:
    assert len(key.seal("yes", "statements", STATEMENT)) == len(key.seal(other, "statements", STATEMENT))


def test_the_same_value_never_looks_the_same(key: RecordKey) -> None:
    assert len({key.seal("yes", "statements", STATEMENT) for _ in range(50)}) == 50


def test_each_screening_has_a_key_of_its_own() -> None:
    one, _wrapped = VAULT.new_record_key(SCREENING)
    other, _wrapped = VAULT.new_record_key(SCREENING)

    with pytest.raises(SealBroken):
        other.open(one.seal("yes", "statements", STATEMENT), "statements", STATEMENT)


def test_a_wrapped_key_opens_only_for_its_own_screening() -> None:
    _key, wrapped = VAULT.new_record_key(SCREENING)

    with pytest.raises(SealBroken):
        VAULT.record_key(wrapped, ("screening-2", "agency-1"))
    with pytest.raises(SealBroken):
        VAULT.record_key(WrappedKey(wrapped.sealed, 2), SCREENING)
    with pytest.raises(SealBroken):
        VAULT.record_key(WrappedKey(b"", 1), SCREENING)  # destroyed: the record is gone for good


def test_after_a_rotation_old_records_open_and_are_wrapped_anew(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = Vault(create_keys(path))
    key, wrapped = before.new_record_key(SCREENING)
    sealed = key.seal("yes", "statements", STATEMENT)

    after = Vault(add_master_key(path))
    rewrapped = after.rewrap(wrapped, SCREENING)

    assert (wrapped.version, rewrapped.version) == (1, 2)
    for each in (wrapped, rewrapped):
        assert after.record_key(each, SCREENING).open(sealed, "statements", STATEMENT) == "yes"
    assert after.blind_index("youth_ref", "a", "jc1") == before.blind_index("youth_ref", "a", "jc1")
    assert after.web_session_secret() == before.web_session_secret()


def test_the_blind_index_needs_the_key_and_keeps_agencies_apart() -> None:
    other = Vault(Keys(1, KEYS.masters, bytes(32)))

    index = VAULT.blind_index("youth_ref", "agency-1", "jc1")

    assert index == VAULT.blind_index("youth_ref", "agency-1", "jc1")
    assert index != VAULT.blind_index("youth_ref", "agency-2", "jc1")
    assert index != VAULT.blind_index("youth_ref", "agency-1", "jc2")
    assert index != other.blind_index("youth_ref", "agency-1", "jc1")


def test_derived_secrets_differ_from_each_other_and_from_their_root() -> None:
    secrets = {VAULT.web_session_secret().hex(), KEYS.root.hex(), *VAULT.fingerprints().values()}

    assert len(secrets) == 4
    assert len(VAULT.web_session_secret()) == 32


def test_a_vault_shows_nothing_and_is_not_pickled(key: RecordKey) -> None:
    for secret in (KEYS.root, *KEYS.masters.values()):
        assert repr(secret) not in repr(VAULT) + repr(key) + str(VAULT)
    with pytest.raises(TypeError):
        pickle.dumps(VAULT)


def test_a_broken_seal_says_what_to_do_and_reveals_nothing(key: RecordKey) -> None:
    with pytest.raises(SealBroken) as caught:
        key.open(key.seal("canary-value", "statements", STATEMENT), "statements", (*STATEMENT, "canary-part"))

    assert "canary" not in str(caught.value)
    assert "backup" in str(caught.value)
    assert caught.value.__cause__ is None
