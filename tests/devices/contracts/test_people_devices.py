"""KTP-el readers, pads, cameras, fingers, scanners and document printers."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from devices.device import DeviceKind
from devices.document_printer import PaperJobState
from devices.eid_reader import FingerprintResult
from devices.errors import ComparerUnfit, DeviceFault, OutOfPaper, PaperJam
from devices.fingerprint import FingerTrial
from devices.simulators.faults import AVAILABLE, Fault, FaultName
from devices.simulators.pen import scribble
from devices.strokes import strokes_png
from tests.devices.contracts.rigs import FRONT, LONG, PDF, Rig, eid_card, make_rig


def opened(name: str) -> tuple[Rig, Any]:
    rig = make_rig(name)
    rig.ready()
    return rig, rig.device


def test_the_card_is_read_and_the_finger_compared() -> None:
    _, reader = opened("eid_reader")
    card = reader.read(timeout=LONG)
    assert card.nik == eid_card().nik
    assert card.fingerprint is FingerprintResult.MATCHED
    assert "CONTOH" not in repr(card)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (FaultName.FINGER_MISMATCH, FingerprintResult.NOT_MATCHED),
        (FaultName.NO_FINGER, FingerprintResult.NOT_TRIED),
    ],
)
def test_a_finger_that_doesn_t_match_is_an_answer(
    fault: FaultName, result: FingerprintResult
) -> None:
    rig, reader = opened("eid_reader")
    rig.core.order(Fault("eid.finger", fault))
    assert reader.read(timeout=LONG).fingerprint is result
    assert reader.read(timeout=LONG).fingerprint is FingerprintResult.MATCHED


def test_a_signature_is_taken_once_and_can_be_wiped() -> None:
    rig, pad = opened("signature_pad")
    assert pad.capture(timeout=LONG) == scribble(1)
    rig.bench.sign(scribble(2))
    pad.clear(timeout=LONG)
    rig.bench.sign(scribble(3))
    assert pad.capture(timeout=LONG) == scribble(3)


PACKETS = (FaultName.LOST_PACKETS, FaultName.BROKEN_PACKETS, FaultName.CUT_PACKETS)


@pytest.mark.fault
@pytest.mark.parametrize("fault", PACKETS)
def test_packets_that_fail_cost_only_themselves_and_are_seen(fault: FaultName) -> None:
    rig, pad = opened("signature_pad")
    [offered] = [row for row in AVAILABLE[rig.kind] if row.fault is fault]
    rig.core.order(offered.order())
    poor, whole = pad.capture(timeout=LONG), scribble(1)
    lost = [point for point in whole.points if point not in poor.points]
    assert len(whole.points) / 10 < len(lost) < len(whole.points) / 2
    assert all(point.tip for point in lost)  # no two strokes become one
    kept = [point for point in whole.points if point in poor.points]
    assert list(poor.points) == kept
    assert strokes_png(poor) != strokes_png(whole)
    rig.bench.sign(whole)
    assert pad.capture(timeout=LONG) == whole


@pytest.mark.fault
@pytest.mark.parametrize(
    "fault", [row.fault for row in AVAILABLE[DeviceKind.SCANNER]], ids=lambda fault: fault.value
)
def test_no_fault_is_offered_that_a_scan_goes_through_unchanged(fault: FaultName) -> None:
    rig, scanner = opened("scanner")
    heard: list[str] = []
    scanner.on_scan(heard.append)
    rig.core.order(Fault("scan", fault))
    rig.bench.scan("12345678")
    assert heard != ["12345678"]


def test_the_camera_sees_who_sits_there() -> None:
    rig, camera = opened("camera")
    assert camera.capture(timeout=LONG) == FRONT
    asked: list[FaultName | None] = []

    def draw(fault: FaultName | None) -> bytes:
        asked.append(fault)
        return FRONT

    rig.bench.sit_person(draw)
    rig.core.order(Fault("camera.capture", FaultName.EYES_CLOSED))
    camera.frame(timeout=LONG)
    camera.capture(timeout=LONG)
    assert asked == [None, FaultName.EYES_CLOSED]
    rig.bench.sit_person(None)
    with Image.open(io.BytesIO(camera.capture(timeout=LONG))) as chair:
        assert chair.size == (480, 640)


@pytest.mark.fault
@pytest.mark.parametrize(
    "fault", [FaultName.DARK, FaultName.BLURRED, FaultName.TILTED, FaultName.TWO_FACES]
)
def test_pixels_are_spoiled_as_ordered(fault: FaultName) -> None:
    rig, camera = opened("camera")
    image = Image.new("RGB", (60, 80), (200, 40, 40))
    image.paste((240, 220, 180), (20, 20, 40, 60))
    out = io.BytesIO()
    image.save(out, "PNG")
    rig.bench.sit_person(out.getvalue())
    rig.core.order(Fault("camera.capture", fault))
    spoiled = camera.capture(timeout=LONG)
    assert spoiled != out.getvalue()
    with Image.open(io.BytesIO(spoiled)) as seen:
        assert seen.size == (60, 80)


def test_a_finger_is_compared_with_its_reference() -> None:
    rig, sensor = opened("fingerprint")
    assert sensor.match(b"thumb", timeout=LONG).matched
    assert sensor.try_out(timeout=LONG) == FingerTrial(84, compared=True)
    rig.bench.lay_finger(b"other")
    assert not sensor.match(b"thumb", timeout=LONG).matched
    rig.core.order(Fault("finger", FaultName.FINGER_MISMATCH))
    with pytest.raises(ComparerUnfit):
        sensor.try_out(timeout=LONG)


def test_a_scan_arrives_while_the_line_is_open() -> None:
    rig, scanner = opened("scanner")
    heard: list[str] = []
    stop = scanner.on_scan(heard.append)
    assert rig.bench.scan("A1")
    scanner.close()
    rig.bench.scan("A2")
    scanner.open(timeout=LONG)
    rig.core.order(
        Fault("scan", FaultName.DOUBLE_SCAN),
        Fault("scan", FaultName.GARBLED_SCAN),
        Fault("scan", FaultName.SILENT),
    )
    rig.bench.scan("A3")
    rig.bench.scan("12345678")
    rig.bench.scan("A4")
    stop()
    stop()
    rig.bench.scan("A5")
    assert heard == ["A1", "A3", "A3", "123?567"]
    rig.core.order(Fault("scan", FaultName.UNPLUGGED))
    assert not rig.bench.scan("A6")
    assert not scanner.is_open


def test_papers_come_out_once() -> None:
    rig, printer = opened("document_printer")
    number = printer.print_pdf(PDF, 2, "p1", timeout=LONG)
    assert printer.print_pdf(PDF, 2, "p1", timeout=LONG) == number
    assert [(paper.job_id, paper.copies) for paper in rig.bench.take_papers()] == [("p1", 2)]
    assert printer.job_state(number, timeout=LONG) is PaperJobState.DONE
    with pytest.raises(ValueError, match="PDF"):
        printer.print_pdf(b"hello", 1, "p2", timeout=LONG)


@pytest.mark.fault
def test_a_lost_paper_job_is_unknown_and_an_empty_tray_is_said() -> None:
    rig, printer = opened("document_printer")
    rig.core.order(Fault("paper", FaultName.JOB_LOST))
    printer.print_pdf(PDF, 1, "p1", timeout=LONG)
    assert printer.job_state("p1", timeout=LONG) is PaperJobState.UNKNOWN
    rig.bench.paper.load_paper(1)
    with pytest.raises(OutOfPaper):
        printer.print_pdf(PDF, 2, "p2", timeout=LONG)
    rig.bench.paper.load_paper()
    printer.print_pdf(PDF, 2, "p2", timeout=LONG)
    assert len(rig.bench.take_papers()) == 1


def test_the_same_strokes_give_the_same_picture() -> None:
    assert strokes_png(scribble(5)) == strokes_png(scribble(5)) != strokes_png(scribble(6))


@pytest.mark.fault
@pytest.mark.parametrize("fault", [FaultName.FROZEN, FaultName.NO_PICTURE])
def test_a_camera_sees_again_once_its_cable_was_pulled(fault: FaultName) -> None:
    rig, camera = opened("camera")
    rig.core.order(Fault("camera", fault))
    with pytest.raises(DeviceFault):
        camera.capture(timeout=LONG)
    rig.core.unplug()
    rig.core.plug()
    camera.open(timeout=LONG)
    assert camera.capture(timeout=LONG)


@pytest.mark.fault
def test_stuck_paper_is_gone_once_the_papers_were_taken_out() -> None:
    rig, printer = opened("document_printer")
    rig.core.order(Fault("paper", FaultName.PAPER_JAM))
    with pytest.raises(PaperJam):
        printer.print_pdf(PDF, 1, "J1", timeout=LONG)
    rig.bench.take_papers()
    assert printer.print_pdf(PDF, 1, "J2", timeout=LONG) == "J2"
