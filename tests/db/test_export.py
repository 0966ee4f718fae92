"""The journal as a file: whole, canonical, and every change to it found."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
import rfc8785

from db.errors import JournalUnreadable
from db.inspection import open_zip, write_zip
from db.journal_check import FaultKind, Verdict, Witness
from db.journal_export import check_export, read_export, write_export
from tests.db.journal_office import COUNTER, REALM, Office


def exported(office: Office) -> bytes:
    out = io.BytesIO()
    with office.store.read() as conn:
        write_export(
            conn,
            out,
            counter=COUNTER,
            realm=REALM,
            signer=office.counter_key,
            at=office.clock.now(),
        )
    return out.getvalue()


def judged(office: Office, data: bytes, *witnesses: Witness) -> Verdict:
    return check_export(read_export(io.BytesIO(data)), key_of=office.key_of, witnesses=witnesses)


def kinds(verdict: Verdict) -> set[FaultKind]:
    return {fault.kind for fault in verdict.faults}


def test_export_is_sound_canonical_and_repeats(ten: Office) -> None:
    data = exported(ten)
    verdict = judged(ten, data)
    assert verdict.sound
    assert (verdict.entries, verdict.payloads, verdict.anchored, verdict.unanchored) == (
        10,
        10,
        7,
        3,
    )
    lines = data.splitlines(keepends=True)
    assert len(lines) == 22
    assert json.loads(lines[0])["epochs"] == [{"epoch": 1, "first": 1, "last": 10}]
    assert all(rfc8785.dumps(json.loads(line)) + b"\n" == line for line in lines)
    assert exported(ten) == data


def told_on_the_page() -> set[str]:
    """Names of an entry's fields in docs/journal.md."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "journal.md").read_text("utf-8")
    table = page.partition("## Entry")[2].partition("The payload lies apart")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall("`([a-z_]+)`", cell)}


def test_an_entry_has_the_fields_of_the_page_and_a_rising_uuidv7(ten: Office) -> None:
    lines = [json.loads(line) for line in exported(ten).splitlines()]
    found = [line for line in lines if line["type"] == "entry"]
    assert [set(entry) for entry in found] == [told_on_the_page()] * 10
    ids = [UUID(entry["entry_id"]) for entry in found]
    assert {one.version for one in ids} == {7}
    assert ids == sorted(ids)
    assert [entry["seq"] for entry in found] == list(range(1, 11))
    ticks = [entry["tick_us"] for entry in found]
    assert ticks == sorted(ticks)
    assert {(entry["officer"], entry["session"]) for entry in found} == {("79010001", "s-1")}


def test_export_of_an_empty_journal(office: Office) -> None:
    assert judged(office, exported(office)).sound


def test_export_with_erased_payloads(ten: Office) -> None:
    with ten.store.read() as conn:
        some = conn.exec_driver_sql("SELECT entry_id FROM journal WHERE seq = 3").scalar()
    with ten.store.write() as conn:
        ten.journal.erase(conn, [str(some)], reason="retention")
    verdict = judged(ten, exported(ten))
    assert verdict.sound
    assert verdict.erased == 1


def _line(number: int, old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    def change(lines: list[bytes]) -> list[bytes]:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]

    return change


