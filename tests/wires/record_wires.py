"""Make the recordings in tests/files/wires: real adapters, real wires, simulators at the far end.

    python -m tests.wires.record_wires [NAME ...]

Each one is a story told to a device through the flight recorder. Whoever changes what an adapter
says on its wire on purpose makes them anew, and reads the difference.
"""

from __future__ import annotations

import queue
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from PIL import Image

from devices.camera import Camera
from devices.card_printer import CardPrinter, Station, Tray, Unnumbered
from devices.card_reader import CardReader
from devices.catalog import DeviceChoice, make_device
from devices.device import Device, DeviceKind
from devices.document_printer import DocumentPrinter
from devices.eid_reader import EidReader
from devices.errors import DeviceFault
from devices.fingerprint import FingerprintSensor
from devices.options import OptionValue
from devices.scanner import Scanner
from devices.signature_pad import SignaturePad
from devices.simulators.biosdk_server import BioSdkServer
from devices.simulators.camera import CameraCore
from devices.simulators.evolis_mechanics import real_pause
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.faults import Clears, Fault, FaultName
from devices.simulators.mjpeg_camera import MjpegCamera
from devices.simulators.pen import scribble
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.simulators.sbi_server import SbiServer, Signer
from devices.simulators.scanner_serial import ScannerSerial
from devices.simulators.topaz_serial import TopazSerial
from devices.wire.recorder import FlightRecorder
from tests.wires.rigs.cups import CupsRig, Machine

FOLDER = Path(__file__).parents[1] / "files" / "wires"
NAME = "SITI CONTOH REKAMAN"
"""A name that goes over every wire which could carry one, and may stand in no recording."""
SOON = 20.0


def recorded(
    kind: DeviceKind,
    name: str,
    family: str,
    options: dict[str, OptionValue],
    story: Callable[[Device], None],
) -> bytes:
    """The recording of a story told to one device."""
    flight = FlightRecorder(lambda: datetime.now(UTC), "tests")
    device = make_device(DeviceChoice(kind, name, family, options), real_pause, recorder=flight)
    try:
        story(device)
    finally:
        device.close()
    return flight.export(name)


def face(colour: tuple[int, int, int]) -> bytes:
    """A card's face with the name written into it."""
    import io

    from PIL import ImageDraw

    picture, out = Image.new("RGB", (1016, 648), colour), io.BytesIO()
    ImageDraw.Draw(picture).text((300, 300), NAME, fill=(0, 0, 0))
    picture.save(out, "PNG", pnginfo=None)
    return out.getvalue()


def printer_core() -> PrinterCore:
    core = PrinterCore()
    core.pace = 0
    core.load_blanks(PlasticCard.blank(f"A{number}") for number in range(1, 13))
    return core


def a_card(printer: CardPrinter, job: str) -> None:
    """Feed, to the chip station, print, out."""
    printer.load_card(timeout=SOON)
    printer.move_to(Station.CONTACTLESS, timeout=SOON)
    printer.print_card(face((120, 160, 200)), face((255, 255, 255)), job, timeout=SOON)
    printer.eject(Tray.OUTPUT, timeout=SOON)


def good_cards(device: Device) -> None:
    assert isinstance(device, CardPrinter)
    device.open(timeout=SOON)
    device.health(timeout=SOON)
    device.counters(timeout=SOON)
    for number in (1, 2):
        a_card(device, f"{NAME}-{number}")
        device.health(timeout=SOON)
    device.print_unnumbered(Unnumbered.TEST, timeout=SOON)
    device.supplies(timeout=SOON)


def evolis() -> bytes:
    """Two good cards and a test card."""
    with EvolisPrinter(printer_core()) as printer:
        options: dict[str, OptionValue] = {"printer_address": f"127.0.0.1:{printer.listen()}"}
        return recorded(DeviceKind.CARD_PRINTER, "card_printer", "evolis", options, good_cards)


