"""Recordings of real wires are played back: the adapters still say the same to those machines."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.catalog import FAMILIES, KINDS, REAL, DeviceChoice, make_device
from devices.device import DeviceKind
from devices.wire.ipp_codec import Group, Message, Tag, encode, name
from devices.wire.recorder import FlightRecorder, Piece, verbs
from devices.wire.replay import (
    NotReplayable,
    RecordingUnreadable,
    kind_of,
    read_recording,
    replay,
    steps_of,
)
from devices.wire.replay_ends import ENDS, UNPLAYED, end_of
from devices.wire.replay_ipp import said
from main import main
from tests.wires.record_wires import FOLDER, NAME, STORIES

RECORDINGS = sorted(FOLDER.glob("*.jsonl"))
pytestmark = pytest.mark.serial


ALIKE = "spooler-card"
"""Goes the road of `ipp-card`, by the same code."""


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, id=file.stem, marks=[pytest.mark.long] if file.stem == ALIKE else [])
        for file in RECORDINGS
    ],
)
def test_the_adapter_says_the_same_as_then(file: Path) -> None:
    recording = read_recording(file.read_bytes())
    outcome = replay(recording, end_of(recording.header.family), KINDS[kind_of(recording)])
    assert outcome.differences == ()
    assert outcome.calls >= 4


def test_there_is_a_recording_of_every_family_that_can_be_played() -> None:
    assert {file.stem for file in RECORDINGS} == set(STORIES)
    seen = {read_recording(file.read_bytes()).header.family for file in RECORDINGS}
    assert seen == set(ENDS)
    assert set(ENDS) | set(UNPLAYED) == {family.key for family in REAL}


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda path: path.stem)
def test_no_recording_holds_a_person(file: Path) -> None:
    """The stories hand a name to every wire that takes one."""
    data = file.read_bytes().lower()
    for word in NAME.lower().split():
        assert word.encode() not in data
        assert word.encode().hex().encode() not in data
        assert word.encode("utf-16-le").hex().encode() not in data
        assert word.upper().encode().hex().encode() not in data


def test_an_address_is_recorded_without_its_login() -> None:
    recorder = FlightRecorder(lambda: datetime.now(UTC), "test")
    source = "rtsp://petugas:rahasia@10.0.0.9:554/kamera?x=1"
    choice = DeviceChoice(DeviceKind.CAMERA, "camera", "opencv_camera", {"source": source})
    make_device(choice, lambda _seconds, _cancel: True, None, recorder)
    header = read_recording(recorder.export("camera")).header
    assert header.options["source"] == "rtsp://10.0.0.9:554/kamera?x=1"
    assert b"rahasia" not in recorder.export("camera")


def spoiled(tmp_path: Path, name: str, old: str, new: str) -> Path:
    text = (FOLDER / f"{name}.jsonl").read_text()
    assert re.search(old, text)
    file = tmp_path / "spoiled.jsonl"
    file.write_text(re.sub(old, new, text, count=1))
    return file


def test_the_command_says_same_differs_or_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = FOLDER / "evolis-faults.jsonl"
    assert main(["devices", "replay", str(whole)]) == 0
    assert "sama seperti rekaman" in capsys.readouterr().out
    other_end = spoiled(tmp_path, "evolis-faults", '"ended":"CardJam"', '"ended":"CoverOpen"')
    assert main(["devices", "replay", str(other_end), "--lang", "en"]) == 1
    assert "ended: CoverOpen -> CardJam" in capsys.readouterr().out
    assert main(["devices", "replay", str(tmp_path / "gone")]) == 2
    (tmp_path / "text").write_text("hello\n")
    assert main(["devices", "replay", str(tmp_path / "text")]) == 2


def test_another_message_than_then_is_told_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = spoiled(tmp_path, "pcsc-reader", "ffca000000", "ffca000008")
    assert main(["devices", "replay", str(other), "--lang", "en"]) == 1
    assert "uid sent: ffca000008 -> ffca000000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("serial-scanner", '"ended":"NotConnected"', '"ended":"Busy"', "open ended: Busy -> "),
        pytest.param(  # what the first beep says is all prefix, so it is no scan now
            "serial-scanner",
            '"scan_prefix":""',
            '"scan_prefix":"000000000001"',
            "noted: garbled scan scan scan scan -> garbled scan scan scan",
            marks=pytest.mark.long,
        ),
        ("stu", '"hex":"2000"', '"hex":"2001"', "sent: 2001 -> 2000"),
        ("stu", '"ended":"NoSignature"', '"ended":"TimedOut"', "ended: TimedOut -> "),
        ("sbi", '"quality":21', '"quality":99', "take ended: PoorFinger -> ok"),
        ("opencv-camera", '"ended":"ok","gave":{"hidden"', '"ended":"ok","gave":{"text"', "gave"),
    ],
)
def test_what_people_did_is_played_by_somebody_else(
    name: str, old: str, new: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each end answers from its recording: a recording that says otherwise is told apart."""
    other = spoiled(tmp_path, name, old, new)
    assert main(["devices", "replay", str(other), "--lang", "en"]) == 1
    assert told in capsys.readouterr().out


