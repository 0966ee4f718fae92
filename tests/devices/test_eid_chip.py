"""The KTP-el's chip and its security module, in one process: what opens it and what doesn't."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from devices.adapters.pcsc_eid import card_of
from devices.eid_reader import EidCard, EidSex, FingerprintResult
from devices.errors import AuthenticationFailed, EidModuleRefused, Garbage, WrongCard
from devices.simulators.eid_chip import eid_plastic, module_plastic
from devices.simulators.plastic import ChipSession, PlasticCard
from devices.wire import eid_chip
from devices.wire.eid_chip import EidFinger, fingers_of, packed_fingers
from devices.wire.eid_module import WiredModule

CARD = EidCard(
    nik="3273014101900001",
    name='SITI "CONTOH"',
    birth_place="BANDUNG",
    birth_date=date(1990, 1, 1),
    sex=EidSex.FEMALE,
    address=("JL. CONTOH, NO. 1",),
    rt_rw="001/002",
    village="CIPEDES",
    district="SUKAJADI",
    regency="KOTA BANDUNG",
    province="JAWA BARAT",
    occupation="GURU",
    blood_type="O",
    photo=b"\xff\xd8" + bytes(range(256)) * 9 + b"\xff\xd9",
    signature=b"\x89PNG" + bytes(range(200)),
)
FINGERS = (EidFinger(2, b"FMR right index" * 20), EidFinger(7, b"FMR left index" * 20))


def read(
    card: PlasticCard | None = None, module: PlasticCard | None = None, activation: bytes = b""
) -> eid_chip.EidFiles:
    slot = ChipSession((card or eid_plastic(CARD, FINGERS)).chip)
    wired = WiredModule(ChipSession((module or module_plastic()).chip).answer)
    if activation:
        wired.activate(activation)
    return eid_chip.read_files(slot.answer, wired)


def test_everything_on_the_chip_comes_out_as_it_went_in() -> None:
    found = card_of(read())
    wanted = dataclasses.replace(CARD, minutiae=tuple(one.record for one in FINGERS))
    assert found == wanted
    assert found.fingerprint is FingerprintResult.NOT_TRIED
    assert "SITI" not in repr(found)


def test_religion_and_marriage_stay_on_the_chip() -> None:
    raw = read().biodata.replace(b'"-","-"', b'"ISLAM","KAWIN"')
    told = card_of(dataclasses.replace(read(), biodata=raw))
    assert "ISLAM" not in str(dataclasses.astuple(told))


def test_the_photo_alone_is_free_to_all() -> None:
    session = ChipSession(eid_plastic(CARD, FINGERS).chip)
    assert session.answer(bytes.fromhex("00A40000027F0A"))[-2:] == b"\x90\x00"
    assert session.answer(bytes.fromhex("00A40000026FF2"))[-2:] == b"\x90\x00"
    assert session.answer(bytes.fromhex("00B0000002"))[:2] == len(CARD.photo).to_bytes(2, "big")
    for number in (eid_chip.BIODATA, eid_chip.SIGNATURE, eid_chip.FINGERS):
        session.answer(bytes.fromhex("00A4000002") + number.to_bytes(2, "big"))
        assert session.answer(bytes.fromhex("00B0000002")) == b"\x69\x82"


@pytest.mark.security
def test_a_card_of_another_master_does_not_prove_itself() -> None:
    with pytest.raises(AuthenticationFailed):
        read(card=eid_plastic(CARD, FINGERS, master=b"a forger's master"[:16]))


@pytest.mark.security
def test_a_module_of_another_master_opens_nothing() -> None:
    with pytest.raises(AuthenticationFailed):
        read(module=module_plastic(master=b"a forger's master"[:16]))


@pytest.mark.security
def test_a_byte_changed_on_the_way_ends_the_session() -> None:
    slot = ChipSession(eid_plastic(CARD, FINGERS).chip)
    wired = WiredModule(ChipSession(module_plastic().chip).answer)
    sealed = 0

    def meddled(raw: bytes) -> bytes:
        nonlocal sealed
        answer = slot.answer(raw)
        if raw[0] & 0x04 and raw[1] == eid_chip.READ_BINARY:
            sealed += 1
            if sealed == 3:
                return bytes((answer[0] ^ 1,)) + answer[1:]
        return answer

    with pytest.raises(AuthenticationFailed):
        eid_chip.read_files(meddled, wired)


def test_a_module_that_wants_activation_counts_down_and_locks() -> None:
    module = module_plastic(activation=b"PCID-0001")
    with pytest.raises(EidModuleRefused):
        read(module=module)
    for left in (2, 1, 0):
        with pytest.raises(EidModuleRefused) as refused:
            read(module=module, activation=b"wrong")
        assert refused.value.attempts_left == left
    with pytest.raises(EidModuleRefused) as refused:
        read(module=module, activation=b"PCID-0001")
    assert refused.value.attempts_left == 0
    assert read(module=module_plastic(activation=b"PCID-0001"), activation=b"PCID-0001").biodata


def test_another_sort_of_card_is_no_ktp() -> None:
    with pytest.raises(WrongCard):
        read(card=PlasticCard.blank("B0000001"))


@pytest.mark.parametrize(
    "raw", [b"", b'"only","four","fields","here"', b'"' + b"x" * 40, b"\xff\xfe", b'"a"b,"c"']
)
def test_biodata_of_another_form_is_garbage(raw: bytes) -> None:
    with pytest.raises(Garbage):
        eid_chip.biodata_of(raw)


@pytest.mark.parametrize(
    "raw", [b"\x02", b"\x02\x00\x05abc", b"\x0b\x00\x01a", b"\x01\x00\x00" * 3]
)
def test_fingers_in_another_form_are_garbage(raw: bytes) -> None:
    with pytest.raises(Garbage):
        fingers_of(raw)


def test_the_container_of_fingers_goes_there_and_back() -> None:
    assert fingers_of(packed_fingers(FINGERS)) == FINGERS
    assert fingers_of(b"") == ()