def evolis_serial() -> bytes:
    """The same on a serial cable."""
    with (
        tempfile.TemporaryDirectory(prefix="loket-wires-") as folder,
        EvolisPrinter(printer_core()) as printer,
    ):
        options: dict[str, OptionValue] = {"port": printer.attach(Path(folder) / "ttyPRN")}
        return recorded(
            DeviceKind.CARD_PRINTER, "card_printer", "evolis_serial", options, good_cards
        )


def evolis_faults() -> bytes:
    """A jam while printing, no cards left, a cover."""
    core = printer_core()

    def story(device: Device) -> None:
        assert isinstance(device, CardPrinter)
        device.open(timeout=SOON)
        core.order(Fault("print.panel.c", FaultName.JAM))
        with suppress(DeviceFault):
            a_card(device, f"{NAME}-3")
        device.health(timeout=SOON)
        core.remedy()
        with suppress(DeviceFault):
            device.card_inside(timeout=SOON)
        core.unload_blanks()
        with suppress(DeviceFault):
            device.load_card(timeout=SOON)
        core.open_cover()
        device.health(timeout=SOON)

    with EvolisPrinter(core) as printer:
        options: dict[str, OptionValue] = {"printer_address": f"127.0.0.1:{printer.listen()}"}
        return recorded(DeviceKind.CARD_PRINTER, "card_printer", "evolis", options, story)


def topaz() -> bytes:
    """A signature, and one that nobody gave."""
    with tempfile.TemporaryDirectory(prefix="loket-wires-") as folder:
        # A name that means nothing elsewhere: the recording keeps the options.
        port = Path(folder) / "port"
        with TopazSerial(port) as pad:

            def story(device: Device) -> None:
                assert isinstance(device, SignaturePad)
                device.open(timeout=SOON)
                pad.core.sign(scribble(3))
                device.capture(timeout=SOON)
                device.clear(timeout=SOON)
                with suppress(DeviceFault):
                    device.capture(timeout=0.3)

            options: dict[str, OptionValue] = {"port": str(port), "pad_model": "siglite_lcd_1x5"}
            raw = recorded(DeviceKind.SIGNATURE_PAD, "signature_pad", "topaz", options, story)
            return raw.replace(str(port).encode(), b"/dev/ttyUSB0")


def stu() -> bytes:
    """A signature, and one that nobody gave, as reports that an STU pad would send."""
    from devices.adapters import stu_pad
    from devices.wire.hid_reports import RecordedReports
    from devices.wire.replay_people import PadReports
    from devices.wire.stu import PenReport, encode_pen

    pad = RecordedReports([], PadReports.FEATURES, waiting=lambda s: real_pause(s, None))
    strokes = scribble(3)

    def story(device: Device) -> None:
        assert isinstance(device, SignaturePad)
        device.open(timeout=SOON)
        for number, point in enumerate(strokes.points):
            x, y = point.x * 10800 // strokes.width, point.y * 6480 // strokes.height
            pad.reports.append(encode_pen(PenReport(x, y, point.pressure, 0, point.t, number)))
        pad.reports.append(encode_pen(PenReport(0, 0, 0, 0, 60_000, 9_999)))
        device.capture(timeout=SOON)
        device.clear(timeout=SOON)
        with suppress(DeviceFault):
            device.capture(timeout=0.3)
        pad.reports.append(None)
        with suppress(DeviceFault):
            device.capture(timeout=SOON)

    usual, stu_pad.hid_opener = stu_pad.hid_opener, lambda _serial: lambda: pad
    try:
        return recorded(DeviceKind.SIGNATURE_PAD, "signature_pad", "stu", {}, story)
    finally:
        stu_pad.hid_opener = usual


