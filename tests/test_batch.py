"""Batch files: whatever comes from outside is named and refused, and stops nobody else."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator
from PIL import Image

from desktop.batch import envelope as env
from desktop.batch.errors import (
    BatchFault,
    BatchForAnotherOffice,
    BatchNotWritten,
    BatchTampered,
    BatchUnreadable,
)
from desktop.batch.lines import SCHEMA, GoodLine, read_filing, read_lines
from desktop.domain.online import LineFault, RefusedLine
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, issue
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import SoftSigner
from tests.walks.online_day import OnlineDay, batch
from tests.walks.world import World, open_world

NOW = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
ROOT = SoftSigner(b"r" * 32)
PORTAL = SoftSigner(b"p" * 32)


def vouched(
    signer: SoftSigner, role: KeyRole, *, realm: Realm = Realm.TRAINING, by: SoftSigner = ROOT
) -> Certificate:
    return issue(
        by, realm=realm, role=role, subject="1374", public=signer.public,
        not_before=NOW - timedelta(days=1), not_after=NOW + timedelta(days=100),
    )  # fmt: skip


TRUST = Trust(Realm.TRAINING, [vouched(ROOT, KeyRole.ROOT)])


def picture(colour: str = "blue") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 64), colour).save(out, "JPEG")
    return out.getvalue()


PICTURES = {name: picture(name) for name in ("blue", "white", "green", "grey")}
DIGESTS = {name: hashlib.sha256(data).hexdigest() for name, data in PICTURES.items()}


def application(**changes: Any) -> dict[str, Any]:
    """A line that is right in every respect."""
    line: dict[str, Any] = {
        "external_id": "SNR-1",
        "revision": 1,
        "submitted_at": "2026-03-01T08:00:00Z",
        "service": "renewal",
        "licence_class": "C",
        "sim_number": "13749001000011",
        "applicant": {
            "nik": "3273014101909001",
            "name": "CONTOH SATU",
            "birth_place": "Bandung",
            "birth_date": "1990-01-01",
            "sex": "male",
            "blood_type": "O",
            "address": "Jalan Contoh No. 1",
            "occupation": "Guru",
        },
        "delivery": "collect",
        "medical": {"number": "KES-1", "issued_on": "2026-02-27", "issuer": "Klinik Contoh"},
        "psychology": {"number": "PSI-1", "issued_on": "2026-02-20", "issuer": "Biro Contoh"},
        "payment": {
            "ntpn": "1A2B3C4D5E6F7A8B",
            "amount": 75000,
            "bank": "Bank Contoh",
            "paid_at": "2026-03-01T07:00:00Z",
        },
        "pictures": {
            "photo": DIGESTS["blue"],
            "signature": DIGESTS["white"],
            "identity_card": DIGESTS["green"],
            "old_licence": DIGESTS["grey"],
        },
    }
    line.update(changes)
    return line


def with_applicant(**changes: Any) -> dict[str, Any]:
    return application(applicant={**application()["applicant"], **changes})


def write(
    path: Path,
    lines: list[bytes],
    *,
    pictures: dict[str, bytes] | None = None,
    signer: SoftSigner = PORTAL,
    certificates: list[Certificate] | None = None,
    realm: Realm = Realm.TRAINING,
    office: str = "1374",
) -> Path:
    env.write_envelope(
        path,
        env.APPLICATIONS,
        realm=realm,
        office=office,
        batch="B-1",
        made_at=NOW,
        lines=lines,
        pictures={DIGESTS[name]: PICTURES[name] for name in PICTURES}
        if pictures is None
        else pictures,
        signer=signer,
        certificates=[vouched(PORTAL, KeyRole.PORTAL)] if certificates is None else certificates,
    )
    return path


def read(path: Path, trust: Trust = TRUST) -> list[GoodLine | RefusedLine]:
    with env.open_envelope(
        path, env.APPLICATIONS, trust=trust, role=KeyRole.PORTAL, at=NOW
    ) as opened:
        return list(read_lines(opened))


def one_line(path: Path, line: dict[str, Any]) -> GoodLine | RefusedLine:
    [found] = read(write(path / "batch.zip", [rfc8785.dumps(line)]))
    return found


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same file with some members changed, as somebody on the way might."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    env.pack(path, members)
    return path


# -- the file ----------------------------------------------------------------------------------


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


# -- its lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (with_applicant(name="A" * 10_000), "applicant.name"),
        (with_applicant(name=""), "applicant.name"),
        (with_applicant(name="ROBERT\u202eTREBOR"), "applicant.name"),
        (with_applicant(name="BARIS\nDUA"), "applicant.name"),
        (with_applicant(nik="3273014101909001\n"), "applicant.nik"),
        (with_applicant(nik="327301410190900"), "applicant.nik"),
        (with_applicant(birth_date="1990-02-30"), "applicant.birth_date"),
        (with_applicant(religion="-"), "applicant"),
        (application(licence_class="E"), "licence_class"),
        (application(delivery="courier"), "address"),
        (application(delivery="proxy"), "proxy"),
        (application(revision=0), "revision"),
        (application(revision=True), "revision"),
        (application(external_id="../x"), "external_id"),
        (application(payment={"ntpn": "X"}), "payment.amount"),
        (application(pictures={}), "pictures.photo"),
        ({}, "external_id"),
    ],
)
def test_a_line_against_the_schema_names_the_field(
    tmp_path: Path, line: dict[str, Any], where: str
) -> None:
    found = one_line(tmp_path, line)
    assert isinstance(found, RefusedLine)
    assert found.fault is LineFault.AGAINST_SCHEMA
    assert found.where == where


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"\xff\xfe", LineFault.NOT_TEXT),
        (b"{", LineFault.NOT_JSON),
        (b"", LineFault.NOT_JSON),
        (b"[" * 50_000, LineFault.NOT_JSON),
        (b'{"b":1,"a":1}', LineFault.NOT_CANONICAL),
        (b'{"a":1e999}', LineFault.NOT_CANONICAL),
        (b'{"a":"\\ud800"}', LineFault.NOT_CANONICAL),
        (b'{"a":1,"a":2}', LineFault.NOT_CANONICAL),
        (b"[]", LineFault.AGAINST_SCHEMA),
        (b'"x"', LineFault.AGAINST_SCHEMA),
        (b" " * 70_000, LineFault.TOO_LONG),
    ],
)
def test_what_is_no_line_is_named(tmp_path: Path, row: bytes, fault: LineFault) -> None:
    good = rfc8785.dumps(application())
    found = read(write(tmp_path / "b.zip", [row, good]))
    assert isinstance(found[0], RefusedLine)
    assert found[0].fault is fault
    assert isinstance(found[1], GoodLine)  # a bad line stops nobody but itself


@pytest.mark.parametrize("name", ["محمد بن علي", "BUDI 😀", "Ο'ΜΑΛΛΕΥ", "D'ARC-ÉLISE"])
def test_any_writing_comes_in_as_it_was_sent(tmp_path: Path, name: str) -> None:
    found = one_line(tmp_path, with_applicant(name=name))
    assert isinstance(found, GoodLine)
    assert found.filing.applicant.name == name


def test_pictures_that_are_missing_or_none_are_named(tmp_path: Path) -> None:
    text = b"not a picture at all"
    sha = hashlib.sha256(text).hexdigest()
    pictures = {DIGESTS[name]: PICTURES[name] for name in ("blue", "white", "green")}
    lines = [
        rfc8785.dumps(application()),
        rfc8785.dumps(
            application(
                external_id="SNR-2", pictures={**application()["pictures"], "old_licence": sha}
            )
        ),
    ]
    found = read(write(tmp_path / "b.zip", lines, pictures={**pictures, sha: text}))
    assert found == [
        RefusedLine(1, LineFault.PICTURE_MISSING, "SNR-1", "old_licence"),
        RefusedLine(2, LineFault.NOT_A_PICTURE, "SNR-2", "old_licence"),
    ]


def test_a_number_twice_in_one_file_is_refused_the_second_time(tmp_path: Path) -> None:
    line = rfc8785.dumps(application())
    found = read(write(tmp_path / "b.zip", [line, line]))
    assert isinstance(found[0], GoodLine)
    assert found[1] == RefusedLine(2, LineFault.TWICE_IN_FILE, "SNR-1")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_bytes()))


# -- taking it in ------------------------------------------------------------------------------


@pytest.fixture
def day(tmp_path: Path) -> Iterator[OnlineDay]:
    made: World = open_world(tmp_path / "profile")
    yield OnlineDay(made)
    made.desk.close()


def test_the_same_file_twice_changes_nothing(day: OnlineDay) -> None:
    first = day.take_in(3)
    with day.world.desk.ledger.reading() as r:
        head = r.head()
    second = day.world.desk.online.import_batch(day.world.by, batch(day.world, 3))
    assert second.known
    assert second.batch_id == first.batch_id
    assert second.taken == ()
    with day.world.desk.ledger.reading() as r:
        assert r.head() == head
    assert len(day.world.desk.online.waiting()) == 3


def test_an_application_in_another_file_is_skipped(day: OnlineDay, tmp_path: Path) -> None:
    desk = day.world.desk
    first = day.take_in(2)
    source = batch(day.world, 2)
    copy = tmp_path / "copy.zip"
    with zipfile.ZipFile(source) as archive:
        lines = archive.read("applications.jsonl").splitlines()
        pictures = {
            Path(name).stem: archive.read(name)
            for name in archive.namelist()
            if name.startswith("pictures/")
        }
    portal = desk.profile.certificate(KeyRole.PORTAL)
    assert portal is not None
    env.write_envelope(
        copy, env.APPLICATIONS, realm=Realm.TRAINING, office="1374", batch="again",
        made_at=desk.clock.now(), lines=lines, pictures=pictures,
        signer=desk.profile.signer(KeyRole.PORTAL), certificates=[portal],
    )  # fmt: skip
    report = desk.online.import_batch(day.world.by, copy)
    assert not report.known
    assert report.taken == ()
    assert [s.number for s in report.skipped] == [t.number for t in first.taken]


def test_a_batch_for_another_office_takes_nothing(day: OnlineDay, tmp_path: Path) -> None:
    desk = day.world.desk
    day.world.sign_in("andi")
    portal = desk.profile.certificate(KeyRole.PORTAL)
    assert portal is not None
    path = tmp_path / "b.zip"
    env.write_envelope(
        path, env.APPLICATIONS, realm=Realm.TRAINING, office="1211", batch="far",
        made_at=desk.clock.now(), lines=[rfc8785.dumps(application())], pictures={},
        signer=desk.profile.signer(KeyRole.PORTAL), certificates=[portal],
    )  # fmt: skip
    with pytest.raises(BatchForAnotherOffice):
        desk.online.import_batch(day.world.by, path)
    assert desk.online.waiting() == []


def test_writing_that_no_card_can_carry_is_found_before_printing(
    day: OnlineDay, tmp_path: Path
) -> None:
    desk = day.world.desk
    report = day.take_in(1)
    app = day.app(report.taken[0].application_id)
    filing = desk.online.filing(app.id)
    for name in ("محمد بن علي", "BUDI 😀"):
        wrong = replace(filing, applicant=replace(filing.applicant, name=name))
        found = desk.online._checks.texts(wrong.applicant)
        assert [type(one).__name__ for one in found] == ["CannotPrintOnCard"]
