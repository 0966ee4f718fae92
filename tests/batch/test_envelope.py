"""A batch's envelope: what is signed by whom, and every way in which it isn't."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785

from desktop.batch import envelope as env
from desktop.batch.errors import BatchFault, BatchNotWritten, BatchTampered, BatchUnreadable
from desktop.batch.lines import GoodLine, read_filing
from desktop.domain.online import LineFault, RefusedLine
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole, Trust
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import SoftSigner
from tests.batch.batch_files import (
    DIGESTS,
    NOW,
    PORTAL,
    ROOT,
    TRUST,
    application,
    one_line,
    picture,
    read,
    rewritten,
    vouched,
    write,
)


def test_a_good_batch_is_read(tmp_path: Path) -> None:
    found = one_line(tmp_path, application())
    assert isinstance(found, GoodLine)
    assert found.filing.applicant.name == "CONTOH SATU"
    assert read_filing(found.text) == found.filing


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    line = rfc8785.dumps(application())
    one, two = write(tmp_path / "1.zip", [line]), write(tmp_path / "2.zip", [line])
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.security
@pytest.mark.parametrize("part", ["manifest.json", "applications.jsonl"])
def test_a_changed_file_is_refused_whole(tmp_path: Path, part: str) -> None:
    path = write(tmp_path / "b.zip", [rfc8785.dumps(application())])

    def change(members: dict[str, bytes]) -> None:
        before = members[part]
        members[part] = before.replace(b"B-1", b"B-2").replace(b"75000", b"15000")
        assert members[part] != before

    with pytest.raises(BatchTampered) as refused:
        read(rewritten(path, change))
    assert refused.value.part == part


@pytest.mark.security
def test_a_swapped_picture_refuses_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [rfc8785.dumps(application())])

    def change(members: dict[str, bytes]) -> None:
        members[f"pictures/{DIGESTS['blue']}.jpg"] = picture("red")

    [found] = read(rewritten(path, change))
    assert found == RefusedLine(1, LineFault.PICTURE_DAMAGED, "SNR-1", "photo")


@pytest.mark.security
def test_a_key_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    line = [rfc8785.dumps(application())]
    own_root = SoftSigner(b"x" * 32)
    for certificates in (
        [],
        [vouched(PORTAL, KeyRole.PORTAL, by=own_root)],
        [vouched(own_root, KeyRole.ROOT, by=own_root),
         vouched(PORTAL, KeyRole.PORTAL, by=own_root)],
        [vouched(PORTAL, KeyRole.OFFICER)],
    ):  # fmt: skip
        with pytest.raises(BadCertificate):
            read(write(tmp_path / "b.zip", line, certificates=certificates))


@pytest.mark.security
def test_a_signature_by_another_key_is_refused(tmp_path: Path) -> None:
    other = SoftSigner(b"o" * 32)
    path = write(tmp_path / "b.zip", [], signer=other)
    with pytest.raises(BadCertificate):
        read(path)

    def forge(members: dict[str, bytes]) -> None:
        facts = json.loads(members["signature.json"])
        facts["key"] = PORTAL.key_id
        members["signature.json"] = rfc8785.dumps(facts)

    with pytest.raises(BatchTampered):
        read(rewritten(path, forge))


@pytest.mark.security
def test_a_file_of_the_other_realm_is_refused(tmp_path: Path) -> None:
    live_root = [vouched(ROOT, KeyRole.ROOT, realm=Realm.LIVE)]
    portal = [vouched(PORTAL, KeyRole.PORTAL, realm=Realm.LIVE)]
    path = write(tmp_path / "b.zip", [], realm=Realm.LIVE, certificates=portal)
    assert read(path, Trust(Realm.LIVE, live_root)) == []
    with pytest.raises(WrongRealm):
        read(path)
    mixed = write(tmp_path / "m.zip", [], certificates=portal)
    with pytest.raises(WrongRealm):
        read(mixed)


def test_an_expired_portal_key_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [])
    late = NOW + timedelta(days=200)
    with (
        pytest.raises(BadCertificate),
        env.open_envelope(path, env.APPLICATIONS, trust=TRUST, role=KeyRole.PORTAL, at=late),
    ):
        pass


def faults() -> Iterator[tuple[str, Callable[[dict[str, bytes]], None], BatchFault]]:
    def put(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
        return lambda members: members.__setitem__(name, data)

    def drop(name: str) -> Callable[[dict[str, bytes]], None]:
        return lambda members: members.__delitem__(name)

    yield "path upwards", put("../../evil.txt", b"x"), BatchFault.PART_UNKNOWN
    yield "absolute path", put("/etc/passwd", b"x"), BatchFault.PART_UNKNOWN
    yield "wrong folder", put("pictures/a.jpg", b"x"), BatchFault.PART_UNKNOWN
    yield "no manifest", drop("manifest.json"), BatchFault.PART_MISSING
    yield "no signature", drop("signature.json"), BatchFault.PART_MISSING
    yield "no lines", drop("applications.jsonl"), BatchFault.PART_MISSING
    yield "manifest no JSON", put("manifest.json", b"{"), BatchFault.BAD_FORM
    yield "manifest a list", put("manifest.json", b"[]"), BatchFault.BAD_FORM
    yield "signature no JSON", put("signature.json", b"nope"), BatchFault.BAD_FORM
    yield "signature empty", put("signature.json", b"{}"), BatchFault.BAD_FORM
    yield "deep", put("signature.json", b"[" * 60_000), BatchFault.BAD_FORM
    yield "huge manifest", put("manifest.json", b" " * 70_000), BatchFault.TOO_LARGE
    yield "results instead", put("results.jsonl", b""), BatchFault.OTHER_KIND


@pytest.mark.security
@pytest.mark.parametrize(("change", "fault"), [(c, f) for _, c, f in faults()],
                         ids=[name for name, _, _ in faults()])  # fmt: skip
def test_a_malformed_file_is_refused(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], fault: BatchFault
) -> None:
    path = rewritten(write(tmp_path / "b.zip", []), change)
    with pytest.raises(BatchUnreadable) as refused:
        read(path)
    assert refused.value.fault is fault


def test_a_newer_format_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [])

    def raise_format(members: dict[str, bytes]) -> None:
        facts = json.loads(members["manifest.json"]) | {"format": 2, "more": True}
        members["manifest.json"] = rfc8785.dumps(facts)

    with pytest.raises(BatchUnreadable) as refused:
        read(rewritten(path, raise_format))
    assert refused.value.fault is BatchFault.NEWER


@pytest.mark.security
def test_a_zip_bomb_is_stopped_while_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [rfc8785.dumps(application())])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    bomb = f"pictures/{DIGESTS['blue']}.jpg"
    members[bomb] = b"\0" * (env.MAX_PICTURE * 6)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert path.stat().st_size < 200_000
    [found] = read(path)
    assert isinstance(found, RefusedLine)
    assert found.fault is LineFault.PICTURE_DAMAGED


@pytest.mark.security
def test_what_a_zip_says_of_its_sizes_is_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [])
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(data)
    assert read(path) == []


@pytest.mark.security
def test_a_member_that_comes_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [])
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(BatchUnreadable) as refused:
        read(path)
    assert refused.value.fault is BatchFault.PART_TWICE


@pytest.mark.parametrize("cut", [0, 10, 200, -30])
def test_a_cut_off_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "b.zip", [rfc8785.dumps(application())])
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BatchUnreadable) as refused:
        read(path)
    assert refused.value.fault in (BatchFault.NOT_A_ZIP, BatchFault.DAMAGED)


def test_no_byte_can_be_changed_unseen(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", [rfc8785.dumps(application())])
    good = path.read_bytes()
    expected = read(path)
    for at in range(0, len(good), 97):
        changed = bytearray(good)
        changed[at] ^= 0x41
        path.write_bytes(changed)
        try:
            found = read(path)
        except (BatchUnreadable, BatchTampered, BadCertificate, WrongRealm):
            continue
        for was, now in zip(expected, found, strict=True):
            # A picture may be damaged, or zip's own dates; nothing may read differently.
            assert now == was or isinstance(now, RefusedLine), at


def test_a_missing_file_and_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(BatchUnreadable) as refused:
        read(tmp_path / "nothing.zip")
    assert refused.value.fault is BatchFault.NO_FILE
    with pytest.raises(BatchNotWritten):
        write(tmp_path / "no" / "such" / "folder.zip", [])