def serial_scanner() -> bytes:
    """Three beeps, one that can't be read, the cable pulled and put back."""
    with tempfile.TemporaryDirectory(prefix="loket-wires-") as folder:
        port = Path(folder) / "port"
        with ScannerSerial(port) as wire:

            def story(device: Device) -> None:
                assert isinstance(device, Scanner)
                heard = queue.SimpleQueue[str]()
                device.on_scan(heard.put)
                device.open(timeout=SOON)
                for text in (NAME, "B0000001", "A-3001"):
                    wire.scan(text)
                    heard.get(timeout=SOON)
                wire.core.order(Fault("scan", FaultName.GARBAGE))
                wire.scan(NAME)
                wire.scan("B0000002")
                heard.get(timeout=SOON)
                wire.unplug()
                while device.is_open:
                    real_pause(0.02, None)
                with suppress(DeviceFault):
                    device.open(timeout=SOON)
                wire.plug()
                device.open(timeout=SOON)
                device.close()

            options: dict[str, OptionValue] = {"port": str(port)}
            raw = recorded(DeviceKind.SCANNER, "scanner", "serial_scanner", options, story)
            return raw.replace(str(port).encode(), b"/dev/ttyACM0")


def sbi() -> bytes:
    """A finger, a poor one, none, a service that speaks for another, one whose clock is apart."""
    with tempfile.TemporaryDirectory(prefix="loket-wires-") as folder, SbiServer(Signer()) as wire:
        trust = Path(folder) / "trust.pem"
        trust.write_bytes(wire.signer.trust_pem)

        def story(device: Device) -> None:
            assert isinstance(device, FingerprintSensor)
            device.open(timeout=SOON)
            wire.core.lay(NAME.encode())
            device.take(timeout=SOON)
            with suppress(DeviceFault):
                device.match(NAME.encode(), timeout=SOON)
            for fault in SENSOR_FAULTS:
                both = 2 if fault is FaultName.POOR_FINGER else 1  # a poor one is asked for again
                wire.core.order(Fault("finger", fault, count=both))
                with suppress(DeviceFault):
                    device.take(timeout=SOON)
                wire.core.remedy()
            wire.core.lay(None)
            with suppress(DeviceFault):
                device.take(timeout=0.3)
            wire.core.unplug()
            with suppress(DeviceFault):
                device.take(timeout=SOON)

        options: dict[str, OptionValue] = {
            "trust_file": str(trust), "first_port": wire.port, "last_port": wire.port,
            "sbi_env": "Developer", "tries": 2.0,
        }  # fmt: skip
        raw = recorded(DeviceKind.FINGERPRINT, "fingerprint", "sbi", options, story)
        return raw.replace(str(trust).encode(), b"/etc/loket/trust.pem")


def sbi_comparer() -> bytes:
    """A match, somebody else's finger, a trial, and all that a comparer says instead."""
    with (
        tempfile.TemporaryDirectory(prefix="loket-wires-") as folder,
        SbiServer(Signer()) as wire,
        BioSdkServer() as comparer,
    ):
        trust = Path(folder) / "trust.pem"
        trust.write_bytes(wire.signer.trust_pem)

        def story(device: Device) -> None:
            assert isinstance(device, FingerprintSensor)
            device.open(timeout=SOON)
            wire.core.lay(NAME.encode())
            device.match(NAME.encode(), timeout=SOON)
            device.match(b"somebody else", timeout=SOON)
            device.try_out(timeout=SOON)
            for fault in COMPARER_FAULTS:
                comparer.order(Fault("compare", fault))
                with suppress(DeviceFault):
                    device.match(NAME.encode(), timeout=SOON)
                comparer.remedy()
            comparer.order(Fault("compare", FaultName.FINGER_MISMATCH))
            with suppress(DeviceFault):
                device.try_out(timeout=SOON)

        options: dict[str, OptionValue] = {
            "trust_file": str(trust), "first_port": wire.port, "last_port": wire.port,
            "sbi_env": "Developer", "comparer_url": comparer.url, "comparer_seconds": 2.0,
        }  # fmt: skip
        raw = recorded(DeviceKind.FINGERPRINT, "fingerprint", "sbi", options, story)
        return raw.replace(str(trust).encode(), b"/etc/loket/trust.pem")


