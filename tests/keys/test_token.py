"""Keys in a token, with SoftHSM as the token."""

from __future__ import annotations

import threading
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pkcs11.exceptions as x
import pytest
from pkcs11 import Attribute, ObjectClass

from db.store import Store
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole
from desktop.keys.errors import (
    KeyMissing,
    MechanismMissing,
    NoModule,
    NoToken,
    PinLocked,
    SealBroken,
    TokenFailed,
    TokenInUse,
    TokenKeyMissing,
    TokenPinMissing,
    TokenPulled,
    WrongPin,
)
from desktop.keys.pkcs11 import Token, TokenPlace, _named
from desktop.keys.signer import SoftSigner, key_id_of, verifies
from desktop.keys.token_pin import keep_pin
from desktop.keys.token_provider import TokenProvider
from desktop.keys.token_signer import Algorithm, TokenSigner, destroy_key, make_key
from desktop.profile import Profile
from desktop.sources import SystemKeys
from tests.keys.keyrings import MemoryKeyring
from tests.keys.softhsm import MODULE, PIN, SoftHsm, running

pytestmark = pytest.mark.token
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def hsm(tmp_path: Path) -> Generator[SoftHsm]:
    with running(tmp_path) as rig:
        yield rig


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_token_signs_what_anybody_verifies(hsm: SoftHsm, algorithm: Algorithm) -> None:
    token = hsm.token()
    signer = TokenSigner(token, key=make_key(token, "seal", algorithm))
    signature = signer.sign(b"statement")
    assert signer.algorithm is algorithm
    assert signer.key_id == key_id_of(signer.public)
    assert len(signature) == 64
    assert verifies(signer.public, signature, b"statement")
    assert not verifies(signer.public, signature, b"statements")
    assert not verifies(SoftSigner(bytes(32)).public, signature, b"statement")


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_private_key_never_leaves(hsm: SoftHsm, algorithm: Algorithm) -> None:
    token = hsm.token()
    key = make_key(token, "seal", algorithm)

    def ask(session: pkcs11.Session) -> None:
        private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=key)
        for sure in (Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.NEVER_EXTRACTABLE):
            assert private[sure] is True
        assert private[Attribute.EXTRACTABLE] is False
        with pytest.raises(x.AttributeSensitive):
            private[Attribute.VALUE]

    token.run(ask)


def test_boxs_key_never_leaves_and_opens_only_its_own(hsm: SoftHsm) -> None:
    provider = TokenProvider(hsm.token())
    box = provider.make("p", SystemKeys())
    sealed = box.seal(b"secret", "store")
    assert provider.load("p").open(sealed, "store") == b"secret"
    assert sealed != box.seal(b"secret", "store")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for data, label in [(sealed, "seal"), (changed, "store"), (sealed[:20], "store"), (b"", "")]:
        with pytest.raises(SealBroken):
            box.open(data, label)
    assert box.open(sealed, "store") == b"secret"
    with pytest.raises(KeyMissing):
        provider.load("another")

    def ask(session: pkcs11.Session) -> None:
        key = session.get_key(object_class=ObjectClass.SECRET_KEY)
        assert key[Attribute.SENSITIVE] is True
        assert key[Attribute.EXTRACTABLE] is False
        with pytest.raises(x.AttributeSensitive):
            key[Attribute.VALUE]

    provider.token.run(ask)


def test_key_is_found_by_its_label_as_on_a_card(hsm: SoftHsm) -> None:
    token = hsm.token()
    key = make_key(token, "SIGN key")
    assert TokenSigner(token, label="SIGN key").public == TokenSigner(token, key=key).public
    make_key(token, "SIGN key")
    with pytest.raises(TokenKeyMissing):  # two of the same name: never guess which
        TokenSigner(token, label="SIGN key")


def test_missing_things_are_named(hsm: SoftHsm, tmp_path: Path) -> None:
    place = hsm.make()
    cases = [
        (TokenPlace(str(tmp_path / "none.so"), "loket"), NoModule),
        (TokenPlace(MODULE, "other"), NoToken),
        (TokenPlace(MODULE, "loket", "0000"), NoToken),
    ]
    for wrong, problem in cases:
        with pytest.raises(problem):
            TokenSigner(Token(wrong, lambda: PIN), label="seal")
    token = Token(place, lambda: PIN)
    with pytest.raises(TokenKeyMissing):
        TokenSigner(token, label="seal")
    key = make_key(token, "seal")
    signer = TokenSigner(token, key=key)
    destroy_key(token, key)
    destroy_key(token, key)
    token.close()
    with pytest.raises(TokenKeyMissing):
        signer.sign(b"gone")


def test_rsa_key_is_no_signer(hsm: SoftHsm) -> None:
    token = hsm.token()
    token.run(lambda s: s.generate_keypair(pkcs11.KeyType.RSA, 2048, label="rsa", store=True))
    with pytest.raises(MechanismMissing):
        TokenSigner(token, label="rsa")