# Lines: 0 header, then entry n at 2n-1 and its payload at 2n, trailer last.
DAMAGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], FaultKind, int]] = {
    "edited entry": (_line(7, b"application:4", b"application:5"), FaultKind.EDITED, 4),
    "edited payload": (_line(8, b"Contoh 4", b"Contoh 5"), FaultKind.PAYLOAD_EDITED, 4),
    "spaces": (_line(7, b'"act":', b'"act": '), FaultKind.NOT_CANONICAL, 3),
    "carriage return": (_line(7, b"}\n", b"}\r\n"), FaultKind.NOT_CANONICAL, 3),
    "hex with a space": (
        _line(2, b'"photo":"0102"', b'"photo":"01 2"'),
        FaultKind.PAYLOAD_EDITED,
        1,
    ),
    "doubled key": (_line(7, b'"seq":4', b'"seq":4,"seq":4'), FaultKind.NOT_CANONICAL, 3),
    "not a number": (_line(7, b'"version":1', b'"version":NaN'), FaultKind.NOT_CANONICAL, 3),
    "huge number": (_line(7, b'"seq":4', b'"seq":1e999'), FaultKind.NOT_CANONICAL, 3),
    "deep": (lambda ls: [*ls[:7], b"[" * 200_000 + b"\n", *ls[8:]], FaultKind.NOT_CANONICAL, 3),
    "not text": (lambda ls: [*ls[:7], b"\xff\xfe\n", *ls[8:]], FaultKind.NOT_CANONICAL, 3),
    "deleted act": (lambda ls: [*ls[:7], *ls[9:]], FaultKind.DELETED, 4),
    "deleted payload": (lambda ls: [*ls[:8], *ls[9:]], FaultKind.PAYLOAD_MISSING, 4),
    "exchanged acts": (lambda ls: [*ls[:7], *ls[9:11], *ls[7:9], *ls[11:]], FaultKind.REORDERED, 4),
    "doubled act": (lambda ls: [*ls[:9], *ls[7:9], *ls[9:]], FaultKind.REORDERED, 4),
    "stray payload": (lambda ls: [*ls[:9], ls[8], *ls[9:]], FaultKind.PAYLOAD_STRAY, 4),
    "cut behind the anchor": (lambda ls: ls[:13], FaultKind.CUT, 7),
    "cut tail": (lambda ls: ls[:-3], FaultKind.TRAILER, 9),
    "lines after the end": (lambda ls: [*ls, ls[1]], FaultKind.TRAILER, 10),
    "trailer of another time": (_line(-1, b"2026-", b"2027-"), FaultKind.TRAILER, 10),
    "forged anchor": (_line(0, b'"seq":7', b'"seq":8'), FaultKind.ANCHOR_FORGED, 8),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_every_change_is_found_and_located(ten: Office, name: str) -> None:
    damage, kind, seq = DAMAGES[name]
    lines = exported(ten).splitlines(keepends=True)
    if name == "trailer of another time":
        changed = [*lines[:-1], lines[-1].replace(b"2026-", b"2027-")]
    else:
        changed = damage(lines)
    verdict = judged(ten, b"".join(changed))
    assert (kind, seq) in {(fault.kind, fault.seq) for fault in verdict.faults}
    if kind is not FaultKind.CUT:
        assert all(f.line for f in verdict.faults if f.kind is kind and kind.name[:6] != "ANCHOR")


CAPITALS = (
    (0, "hash"), (0, "signature"), (1, "hash"), (1, "signature"), (2, "digest"), (2, "salt"),
    (3, "previous"), (3, "payload_digest"), (3, "key_id"), (-1, "hash"), (-1, "digest"),
    (-1, "signature"),
)  # fmt: skip
"""Lines and their fields of bytes."""


def test_bytes_are_hex_in_small_letters_alone(ten: Office) -> None:
    """The same bytes in capitals are another file, and no sound one."""
    whole = exported(ten).splitlines(keepends=True)
    for line, name in CAPITALS:
        lines = [*whole]
        old = re.search(rb'"%s":"([0-9a-f]+)"' % name.encode(), lines[line])
        assert old is not None
        lines[line] = lines[line].replace(old[1], old[1].upper(), 1)
        assert lines != whole
        found = kinds(judged(ten, b"".join(lines)))
        if line != -1:
            found -= {FaultKind.TRAILER}  # its digest is of every line before it
        assert found, (line, name)


@pytest.mark.parametrize("position", range(0, 4000, 97))
def test_no_flipped_bit_passes(ten: Office, position: int) -> None:
    data = bytearray(exported(ten))
    data[position * len(data) // 4000] ^= 4
    try:
        assert not judged(ten, bytes(data)).sound
    except JournalUnreadable:
        assert position * len(data) // 4000 < data.index(b"\n") + 1


def test_receipt_finds_a_cut_tail(ten: Office) -> None:
    with ten.store.read() as conn:
        receipt = Witness.parse(ten.journal.head(conn).witness)
    assert judged(ten, exported(ten), receipt).unanchored == 0
    lines = exported(ten).splitlines(keepends=True)
    verdict = judged(ten, b"".join([*lines[:-3], lines[-1]]), receipt)
    assert (FaultKind.CUT, 10) in {(f.kind, f.seq) for f in verdict.faults}


@pytest.mark.parametrize(
    "data", [b"", b"hello\n", b"{}\n", b'{"type":"header"}\n', b"\x00" * 50, b"PK\x03\x04"]
)
def test_what_is_no_export_is_not_readable(data: bytes) -> None:
    with pytest.raises(JournalUnreadable):
        read_export(io.BytesIO(data))


@pytest.mark.parametrize("text", ["", "7", "7:zz", "x:" + "0" * 32, "7:" + "0" * 30])
def test_witness_has_sixteen_bytes(text: str) -> None:
    with pytest.raises(ValueError):
        Witness.parse(text)


@pytest.fixture
def archive(ten: Office, tmp_path: Path) -> Path:
    with ten.store.write() as conn:
        ten.store.put_blob(conn, b"\x89PNG front", "image/png")
        ten.store.put_blob(conn, b"\xff\xd8 photo", "image/jpeg")
    export = tmp_path / "journal.jsonl"
    export.write_bytes(exported(ten))
    out = tmp_path / "inspection.zip"
    with ten.store.read() as conn:
        write_zip(conn, export, out, realm=REALM, counter=COUNTER)
    return out


def test_inspectors_zip_rebuilds_to_the_same_bytes(
    ten: Office, archive: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    export, whole = open_zip(archive, folder)
    assert whole
    assert judged(ten, export.read_bytes()).sound
    with zipfile.ZipFile(archive) as opened:
        assert {i.compress_type for i in opened.infolist()} == {zipfile.ZIP_STORED}
        assert {i.date_time for i in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert sum(n.startswith("pictures/") for n in opened.namelist()) == 2


def test_changed_picture_or_added_bytes_are_found(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    data = archive.read_bytes()
    for changed in (data.replace(b"PNG front", b"PNG fronz"), data + b"x", b"x" + data):
        archive.write_bytes(changed)
        try:
            assert not open_zip(archive, folder)[1]
        except JournalUnreadable:
            assert changed[:1] == b"x"
    archive.write_bytes(b"PK nothing")
    with pytest.raises(JournalUnreadable):
        open_zip(archive, folder)