def test_of_a_question_all_but_its_number_and_its_job_s_name_is_compared() -> None:
    def asked(operation: int, number: int, job: str, user: str = "loket") -> Piece:
        given = {"job-name": name(job), "requesting-user-name": name(user)}
        raw = encode(Message(operation, number, (Group(Tag.OPERATION, given),)))
        return {"hex": raw.hex()}

    first = said(asked(5, 1, "loket-a"))
    assert said(asked(5, 77, "loket-bb")) == first
    assert said(asked(8, 1, "loket-a")) != first
    assert said(asked(5, 1, "loket-a", "petugas")) != first
    assert said({"hex": "00ff"}) == "00ff"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"call":"counters"', '"call":"__init__"'),
        ('"call":"counters"', '"call":"health"'),
        ('"given":{"timeout"', '"given":{"hours"'),
        ('"given":{"0"', '"given":{"7"'),
        ('"kind":"card_printer"', '"kind":"camera"'),
        ('"kind":"card_printer"', '"kind":"toaster"'),
        ('"evolis_ribbon":"[a-z]+"', '"evolis_ribbon":"velvet"'),
    ],
)
def test_a_recording_of_calls_that_there_are_not_is_refused(
    old: str, new: str, tmp_path: Path
) -> None:
    assert main(["devices", "replay", str(spoiled(tmp_path, "evolis", old, new))]) == 2


def test_a_family_without_a_far_end_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotReplayable):
        end_of("folder_viewer")
    file = tmp_path / "viewer.jsonl"
    shutil.copy(FOLDER / "topaz.jsonl", file)
    file.write_text(
        file.read_text()
        .replace('"family":"topaz"', '"family":"folder_viewer"')
        .replace('"kind":"signature_pad"', '"kind":"card_viewer"')
    )
    assert main(["devices", "replay", str(file), "--lang", "en"]) == 2
    assert "pictures" in capsys.readouterr().out


def test_lines_of_a_recording_are_read_strictly() -> None:
    head, *rest = (FOLDER / "topaz.jsonl").read_bytes().splitlines()
    for bad in (
        b"",
        b"{}",
        head + b"\n{}",
        head + b'\n{"t":1,"sent":[{"hex":"0"}]}',
        head + b'\n{"t":1,"sent":[{"name":"x"}]}',
        head + b'\n{"t":1,"noted":"open","call":"open"}',
        head + b'\n{"t":-1,"noted":"open"}',
        head + b'\n{"t":1,"heard":[{"hidden":-4,"sha256":""}]}',
        head.replace(b"loket-flight-1", b"loket-flight-9"),
    ):
        with pytest.raises(RecordingUnreadable):
            read_recording(bad)
    assert len(tuple(steps_of(read_recording(b"\n".join((head, *rest)))))) >= 4


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    head = (FOLDER / "topaz.jsonl").read_bytes().splitlines()[0]
    for text in (data, head + b"\n" + data):
        with suppress(RecordingUnreadable):
            tuple(steps_of(read_recording(text)))


@pytest.mark.parametrize("kind", DeviceKind)
def test_every_call_of_a_kind_is_recorded(kind: DeviceKind) -> None:
    known = set(verbs(KINDS[kind]))
    assert {"open", "close"} <= known
    assert not known & {"health", "info", "is_open", "on_scan"}
    assert FAMILIES
    if kind is DeviceKind.CARD_READER:
        assert {"uid", "write_file", "read_file", "transmit"} <= known


def test_a_ktp_read_with_its_security_module_is_not_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = spoiled(
        tmp_path, "pcsc-eid", '"answer_seconds":', '"sam_reader":"*01","answer_seconds":'
    )
    assert main(["devices", "replay", str(file), "--lang", "en"]) == 2
    assert "security module" in capsys.readouterr().out