COMPARER_FAULTS = (
    FaultName.UNPLUGGED,
    FaultName.SILENT,
    FaultName.GARBAGE,
    FaultName.COMPARER_ERROR,
    FaultName.NO_DECISION,
    FaultName.POOR_FINGER,
)

SENSOR_FAULTS = (
    FaultName.POOR_FINGER,
    FaultName.BAD_SIGNATURE,
    FaultName.CLOCK_APART,
    FaultName.GARBAGE,
    FaultName.BUSY,
)


def opencv_camera() -> bytes:
    """Frames, a lens cover, the same picture again and again, the plug."""
    core = CameraCore()
    with MjpegCamera(core) as wire:

        def shoot(device: Camera) -> None:
            device.frame(timeout=SOON)
            device.capture(timeout=SOON)

        def story(device: Device) -> None:
            assert isinstance(device, Camera)
            device.open(timeout=SOON)
            shoot(device)
            for fault in (FaultName.NO_PICTURE, FaultName.FROZEN, FaultName.UNPLUGGED):
                core.order(Fault("camera.capture", fault, clears=Clears.OPERATOR))
                for _ in range(2):
                    with suppress(DeviceFault):
                        device.capture(timeout=SOON)
                core.remedy()
            device.open(timeout=SOON)
            shoot(device)

        options: dict[str, OptionValue] = {"source": wire.url, "portrait": False}
        return recorded(DeviceKind.CAMERA, "camera", "opencv_camera", options, story)


def pcsc_reader() -> bytes:
    """No card, a card that is written and read, one taken away in the middle, a wrong one."""
    from tests.wires.rigs.pcscd import pcscd_rig

    with pcscd_rig() as rig:

        def story(device: Device) -> None:
            assert isinstance(device, CardReader)
            device.open(timeout=SOON)
            device.card_present(timeout=SOON)
            with suppress(DeviceFault):
                device.wait_card(timeout=0.2)
            rig.slot(0).insert(PlasticCard.blank("B0000001"))
            device.wait_card(timeout=SOON)
            device.uid(timeout=SOON)
            device.write_file(NAME.encode() * 40, timeout=SOON)
            device.read_file(timeout=SOON)
            device.transmit(bytes.fromhex("00A4040C00"), timeout=SOON)
            rig.slot(0).remove()
            with suppress(DeviceFault):
                device.uid(timeout=SOON)
            device.card_present(timeout=SOON)

        options: dict[str, OptionValue] = {"reader_name": rig.readers[0]}
        return recorded(DeviceKind.CARD_READER, "chip_station", "pcsc_reader", options, story)


def pcsc_eid() -> bytes:
    """A KTP-el that answers, and none."""
    from tests.wires.rigs.pcscd import pcscd_rig

    with pcscd_rig() as rig:

        def story(device: Device) -> None:
            assert isinstance(device, EidReader)
            device.open(timeout=SOON)
            with suppress(DeviceFault):
                device.read(timeout=0.2)
            rig.slot(0).insert(PlasticCard.blank("B0000002"))
            with suppress(DeviceFault):
                device.read(timeout=SOON)

        options: dict[str, OptionValue] = {"reader_name": rig.readers[0]}
        return recorded(DeviceKind.EID_READER, "eid_reader", "pcsc_eid", options, story)


def a_queued_card(printer: CardPrinter, job: str) -> None:
    """Both sides, by a printer that moves no card for us. The names of our jobs are ours alone."""
    printer.load_card(timeout=SOON)
    printer.move_to(Station.PRINT, timeout=SOON)
    printer.print_card(
        queued_face((120, 160, 200)), queued_face((255, 255, 255)), job, timeout=SOON
    )
    printer.eject(Tray.OUTPUT, timeout=SOON)


def queued_face(colour: tuple[int, int, int]) -> bytes:
    import io

    out = io.BytesIO()
    Image.open(io.BytesIO(face(colour))).crop((0, 0, 1011, 638)).save(out, "PNG")
    return out.getvalue()


