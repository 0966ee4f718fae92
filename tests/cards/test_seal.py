"""The seal: what it says is what anybody reads, and no byte of it can be changed."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from desktop.cards import cose
from desktop.cards.chip.pictures import PORTRAIT, jpeg
from desktop.cards.seal import (
    CardStatement,
    NotASeal,
    PaperStatement,
    PaperType,
    message_of,
    read_statement,
    seal,
    text_of,
)
from desktop.cards.seal_check import SealFault, SealNote, check
from desktop.cards.seal_claim import seal_claim, unpack
from desktop.cards.seal_face import SAME_PHOTO, SMALLEST, alike, open_face, small_face
from desktop.cards.seal_keys import (
    KeyReason,
    SealKeys,
    SealKeysUnreadable,
    WithdrawnKey,
    read_seal_keys,
    write_seal_keys,
)
from desktop.cards.withdrawn import WithdrawnCards, pack
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import Signer, SoftEs256Signer, SoftSigner
from desktop.training.people import make_people
from desktop.training.stage import portrait as drawn

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
ROOT = SoftSigner(b"r" * 32)
SIGNERS = {"EdDSA": SoftSigner(b"s" * 32), "ES256": SoftEs256Signer(b"e" * 32)}
STATEMENT = CardStatement(
    realm=Realm.TRAINING,
    number="3273014101900001",
    licence_class=LicenceClass.BI_UMUM,
    name="D'ARCY CONTOH",
    birth=date(1931, 1, 31),
    issued_on=date(2026, 3, 2),
    valid_until=date(2031, 3, 2),
    serial="AB00000017",
    portrait=bytes(range(16)),
    office="1374",
)
PAPER = PaperStatement(
    realm=Realm.TRAINING,
    paper=PaperType.INTERIM_LETTER,
    number="SKP/0001/1374/03/2026",
    made_at=NOW,
    office="1374",
    counter="L3",
    epoch=1,
    seq=812,
    head=b"h" * 16,
    sim_number="3273014101900001",
    licence_class=LicenceClass.C,
    valid_until=date(2026, 4, 2),
)


def certificate(signer: Signer, role: KeyRole, **dates: datetime) -> Certificate:
    return issue(
        ROOT,
        realm=Realm.TRAINING,
        role=role,
        subject="1374",
        public=signer.public,
        not_before=dates.get("begins", NOW - timedelta(days=31)),
        not_after=dates.get("ends", NOW + timedelta(days=3650)),
    )


def published(
    *gone: WithdrawnKey, serials: tuple[str, ...] | None = ("ZZ00000001",), **dates: datetime
) -> bytes:
    root = certificate(ROOT, KeyRole.ROOT)
    seals = [certificate(signer, KeyRole.SEAL, **dates) for signer in SIGNERS.values()]
    return write_seal_keys(
        ROOT,
        Realm.TRAINING,
        [root, *seals],
        NOW,
        withdrawn_keys=gone,
        withdrawn_cards=None if serials is None else pack(Realm.TRAINING, serials, NOW),
        seal_signer=SIGNERS["EdDSA"],
    )


def keys() -> SealKeys:
    return read_seal_keys(published(), [certificate(ROOT, KeyRole.ROOT)])


def texts(signer: Signer) -> dict[str, str]:
    with_face = dataclasses.replace(STATEMENT, face=small_face(portrait()))
    return {
        "card": seal(STATEMENT, signer),
        "claim": seal_claim(STATEMENT, signer),
        "face": seal(with_face, signer),
        "paper": seal(PAPER, signer),
    }


def portrait() -> bytes:
    picture = Image.effect_noise((480, 640), 60).convert("RGB")
    picture.paste("#c89070", (140, 160, 340, 440))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_a_seal_says_what_was_sealed(algorithm: str) -> None:
    for name, text in texts(SIGNERS[algorithm]).items():
        verdict = check(text, keys(), NOW)
        assert verdict.fault is None, name
        if name == "paper":
            assert verdict.statement == PAPER
        else:
            assert isinstance(verdict.statement, CardStatement)
            assert dataclasses.replace(verdict.statement, face=b"") == STATEMENT


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_no_single_byte_can_be_changed(algorithm: str) -> None:
    known = keys()
    for name, text in texts(SIGNERS[algorithm]).items():
        message = message_of(text)
        for place in range(len(message)):
            changed = bytearray(message)
            changed[place] ^= 0x01
            assert not check(text_of(bytes(changed)), known, NOW).good, (name, place)


@given(st.text(max_size=200))
def test_whatever_a_code_says_is_answered(text: str) -> None:
    assert check(text, keys(), NOW).fault is SealFault.NOT_A_SEAL
    assert not check(f"SIM1:{text}", keys(), NOW).good


@given(st.binary(max_size=300))
def test_whatever_bytes_stand_behind_the_prefix_are_answered(data: bytes) -> None:
    assert not check(text_of(data), keys(), NOW).good
    signed = text_of(cose.sign1(data, SIGNERS["EdDSA"]))  # a signature alone is no statement
    assert check(signed, keys(), NOW).fault is SealFault.NOT_A_SEAL


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.binary(max_size=20) | st.text(max_size=20),
        lambda inner: st.dictionaries(st.integers(0, 40), inner, max_size=12),
        max_leaves=20,
    )
)
def test_a_signed_map_of_another_shape_is_no_statement(value: object) -> None:
    with pytest.raises(NotASeal):
        read_statement(cose.dumps(value))


def test_a_packed_bomb_stops_early() -> None:
    import zlib

    with pytest.raises(NotASeal):
        unpack(zlib.compress(bytes(10_000_000), 9))


def test_keys_end_are_replaced_and_are_stolen() -> None:
    signer = SIGNERS["EdDSA"]
    text = seal(STATEMENT, signer)
    made = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def fault(data: bytes) -> SealFault | None:
        return check(text, read_seal_keys(data), NOW).fault

    assert fault(published(ends=made)) is SealFault.KEY_ENDED
    assert fault(published(ends=made + timedelta(seconds=1))) is None
    assert fault(published(begins=made + timedelta(seconds=1))) is SealFault.KEY_NOT_YET
    later, sooner = made + timedelta(days=1), made - timedelta(days=1)
    for reason, at, expected in (
        (KeyReason.SUPERSEDED, later, None),
        (KeyReason.SUPERSEDED, sooner, SealFault.KEY_SUPERSEDED),
        (KeyReason.STOLEN, later, SealFault.KEY_STOLEN),
    ):
        gone = WithdrawnKey(signer.key_id, at, reason)
        assert fault(published(gone, serials=None)) is expected


def test_a_key_nobody_knows_and_the_other_realm_are_refused() -> None:
    stranger = SoftSigner(b"x" * 32)
    assert check(seal(STATEMENT, stranger), keys(), NOW).fault is SealFault.UNKNOWN_KEY
    live = dataclasses.replace(STATEMENT, realm=Realm.LIVE)
    assert check(seal(live, SIGNERS["EdDSA"]), keys(), NOW).fault is SealFault.OTHER_REALM


def test_a_withdrawn_card_is_named_and_a_missing_list_is_told() -> None:
    text = seal(STATEMENT, SIGNERS["EdDSA"])
    listed = read_seal_keys(published(serials=(STATEMENT.serial,)))
    assert check(text, listed, NOW).fault is SealFault.WITHDRAWN
    without = check(text, read_seal_keys(published(serials=None)), NOW)
    assert without.good
    assert SealNote.NO_WITHDRAWN_LIST in without.notes


def test_what_a_seal_cannot_say_is_told() -> None:
    text = seal(STATEMENT, SIGNERS["EdDSA"])
    notes = check(text, keys(), NOW).notes
    assert {SealNote.COMPARE_PHOTO, SealNote.CHIP_NOT_READ, SealNote.TRAINING} <= set(notes)
    assert SealNote.NOT_VOUCHED not in notes
    assert SealNote.NOT_VOUCHED in check(text, read_seal_keys(published()), NOW).notes
    last_second = datetime(2031, 3, 2, 16, 59, 59, tzinfo=UTC)
    assert SealNote.EXPIRED not in check(text, keys(), last_second).notes
    ended = check(text, keys(), last_second + timedelta(seconds=1))
    assert ended.good
    assert SealNote.EXPIRED in ended.notes


def test_a_changed_list_of_keys_is_refused() -> None:
    data = published()
    roots = [certificate(ROOT, KeyRole.ROOT)]
    refused = 0
    for place in range(0, len(data) - 1, 7):
        changed = bytearray(data)
        changed[place] ^= 0x01
        try:
            read_seal_keys(bytes(changed), roots)
        except SealKeysUnreadable:
            refused += 1
            continue
        pytest.fail(f"a change at {place} went unnoticed")
    assert refused


def test_the_withdrawn_list_finds_every_card_and_few_others() -> None:
    serials = [f"AB{number:08}" for number in range(20_000)]
    statement = pack(Realm.LIVE, serials, NOW)
    cards = WithdrawnCards(statement)
    assert len(statement.packed) * 8 / len(serials) < 22
    assert all(serial in cards for serial in serials)
    assert sum(f"ZZ{number:08}" in cards for number in range(200_000)) <= 3
    assert "AB00000001" not in WithdrawnCards(pack(Realm.LIVE, [], NOW))


def test_the_face_in_a_seal_is_small_and_can_be_seen() -> None:
    face = small_face(portrait())
    assert SMALLEST <= len(face) <= 600
    assert open_face(face).mode == "L"
    with pytest.raises(NotASeal):
        open_face(portrait())


def qr_picture(text: str) -> Image.Image:
    code = QRCode(error_correction=ERROR_CORRECT_M, box_size=4, border=4)
    code.add_data(text)
    return code.make_image().get_image().convert("L")


def test_an_exchanged_photo_is_seen_beside_the_seal_s_face() -> None:
    """The same photograph, made smaller for a chip, against those of other people."""
    photos = [drawn(person) for person in make_people(7, 20, today=date(2026, 3, 2))]
    faces = [small_face(photo) for photo in photos]
    chips = [jpeg(photo, PORTRAIT) for photo in photos]
    taken = 0
    for place, face in enumerate(faces):
        scores = [alike(face, chip) for chip in chips]
        assert scores[place] >= SAME_PHOTO
        taken += sum(score >= SAME_PHOTO for score in scores) - 1
    assert taken <= 4, "of 380; some drawn people are nearly twins"
    with pytest.raises(ValueError, match="no picture"):
        alike(faces[0], b"none")


def test_a_reader_that_is_not_ours_reads_the_codes() -> None:
    import zxingcpp

    for text in texts(SIGNERS["EdDSA"]).values():
        (found,) = zxingcpp.read_barcodes(qr_picture(text))
        assert found.text == text


@pytest.mark.parametrize(("name", "most"), [("SITI CONTOH", 260), ("N" * 60, 337)])
def test_profile_a_keeps_its_modules_large(name: str, most: int) -> None:
    """Four dots a module: 22 mm for a common name, and the longest stays in its box of 28.6 mm."""
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(seal(dataclasses.replace(STATEMENT, name=name), SIGNERS["EdDSA"]))
    code.make(fit=True)
    assert (code.modules_count + 8) * 4 <= most


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_foreign_libraries_agree(algorithm: str) -> None:
    """cwt, pycose and claim169 know nothing of this program."""
    import claim169
    from cwt import COSE, COSEKey
    from pycose.keys import EC2Key, OKPKey
    from pycose.messages import Sign1Message

    signer = SIGNERS[algorithm]
    numbered, key = foreign_key(signer)
    known = COSEKey.new(numbered)
    for name, text in texts(signer).items():
        message = message_of(text)
        if name == "claim":
            message = unpack(message)
        own = cose.read1(message)
        assert COSE.new().decode(message, known) == own.payload
        theirs = Sign1Message.decode(message)
        theirs.key = OKPKey(**key) if algorithm == "EdDSA" else EC2Key(**key)
        assert theirs.verify_signature()
        assert theirs.payload == own.payload

    verify = (
        claim169.decode_with_ed25519 if algorithm == "EdDSA" else claim169.decode_with_ecdsa_p256
    )
    claim = texts(signer)["claim"].removeprefix("SIM1:")
    read = verify(claim, signer.public, validate_timestamps=False)
    assert read.claim169.id == STATEMENT.number
    assert read.claim169.full_name == STATEMENT.name
    with pytest.raises(claim169.Claim169Exception):
        verify(claim, SoftSigner(b"x" * 32).public if algorithm == "EdDSA"
               else SoftEs256Signer(b"x" * 32).public, validate_timestamps=False)  # fmt: skip


def foreign_key(signer: Signer) -> tuple[dict[int, object], dict[str, object]]:
    """The public key as a COSE key, and in pycose's terms."""
    from cryptography.hazmat.primitives.asymmetric import ec

    kid = cose.kid_of(signer.key_id)
    if isinstance(signer, SoftSigner):
        numbered: dict[int, object] = {1: 1, 2: kid, 3: -8, 4: [2], -1: 6, -2: signer.public}
        return numbered, {"crv": "ED25519", "x": signer.public}
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public)
    numbers = point.public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    numbered = {1: 2, 2: kid, 3: -7, 4: [2], -1: 1, -2: x, -3: y}
    return numbered, {"crv": "P_256", "x": x, "y": y}