def test_wrong_pin_is_named_and_never_told(hsm: SoftHsm) -> None:
    place = hsm.make()
    for wrong in ("999999", "1", ""):
        with pytest.raises(WrongPin) as caught:
            make_key(Token(place, lambda pin=wrong: pin), "seal")
        assert caught.value.facts() == {"token": "loket"}
        assert not wrong or wrong not in f"{caught.value!r}{caught.value.__cause__!r}"
    token = Token(place, lambda: PIN)
    make_key(token, "seal")
    assert PIN not in repr(token)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (x.PinLocked(), PinLocked),
        (x.TokenNotPresent(), NoToken),
        (x.DeviceRemoved(), TokenPulled),
        (x.MechanismInvalid(), MechanismMissing),
        (x.DeviceMemory(), TokenFailed),
    ],
)
def test_answers_that_this_token_never_gives_have_names(
    answer: Exception, problem: type[Exception]
) -> None:
    assert isinstance(_named(answer, "loket"), problem)


def test_counters_token_that_was_pulled_is_opened_again(hsm: SoftHsm) -> None:
    token = hsm.token()
    signer = TokenSigner(token, key=make_key(token, "seal"))
    hsm.restart()
    assert verifies(signer.public, signer.sign(b"again"), b"again")
    hsm.pull()
    with pytest.raises(NoToken):
        signer.sign(b"not there")
    hsm.plug()
    assert verifies(signer.public, signer.sign(b"back"), b"back")
    assert token.opened == 3


def test_officers_card_that_was_pulled_signs_nothing_more(hsm: SoftHsm) -> None:
    card = hsm.token("card", reopens=False)
    signer = TokenSigner(card, key=make_key(card, "officer"))
    hsm.restart()
    for _ in range(2):
        with pytest.raises(TokenPulled):
            signer.sign(b"act")


def test_pin_of_a_card_is_tried_even_if_somebody_is_signed_in(hsm: SoftHsm) -> None:
    card = hsm.token("card")
    make_key(card, "officer")
    other = Token(card.place, lambda: "000000", reopens=False)
    with pytest.raises(TokenInUse):
        TokenSigner(other, label="officer")


def test_two_parts_of_the_program_share_a_token(hsm: SoftHsm) -> None:
    one = hsm.token()
    signer = TokenSigner(one, key=make_key(one, "seal"))
    other = Token(one.place, lambda: PIN)
    again = TokenSigner(other, label="seal")
    one.close()  # which signs the whole process out
    assert verifies(signer.public, again.sign(b"x"), b"x")
    assert verifies(signer.public, signer.sign(b"x"), b"x")


def test_many_threads_sign_with_one_token(hsm: SoftHsm) -> None:
    token = hsm.token()
    signer = TokenSigner(token, key=make_key(token, "seal"))
    made: list[bool] = []

    def work(number: int) -> None:
        for turn in range(20):
            message = b"%d %d" % (number, turn)
            made.append(verifies(signer.public, signer.sign(message), message))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [True] * 80


def test_live_profile_lives_in_a_token(hsm: SoftHsm, tmp_path: Path, use_keyring) -> None:
    use_keyring(MemoryKeyring())
    token = hsm.token()
    made = Profile.create(
        tmp_path / "p", Realm.LIVE, SystemKeys(), now=NOW, counter="L1",
        provider=TokenProvider(token),
    )  # fmt: skip
    Store.create(made.store_path, made.store_key()).close()
    assert made.in_token(KeyRole.COUNTER)
    assert made.provider_name == "token"
    text = "".join(f.read_text() for f in made.path.iterdir() if f.suffix != ".db")
    assert PIN not in text
    assert made.store_key().hex() not in text
    token.close()
    with pytest.raises(TokenPinMissing):
        Profile.open(made.path)
    keep_pin(token.place, PIN)
    again = Profile.open(made.path)
    Store.open(again.store_path, again.store_key()).close()
    counter = again.signer()
    assert counter.public == made.signer().public
    assert verifies(counter.public, counter.sign(b"entry"), b"entry")
    hsm.pull()
    with pytest.raises(NoToken):
        Profile.open(made.path)
    hsm.plug()


def test_training_profile_may_use_a_token_too(hsm: SoftHsm, tmp_path: Path) -> None:
    made = Profile.create(
        tmp_path / "p", Realm.TRAINING, SystemKeys(), now=NOW, provider=TokenProvider(hsm.token())
    )
    for role in (KeyRole.ROOT, KeyRole.SEAL, KeyRole.COUNTER):
        assert made.in_token(role)
    seal = made.signer(KeyRole.SEAL)
    assert made.trust.key_of(seal.key_id, "seal", "1374", "") == seal.public