def queued_cards(device: Device, machine: Machine) -> None:
    """A card, the same once more, a cover in the middle, a test card, and the plug."""
    assert isinstance(device, CardPrinter)
    device.open(timeout=SOON)
    device.health(timeout=SOON)
    device.counters(timeout=SOON)
    a_queued_card(device, "job-0001")
    with suppress(DeviceFault):
        a_queued_card(device, "job-0001")
    machine.folder.order(Fault("print.start", FaultName.COVER_OPEN))
    with suppress(DeviceFault):
        a_queued_card(device, "job-0002")
    device.health(timeout=SOON)
    machine.folder.mend()
    device.print_unnumbered(Unnumbered.TEST, timeout=SOON)
    device.supplies(timeout=SOON)
    machine.off()
    device.health(timeout=SOON)
    with suppress(DeviceFault):
        device.load_card(timeout=SOON)


def ipp_card() -> bytes:
    """A printer that speaks IPP itself."""
    with CupsRig() as rig:
        machine = rig.queue("KARTU")
        options: dict[str, OptionValue] = {
            "printer_address": f"localhost:{machine.port}", "feed_seconds": 0.0,
        }  # fmt: skip
        return recorded(
            DeviceKind.CARD_PRINTER, "card_printer", "ipp_card", options,
            lambda device: queued_cards(device, machine),
        )  # fmt: skip


def spooler_card() -> bytes:
    """The same through a queue, whose printer is asked too."""
    with CupsRig() as rig:
        machine = rig.queue("KARTU")
        options: dict[str, OptionValue] = {
            "queue": "KARTU", "print_server": rig.server, "feed_seconds": 0.0,
        }  # fmt: skip
        return recorded(
            DeviceKind.CARD_PRINTER, "card_printer", "spooler_card", options,
            lambda device: queued_cards(device, machine),
        )  # fmt: skip


def receipt() -> bytes:
    """A paper with the name on it."""
    import io

    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    paper = Canvas(out, pageCompression=0)
    paper.drawString(72, 700, NAME)
    paper.save()
    return out.getvalue()


def spooler_document() -> bytes:
    """A receipt, the question what became of it, the same once more, a printer that is off."""
    with CupsRig() as rig:
        machine = rig.queue("KERTAS", document=True)

        def story(device: Device) -> None:
            assert isinstance(device, DocumentPrinter)
            device.open(timeout=SOON)
            device.print_pdf(receipt(), 1, "job-0001", timeout=SOON)
            device.job_state("job-0001", timeout=SOON)
            device.job_state("job-0009", timeout=SOON)
            with suppress(DeviceFault):
                device.print_pdf(receipt(), 1, "job-0001", timeout=SOON)
            machine.off()
            device.health(timeout=SOON)

        options: dict[str, OptionValue] = {"queue": "KERTAS", "print_server": rig.server}
        return recorded(
            DeviceKind.DOCUMENT_PRINTER, "document_printer", "spooler_document", options, story
        )


STORIES: dict[str, Callable[[], bytes]] = {
    "evolis": evolis,
    "evolis-faults": evolis_faults,
    "evolis-serial": evolis_serial,
    "topaz": topaz,
    "stu": stu,
    "serial-scanner": serial_scanner,
    "sbi": sbi,
    "sbi-comparer": sbi_comparer,
    "opencv-camera": opencv_camera,
    "pcsc-reader": pcsc_reader,
    "pcsc-eid": pcsc_eid,
    "ipp-card": ipp_card,
    "spooler-card": spooler_card,
    "spooler-document": spooler_document,
}


def main(names: list[str]) -> None:
    """Write the recordings that are named, or all."""
    import_module("tests.conftest")  # where the tests' smart card service listens
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or STORIES:
        (FOLDER / f"{name}.jsonl").write_bytes(STORIES[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
