"""The profile's folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from platformdirs import user_data_path

from db.store import Store
from desktop.centre.began import joined_already
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole, issue
from desktop.keys.errors import (
    FileKeysRefused,
    KeyMissing,
    NoKeyring,
    SealBroken,
    WrongRealm,
)
from desktop.keys.providers import KEY_FILE, FileProvider
from desktop.keys.signer import SoftSigner
from desktop.profile import Profile
from desktop.profile_files import (
    NewerProfile,
    ProfileDamaged,
    ProfileExists,
    ProfileMissing,
    default_path,
)
from desktop.sources import SeededKeys, SystemKeys

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def make(path: Path, seed: int = 1) -> Profile:
    return Profile.create(path, Realm.TRAINING, SeededKeys(seed), now=NOW)


def test_training_profile_opens_again_with_the_same_keys(tmp_path: Path) -> None:
    made = make(tmp_path / "p")
    opened = Profile.open(tmp_path / "p")
    assert opened.store_key() == made.store_key()
    assert (opened.realm, opened.counter, opened.office) == (Realm.TRAINING, "1374-L3", "1374")
    for role in KeyRole:
        if role not in (KeyRole.OFFICER, KeyRole.ISSUER):
            assert opened.signer(role).public == made.signer(role).public
    counter = opened.signer()
    assert opened.trust.key_of(counter.key_id, "counter", "1374-L3", "") == counter.public


def test_same_seed_makes_the_same_keys_and_certificates(tmp_path: Path) -> None:
    one, other = make(tmp_path / "a"), make(tmp_path / "b")
    assert one.certificates == other.certificates
    assert make(tmp_path / "c", 2).certificates != one.certificates


def test_no_secret_lies_open(tmp_path: Path) -> None:
    made = make(tmp_path / "p")
    files = [f for f in (tmp_path / "p").iterdir() if f.name != KEY_FILE]
    text = "".join(f.read_text() for f in files)
    assert made.store_key().hex() not in text
    assert made.store_key().hex() not in repr(made)


def test_store_opens_with_the_profiles_key(tmp_path: Path) -> None:
    made = make(tmp_path / "p")
    Store.create(made.store_path, made.store_key()).close()
    Store.open(made.store_path, Profile.open(made.path).store_key()).close()


def test_officers_new_key_is_vouched_for_by_the_office(tmp_path: Path) -> None:
    made = make(tmp_path / "p")
    key = SoftSigner(bytes(32))
    made.vouch_for_officer("79010001", key.public, NOW + timedelta(days=400))
    assert made.trust.key_of(key.key_id, "officer", "79010001", "") == key.public


def test_profile_is_never_made_over_another(tmp_path: Path) -> None:
    make(tmp_path / "p")
    with pytest.raises(ProfileExists):
        make(tmp_path / "p")
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "letter.txt").write_text("mine")
    with pytest.raises(ProfileExists):
        make(tmp_path / "q")


def test_creation_that_was_cut_short_can_be_begun_again(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("half")
    assert not Profile.exists(tmp_path)
    make(tmp_path)
    assert Profile.exists(tmp_path)


def test_missing_damaged_and_newer_profiles(tmp_path: Path) -> None:
    with pytest.raises(ProfileMissing):
        Profile.open(tmp_path / "none")
    make(tmp_path / "p")
    path = tmp_path / "p" / "profile.json"
    good = path.read_text()
    for bad in ("", "[]", "{}", good.replace('"training"', '"play"'), good[:40]):
        path.write_text(bad)
        with pytest.raises(ProfileDamaged):
            Profile.open(tmp_path / "p")
        assert joined_already(tmp_path / "p")  # so that the start opens it, and says so
    path.write_text(json.dumps({**json.loads(good), "format": 2}))
    with pytest.raises(NewerProfile):
        Profile.open(tmp_path / "p")
    path.write_text(good)
    (tmp_path / "p" / "trust.jsonl").write_text("nonsense\n")
    with pytest.raises(ProfileDamaged) as caught:
        Profile.open(tmp_path / "p")
    assert caught.value.name == "trust.jsonl"


@pytest.mark.parametrize(
    ("made", "claimed", "refusal"),
    [(Realm.TRAINING, Realm.LIVE, FileKeysRefused), (Realm.LIVE, Realm.TRAINING, WrongRealm)],
)
def test_the_realm_of_a_profile_is_not_changed_by_its_file(
    tmp_path: Path, made: Realm, claimed: Realm, refusal: type[Exception]
) -> None:
    provider = FileProvider(tmp_path, Realm.TRAINING) if made is Realm.LIVE else None
    profile = Profile.create(
        tmp_path / "p", made, SystemKeys(), now=NOW, counter="L1", provider=provider
    )
    if made is Realm.LIVE:
        root = SoftSigner(bytes(32))
        dates = {"realm": Realm.LIVE, "not_before": NOW, "not_after": NOW + timedelta(days=9)}
        own = issue(root, role=KeyRole.ROOT, subject="live", public=root.public, **dates)
        key = profile.signer().public
        profile.enrol([own], [issue(root, role=KeyRole.COUNTER, subject="L1", public=key, **dates)])
    path = profile.path / "profile.json"
    told = path.read_text()
    assert f'"{made.value}"' in told
    path.write_text(told.replace(f'"{made.value}"', f'"{claimed.value}"'))
    files = FileProvider(tmp_path, Realm.TRAINING) if made is Realm.LIVE else None
    with pytest.raises(refusal):
        Profile.open(profile.path, provider=files).store_key()


def test_lost_and_foreign_master_keys(tmp_path: Path) -> None:
    make(tmp_path / "p")
    other = make(tmp_path / "q", 2)
    key = tmp_path / "p" / KEY_FILE
    key.write_bytes((other.path / KEY_FILE).read_bytes())
    with pytest.raises(SealBroken):
        Profile.open(tmp_path / "p").store_key()
    key.unlink()
    with pytest.raises(KeyMissing):
        Profile.open(tmp_path / "p")


def test_live_profile_does_not_start_without_a_keyring(tmp_path: Path) -> None:
    with pytest.raises(NoKeyring):
        Profile.create(tmp_path / "p", Realm.LIVE, SystemKeys(), now=NOW, counter="L1")
    assert not Profile.exists(tmp_path / "p")


def test_live_profile_has_a_counter_key_and_waits_for_its_enrolment(tmp_path: Path) -> None:
    box = FileProvider(tmp_path, Realm.TRAINING)  # stands in for a keyring
    live = Profile.create(
        tmp_path / "p", Realm.LIVE, SystemKeys(), now=NOW, counter="L1", provider=box
    )
    assert live.certificate(KeyRole.COUNTER) is None
    with pytest.raises(KeyError):
        live.signer(KeyRole.ROOT)
    root = SoftSigner(bytes(32))
    dates = {"realm": Realm.LIVE, "not_before": NOW, "not_after": NOW + timedelta(days=9)}
    own = issue(root, role=KeyRole.ROOT, subject="live", public=root.public, **dates)
    counter = issue(root, role=KeyRole.COUNTER, subject="L1", public=live.signer().public, **dates)
    assert live.enrol([own], [counter]).certificate(KeyRole.COUNTER) == counter
    again = Profile.open(tmp_path / "p", provider=box)
    assert again.trust.key_of(counter.key_id, "counter", "L1", "") == live.signer().public


def test_default_place_is_the_users_own() -> None:
    assert default_path().name == "profile"
    assert default_path().parent == user_data_path("loket", appauthor=False)
