"""EF.SOD and the files: openssl agrees, and one changed byte anywhere is refused."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.cards.chip import groups, sod, tlv
from desktop.cards.chip.authority import training_signer
from desktop.cards.chip.lds import proven
from desktop.cards.chip.profiles import TrivialProfile
from desktop.cards.chip.tlv import ChipNotGenuine, ChipUnreadable
from tests.chip.chips import profile, record, signer, small
from tests.chip.foreign import openssl

WHOLE = profile().image(small())


@pytest.fixture(scope="module")
def image() -> bytes:
    return WHOLE


def test_openssl_verifies_the_signature(image: bytes, tmp_path: Path) -> None:
    files = groups.files_in(image)
    cms = tlv.read(files[groups.SOD])[1]
    good, lds = openssl(tmp_path, cms, signer().authority)
    assert good
    for number in groups.GROUPS:
        assert sod.digest(files[number]) in lds
    at = cms.index(lds) + len(lds) - 1
    bent = cms[:at] + bytes((cms[at] ^ 1,)) + cms[at + 1 :]
    assert not openssl(tmp_path, bent, signer().authority)[0]
    assert not openssl(tmp_path, cms, training_signer(b"another profile").authority)[0]


def test_the_certificates_are_what_they_should_be() -> None:
    by = signer()
    root = x509.load_der_x509_certificate(by.authority)
    below = x509.load_der_x509_certificate(by.certificate)
    below.verify_directly_issued_by(root)
    limits = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert limits.ca
    assert limits.path_length == 0
    usage = below.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign
    with pytest.raises(x509.ExtensionNotFound):
        below.extensions.get_extension_for_class(x509.BasicConstraints)
    assert signer().certificate == by.certificate
    assert training_signer(b"another profile").certificate != by.certificate


def test_the_same_licence_gives_the_same_bytes(image: bytes) -> None:
    same = profile().image(small())
    assert same == image
    told = proven(image, (signer().authority,))
    wanted = record()
    for name in ("number", "name", "birth_date", "issued_on", "valid_until", "serial", "domestic"):
        assert getattr(told, name) == getattr(wanted, name)
    assert told.licence_class == "A Umum"
    assert profile().told(image) == wanted.domestic
    assert TrivialProfile().build(wanted.domestic, record) == wanted.domestic


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_one_changed_byte_anywhere_is_refused(image: bytes) -> None:
    ours = profile()
    ours.verify(image)
    for at in range(len(image)):
        bent = image[:at] + bytes((image[at] ^ 1 << at % 8,)) + image[at + 1 :]
        with pytest.raises((ChipUnreadable, ChipNotGenuine)):
            ours.verify(bent)


def test_files_of_two_cards_don_t_mix(image: bytes) -> None:
    other = groups.files_in(profile().image(record(name="SITI CONTOH")))
    files = groups.files_in(image)
    for number in (1, 4, groups.SOD):
        with pytest.raises(ChipNotGenuine):
            profile().verify(groups.image_of({**files, number: other[number]}))
    without = {number: file for number, file in files.items() if number != 5}
    without[groups.COM] = groups.common(without)
    with pytest.raises(ChipNotGenuine):
        profile().verify(groups.image_of(without))


def test_another_authority_is_not_believed(image: bytes) -> None:
    stranger = training_signer(b"another profile")
    with pytest.raises(ChipNotGenuine, match="ChipNotGenuine"):
        proven(image, (stranger.authority,))
    forged = dataclasses.replace(profile(), signer=stranger).image(record())
    with pytest.raises(ChipNotGenuine) as refused:
        profile().verify(forged)
    assert refused.value.part == "CSCA"


def test_a_signature_after_the_signer_s_end_is_refused() -> None:
    made = sod.build({1: b"x"}, signer(), datetime(2045, 1, 1, tzinfo=UTC))
    with pytest.raises(ChipNotGenuine) as refused:
        sod.verify(made, (signer().authority,))
    assert refused.value.part == "signing time"


@given(st.binary(max_size=80))
@example(b"\x61\x84\xff\xff\xff\xff")
@example(b"\x60\x80\x00\x00")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        tag, value, end = tlv.read(raw)
    except ChipUnreadable:
        return
    assert tlv.write(tag, value) == raw[:end] or (tag < 0x100 and raw[:1] == b"\x1f")


@given(st.binary(max_size=200), st.sampled_from(sorted(groups.TAGS.values())))
def test_any_files_are_read_or_refused(raw: bytes, tag: int) -> None:
    for tried in (raw, tlv.write(tag, raw)):
        with pytest.raises((ChipUnreadable, ChipNotGenuine)):
            proven(tried, (signer().authority,))


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=6))
def test_a_damaged_image_is_refused(at: int, junk: bytes) -> None:
    whole = WHOLE
    at %= len(whole)
    bent = whole[:at] + junk + whole[at + len(junk) :]
    if bent != whole:
        with pytest.raises((ChipUnreadable, ChipNotGenuine)):
            profile().verify(bent)


@given(st.sampled_from([0x61, 0x5F1F, 0x7F63]), st.binary(max_size=700))
def test_what_is_written_reads_back(tag: int, value: bytes) -> None:
    assert tlv.read(tlv.write(tag, value)) == (tag, value, len(tlv.write(tag, value)))
