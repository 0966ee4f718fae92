"""Keys through their lives, on a training counter and in tokens."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import main
from desktop.cards import cose
from desktop.cards.seal import message_of
from desktop.cards.seal_check import SealFault, check
from desktop.cards.seal_keys import KeyReason, read_seal_keys
from desktop.desk import open_desk
from desktop.domain.officer import NotSignedIn, Role, RoleMissing, SameOfficer
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole, issue
from desktop.keys.errors import BadCertificate, KeyWithdrawn, NothingToEnrol, TokenPulled, WrongPin
from desktop.keys.pkcs11 import TokenPlace, find_tokens
from desktop.keys.requests import BadRequest, grant, make_request, read_request
from desktop.keys.signer import ES256_PUBLIC, SoftSigner, verifies
from desktop.keys.token_provider import TokenProvider
from desktop.profile import Profile, Withdrawal
from desktop.services.inspection import verify_journal
from desktop.services.key_care import (
    CannotVouch,
    EscrowCertificateUnfit,
    KeyCare,
    KeyInUse,
    UnknownKey,
)
from desktop.services.officer_cards import CardNotYours
from desktop.sources import SystemKeys
from tests.keys.keyrings import MemoryKeyring
from tests.keys.softhsm import PIN, SoftHsm, running
from tests.walks.conftest import furnished, world
from tests.walks.world import PASSWORDS, World, open_world

__all__ = ["furnished", "world"]

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HENDRA, BAMBANG, ANDI = (PASSWORDS[name] for name in ("hendra", "bambang", "andi"))


@pytest.fixture
def hsm(tmp_path: Path) -> Generator[SoftHsm]:
    folder = tmp_path / "hsm"
    folder.mkdir()
    with running(folder) as rig:
        yield rig


def paper_seal(world: World) -> str:
    desk = world.desk
    with desk.ledger.reading() as r:
        return desk.sealing.paper("psb", "1", desk.clock.now(), r.head())


def reopened(world: World) -> World:
    path = world.desk.profile.path
    world.desk.close()
    return open_world(path, clock=world.clock, ids_used=60_000)


def test_request_is_signed_by_its_own_key() -> None:
    asked = make_request(SoftSigner(bytes(32)), Realm.LIVE, KeyRole.SEAL, "1374")
    assert read_request(asked.text()) == asked
    for bad in ("", "[]", "{}", "null", asked.text().replace("1374", "1375")):
        with pytest.raises(BadRequest):
            read_request(bad)


def test_rotated_seal_key_retires_and_both_are_published(world: World) -> None:
    world.sign_in("hendra")
    before = paper_seal(world)
    old, made = world.desk.key_care.rotate(world.by, KeyRole.SEAL)
    assert made.key_id != old
    world.clock.advance(60)
    again = reopened(world)
    after = paper_seal(again)
    with again.desk.ledger.reading() as r:
        keys = read_seal_keys(again.desk.sealing.public_keys(r, again.clock.now()))
    assert {key.certificate.key_id for key in keys.keys} == {old, made.key_id}
    now = again.clock.now()
    assert check(before, keys, now).good
    assert check(after, keys, now).good
    assert verify_journal(again.desk.profile, again.desk.ledger.store).sound
    again.desk.close()


def test_the_seal_may_be_signed_by_es256(world: World) -> None:
    """For readers that know nothing of Ed25519; what was sealed before stays good."""
    world.sign_in("hendra")
    before = paper_seal(world)
    _, made = world.desk.key_care.rotate(world.by, KeyRole.SEAL, es256=True)
    assert len(made.public) == ES256_PUBLIC
    world.clock.advance(60)
    again = reopened(world)
    after = paper_seal(again)
    assert cose.read1(message_of(after)).algorithm is cose.Algorithm.ES256
    now = again.clock.now()
    with again.desk.ledger.reading() as r:
        keys = read_seal_keys(again.desk.sealing.public_keys(r, now))
    for text in (before, after):
        assert check(text, keys, now).good
        assert check(text, again.desk.sealing.verifying_keys(now), now).good
    again.desk.close()


def test_rotated_counter_key_keeps_the_journal_sound(world: World) -> None:
    world.sign_in("hendra")
    old, made = world.desk.key_care.rotate(world.by, KeyRole.COUNTER)
    again = reopened(world)
    again.sign_in("andi")
    assert again.desk.profile.signer().key_id == made.key_id != old
    assert verify_journal(again.desk.profile, again.desk.ledger.store).sound
    again.desk.close()


def test_stolen_seal_key_makes_its_seals_doubtful(world: World) -> None:
    world.sign_in("bambang")
    sealed = paper_seal(world)
    care = world.desk.key_care
    stolen = care.profile.signer(KeyRole.SEAL).key_id
    gone = care.withdraw(world.by, stolen[:12], KeyReason.STOLEN)
    assert gone.key_id == stolen
    assert not care.profile.holds(KeyRole.SEAL)
    with pytest.raises(KeyWithdrawn):
        care.withdraw(world.by, stolen, KeyReason.STOLEN)
    care.rotate(world.by, KeyRole.SEAL)
    again = reopened(world)
    with again.desk.ledger.reading() as r:
        keys = read_seal_keys(again.desk.sealing.public_keys(r, again.clock.now()))
    verdict = check(sealed, keys, again.clock.now())
    assert verdict.fault is SealFault.KEY_STOLEN
    assert check(paper_seal(again), keys, again.clock.now()).good
    assert verify_journal(again.desk.profile, again.desk.ledger.store).sound
    again.desk.close()


def test_only_keepers_act_on_keys(world: World) -> None:
    world.sign_in("andi")
    care = world.desk.key_care
    with pytest.raises(RoleMissing):
        care.rotate(world.by, KeyRole.SEAL)
    with pytest.raises(RoleMissing):
        care.withdraw(world.by, "0" * 32, KeyReason.STOLEN)
    world.sign_in("hendra")
    with pytest.raises(KeyInUse):
        care.withdraw(world.by, care.profile.signer().key_id, KeyReason.STOLEN)
    world.desk.frame.keys.take(7)  # a seeded source begins anew with each desk: not the same again
    old, _ = care.rotate(world.by, KeyRole.COUNTER)
    assert care.withdraw(world.by, old, KeyReason.STOLEN).key_id == old
    for unknown in ("0" * 32, "", care.profile.signer().key_id[:4]):
        with pytest.raises(UnknownKey):
            care.withdraw(world.by, unknown, KeyReason.STOLEN)


@pytest.mark.token
def test_live_counter_in_a_token_is_enrolled_rotated_and_enrolled_again(
    hsm: SoftHsm, world: World, tmp_path: Path
) -> None:
    token = hsm.token()
    profile = Profile.create(
        tmp_path / "live", Realm.LIVE, SystemKeys(), now=NOW, counter="L1", office="1374",
        provider=TokenProvider(token),
    )  # fmt: skip
    root = SoftSigner(b"\7" * 32)
    dates = (NOW, NOW + timedelta(days=900))
    top = issue(
        root, realm=Realm.LIVE, role=KeyRole.ROOT, subject="live", public=root.public,
        not_before=dates[0], not_after=dates[1],
    )  # fmt: skip
    world.sign_in("hendra")
    care = KeyCare(world.desk.frame, profile, world.desk.approvals)
    with pytest.raises(CannotVouch):
        care.rotate(world.by, KeyRole.SEAL)
    asked = read_request(care.ask(world.by, KeyRole.COUNTER).text())
    assert (asked.subject, asked.public) == ("L1", profile.signer().public)
    stranger = SoftSigner(b"\x08" * 32)
    with pytest.raises(BadCertificate):
        care.enrol(world.by, grant(stranger, asked, *dates), (top,))
    assert not Profile.open(profile.path, provider=TokenProvider(token)).trust.roots
    care.enrol(world.by, grant(root, asked, *dates), (top,))
    before = ""
    for _ in range(2):
        asked = read_request(care.ask(world.by, KeyRole.SEAL).text())
        assert care.ask(world.by, KeyRole.SEAL) == asked  # one request until it is answered
        foreign = grant(root, make_request(root, Realm.LIVE, KeyRole.SEAL, "1374"), *dates)
        with pytest.raises(NothingToEnrol):
            care.enrol(world.by, foreign, ())
        care.enrol(world.by, grant(root, asked, *dates))
        opened = Profile.open(tmp_path / "live", provider=TokenProvider(token))
        seal = opened.signer(KeyRole.SEAL)
        assert seal.public == asked.public
        assert opened.in_token(KeyRole.SEAL)
        assert verifies(seal.public, seal.sign(b"x"), b"x")
        assert seal.key_id != before
        before = seal.key_id
    found = token.run(lambda s: len(list(s.get_objects())))
    assert found == 5  # the box, the counter's pair, the present seal pair: the former is gone
    opened.withdraw(Withdrawal(before, NOW, "stolen"))
    assert token.run(lambda s: len(list(s.get_objects()))) == 3


@pytest.mark.token
def test_live_counter_is_made_and_enrolled_by_commands(
    hsm: SoftHsm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, use_keyring
) -> None:
    use_keyring(MemoryKeyring())
    place = hsm.make()
    path = tmp_path / "live"

    def keys(*words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main.main(["keys", words[0], "--profile", str(path), "--lang", "en", *words[1:]])
        return code, capsys.readouterr().out

    make = ("make", "--counter", "L1", "--office", "1374")
    make = (*make, "--module", place.module, "--label", place.label)
    assert keys(*make, typed="000000\n")[0] == 2
    code, told = keys(*make, typed=f"{PIN}\n")
    assert code == 0, told
    assert "in the token" in told
    assert PIN not in told
    assert keys(*make, typed=f"{PIN}\n")[0] == 2  # never over another
    root = SoftSigner(b"\7" * 32)
    now = datetime.now(UTC)
    dates = {"not_before": now - timedelta(1), "not_after": now + timedelta(900)}
    top = issue(
        root, realm=Realm.LIVE, role=KeyRole.ROOT, subject="live", public=root.public, **dates
    )
    (tmp_path / "trust.jsonl").write_text(top.text() + "\n")
    for role in ("counter", "seal"):
        out, back = tmp_path / f"{role}.json", tmp_path / f"{role}.cert"
        code, told = keys("enrol", role, "--out", str(out))
        assert code == 0, told
        back.write_text(grant(root, read_request(out.read_text()), *dates.values()).text())
        code, told = keys(
            "enrol", "--certificate", str(back), "--trust", str(tmp_path / "trust.jsonl")
        )
        assert code == 0, told
    told = keys("status")[1]
    assert told.count("in the token, valid") == 2
    hsm.restart()  # sign-in belongs to a process, and each command is one
    code, told = keys("pin", typed="000000\n")
    assert (code, "is wrong" in told) == (2, True)
    code, told = keys("pin", typed=f"{PIN}\n")
    assert code == 0, told
    opened = Profile.open(path)
    assert opened.signer(KeyRole.SEAL).sign(b"x")
    desk = open_desk(path)
    assert verify_journal(desk.profile, desk.ledger.store).sound
    desk.close()


def certificate_of(folder: Path, bits: int = 3072) -> Path:
    openssl = shutil.which("openssl")
    assert openssl
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-subj", "/CN=escrow",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return folder / "cert.pem"


def test_escrow_is_opened_by_its_holder_with_openssl(world: World, tmp_path: Path) -> None:
    holder = certificate_of(tmp_path)
    world.sign_in("hendra")
    desk = world.desk
    second = desk.duty.second(world.by, *BAMBANG)
    body, fingerprint = desk.key_care.escrow(world.by, second, holder.read_bytes())
    kept = json.loads(body)
    assert kept["holder"] == fingerprint
    assert desk.profile.store_key().hex() not in body.decode()
    (tmp_path / "sealed.der").write_bytes(base64.b64decode(kept["sealed"]))
    opened = subprocess.run(
        ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", str(tmp_path / "sealed.der"),
         "-inkey", str(tmp_path / "key.pem"), "-recip", str(holder)],
        check=True, capture_output=True, text=True, timeout=30,
    ).stdout  # fmt: skip
    assert opened.strip() == desk.profile.store_key().hex()
    assert [s["officer"] for s in kept["signed"]] == [HENDRA[0], BAMBANG[0]]
    for signed in kept["signed"]:
        public = next(c.public for c in desk.profile.trust.known if c.key_id == signed["key"])
        assert verifies(public, bytes.fromhex(signed["signature"]), signed["statement"].encode())
    with pytest.raises(SameOfficer):
        desk.key_care.escrow(world.by, world.by, holder.read_bytes())
    for unfit in (b"nonsense", certificate_of(tmp_path, 2048).read_bytes()):
        with pytest.raises(EscrowCertificateUnfit):
            desk.key_care.escrow(world.by, second, unfit)


@pytest.mark.token
def test_officer_signs_in_by_card_and_approves_with_it(hsm: SoftHsm, world: World) -> None:
    place = hsm.make("card")
    desk, (nrp, _) = world.desk, PASSWORDS["sri"]
    with pytest.raises(CardNotYours):
        desk.officer_cards.sign_in(nrp, place, PIN)
    world.sign_in("hendra")
    made = desk.officer_cards.enrol(world.by, nrp, place, PIN)
    with pytest.raises(WrongPin):
        desk.officer_cards.sign_in(nrp, place, "000000")
    with pytest.raises(CardNotYours):
        desk.officer_cards.sign_in(ANDI[0], place, PIN)
    assert desk.duty.session is not None
    assert desk.duty.session.officer.id == HENDRA[0]
    for _ in range(2):  # the second time the first session ends by itself
        session = desk.officer_cards.sign_in(nrp, place, PIN)
        assert session.officer.id == nrp
    signer = desk.duty.signer(world.by)
    assert signer.key_id == made.key_id
    with desk.ledger.acting(world.by) as w:
        approval = desk.approvals.sign(w, world.by, "trial", "x", "0" * 64)
        w.record("trial.signed", "x", {}, approvals=(approval,))
    assert verify_journal(desk.profile, desk.ledger.store).sound
    hsm.restart()
    with pytest.raises(TokenPulled):
        signer.sign(b"act")
    desk.duty.sign_out()
    with pytest.raises(NotSignedIn):
        world.desk.duty.actor()
    world.sign_in("hendra")
    desk.key_care.withdraw(world.by, made.key_id, KeyReason.STOLEN)
    again = reopened(world)
    with pytest.raises(CardNotYours):
        again.desk.officer_cards.sign_in(nrp, place, PIN)
    again.sign_in("sri")  # the password's key is another one
    again.desk.close()


@pytest.mark.token
def test_two_officers_sign_with_cards_that_are_plugged_in_together(
    hsm: SoftHsm, world: World
) -> None:
    place, desk = hsm.make("card", "111111"), world.desk
    world.sign_in("hendra")
    desk.officer_cards.enrol(world.by, PASSWORDS["sri"][0], place, "111111")
    first_card = next(iter(find_tokens(place))).serial
    hsm.make("card", "222222")
    (other,) = [card for card in find_tokens(place) if card.serial != first_card]
    hers = TokenPlace(place.module, place.label, other.serial.decode())
    desk.officer_cards.enrol(world.by, PASSWORDS["dewi"][0], hers, "222222")
    desk.officer_cards.sign_in(PASSWORDS["sri"][0], place, "111111")
    first = world.by
    with pytest.raises(RoleMissing):
        desk.officer_cards.second(first, PASSWORDS["dewi"][0], place, "222222", Role.ADMINISTRATOR)
    with pytest.raises(WrongPin):  # not tried on the first officer's card
        desk.officer_cards.second(first, PASSWORDS["dewi"][0], place, "111111")
    with pytest.raises(SameOfficer):
        desk.officer_cards.second(first, PASSWORDS["sri"][0], place, "111111")
    desk.officer_cards.sign_in(PASSWORDS["sri"][0], place, "111111")
    first = world.by
    for _ in range(2):
        second = desk.officer_cards.second(first, PASSWORDS["dewi"][0], place, "222222")
        with desk.ledger.acting(first) as w:
            signed = tuple(
                desk.approvals.sign(w, who, "trial", "x", "0" * 64) for who in (first, second)
            )
            w.record("trial.signed", "x", {}, approvals=signed)
    assert verify_journal(desk.profile, desk.ledger.store).sound
    desk.duty.sign_out()
    with pytest.raises(NotSignedIn):
        desk.duty.signer(second)
    desk.close()


def test_keys_command_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    path = tmp_path / "profile"
    open_desk(path).close()

    def keys(*words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main.main(["keys", words[0], "--profile", str(path), "--lang", "en", *words[1:]])
        return code, capsys.readouterr().out

    code, told = keys("status")
    assert code == 0
    assert "seal: " in told
    who = ("--officer", HENDRA[0])
    typed = f"{HENDRA[1]}\n"
    assert keys("rotate", "seal", *who, typed="wrong\n")[0] == 2
    code, told = keys("rotate", "seal", *who, typed=typed)
    assert (code, "was replaced" in told) == (0, True)
    assert "Withdrawn" in keys("status")[1]
    assert keys("rotate", "seal", "--es256", *who, typed=typed)[0] == 0
    assert len(Profile.open(path).signer(KeyRole.SEAL).public) == ES256_PUBLIC
    with pytest.raises(SystemExit):
        keys("rotate", "counter", "--es256", *who, typed=typed)
    out = tmp_path / "request.json"
    assert keys("enrol", "counter", "--out", str(out), *who, typed=typed)[0] == 0
    asked = read_request(out.read_text())
    assert keys("enrol", "counter", "--out", str(out), *who, typed=typed)[0] == 2  # never over
    root = Profile.open(path).signer(KeyRole.ROOT)
    back = tmp_path / "back.json"
    now = datetime.now(UTC)
    back.write_text(grant(root, asked, now, now + timedelta(days=9)).text() + "\n")
    assert keys("enrol", "--certificate", str(back), *who, typed=typed)[0] == 0
    assert Profile.open(path).signer().public == asked.public
    holder = certificate_of(tmp_path)
    kept = tmp_path / "escrow.json"
    code, told = keys(
        "escrow", "--holder", str(holder), "--out", str(kept), "--second", BAMBANG[0], *who,
        typed=f"{HENDRA[1]}\n{BAMBANG[1]}\n",
    )  # fmt: skip
    assert (code, kept.exists()) == (0, True)
    assert HENDRA[1] not in told
    gone = Profile.open(path).signer(KeyRole.SEAL).key_id
    assert keys("withdraw", gone, "--reason", "stolen", *who, typed=typed)[0] == 0
    assert keys("withdraw", gone, "--reason", "stolen", *who, typed=typed)[0] == 2
    assert keys("pin")[0] == 2  # no token here
    with pytest.raises(SystemExit):
        keys("enrol", "seal", *who)
