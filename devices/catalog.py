"""The device families that a counter can be set up with.

How to add one: write `devices/adapters/<family>.py` with a class of the kind's interface and a
function `make(place)` (no I/O; traffic is told to `place.tape`), declare its options in
`devices/adapters/options.py` (they are shown before the adapter is loaded), add one line to
FAMILIES here (`_adapter("<family>")` imports it when the first one is made), put its words into
`resources/words/*/devices.toml` (`device_family.<key>`, `option.<name>`), and give it to its kind's
contract test in `tests/devices/contracts/`. A new kind of device is its interface, its simulator
and its contract test first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from devices.camera import Camera
from devices.card_printer import CardPrinter
from devices.card_reader import CardReader
from devices.card_viewer import CardViewer
from devices.device import Device, DeviceKind, Pause
from devices.document_printer import DocumentPrinter
from devices.eid_reader import EidReader
from devices.fingerprint import FingerprintSensor
from devices.options import Option, OptionValue, read_options
from devices.scanner import Scanner
from devices.signature_pad import SignaturePad
from devices.simulators.bench import SimulatedBench
from devices.wire.recorder import FlightRecorder, record_calls
from devices.wire.tape import NO_TAPE, Tape

KINDS: dict[DeviceKind, type[Device]] = {
    DeviceKind.CARD_PRINTER: CardPrinter,
    DeviceKind.CARD_READER: CardReader,
    DeviceKind.EID_READER: EidReader,
    DeviceKind.SIGNATURE_PAD: SignaturePad,
    DeviceKind.CAMERA: Camera,
    DeviceKind.SCANNER: Scanner,
    DeviceKind.DOCUMENT_PRINTER: DocumentPrinter,
    DeviceKind.FINGERPRINT: FingerprintSensor,
    DeviceKind.CARD_VIEWER: CardViewer,
}
"""The interface of each kind."""


class UnknownFamily(LookupError):
    """A setting names a family that this program doesn't have; carries kind and key."""

    def __init__(self, kind: DeviceKind, key: str) -> None:
        super().__init__(f"{kind}: {key}")
        self.kind = kind
        self.key = key


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is put up: its name at the counter, its settings, and what it needs."""

    name: str
    options: Mapping[str, OptionValue]
    pause: Pause
    bench: SimulatedBench | None = None
    tape: Tape = NO_TAPE


@dataclass(frozen=True, slots=True)
class Family:
    """One line of the catalogue: which devices, what they can be set to, how they are made."""

    kind: DeviceKind
    key: str
    make: Callable[[Place], Device]
    declared: str = ""
    """The name of its options in `devices.adapters.options`, which is read when they are asked."""

    @property
    def options(self) -> tuple[Option, ...]:
        """What it can be set to."""
        if not self.declared:
            return ()
        declared: tuple[Option, ...] = getattr(
            import_module("devices.adapters.options"), self.declared
        )
        return declared


SIMULATED = "simulated"


def _adapter(module: str) -> Callable[[Place], Device]:
    """The maker of an adapter that is imported when it is needed: drivers are heavy."""

    def make(place: Place) -> Device:
        return import_module(f"devices.adapters.{module}").make(place)

    return make


def _simulated(place: Place) -> Device:
    if place.bench is None:
        raise ValueError("a simulated device needs a bench")
    return place.bench.adapter(place.name)


REAL: tuple[Family, ...] = (
    Family(
        DeviceKind.CARD_PRINTER, "spooler_card", _adapter("spooler_card_printer"), "SPOOLER_CARD"
    ),
    Family(DeviceKind.CARD_PRINTER, "ipp_card", _adapter("ipp_card_printer"), "IPP_CARD"),
    Family(DeviceKind.CARD_PRINTER, "evolis", _adapter("evolis"), "EVOLIS"),
    Family(DeviceKind.CARD_PRINTER, "evolis_serial", _adapter("evolis"), "EVOLIS_SERIAL"),
    Family(DeviceKind.CARD_PRINTER, "evolis_sdk", _adapter("evolis_sdk"), "EVOLIS_SDK"),
    Family(DeviceKind.CARD_PRINTER, "windows_card", _adapter("windows_spooler"), "WINDOWS_CARD"),
    Family(
        DeviceKind.DOCUMENT_PRINTER,
        "spooler_document",
        _adapter("spooler_document_printer"),
        "SPOOLER_DOCUMENT",
    ),
    Family(
        DeviceKind.DOCUMENT_PRINTER,
        "windows_document",
        _adapter("windows_spooler"),
        "WINDOWS_DOCUMENT",
    ),
    Family(DeviceKind.CARD_READER, "pcsc_reader", _adapter("pcsc_reader"), "PCSC_READER"),
    Family(DeviceKind.EID_READER, "pcsc_eid", _adapter("pcsc_eid"), "PCSC_EID"),
    Family(DeviceKind.CAMERA, "opencv_camera", _adapter("opencv_camera"), "OPENCV_CAMERA"),
    Family(DeviceKind.SIGNATURE_PAD, "topaz", _adapter("topaz_pad"), "TOPAZ"),
    Family(DeviceKind.SIGNATURE_PAD, "stu", _adapter("stu_pad"), "STU"),
    Family(DeviceKind.SIGNATURE_PAD, "screen", _adapter("screen_pad"), "SCREEN_PAD"),
    Family(DeviceKind.SCANNER, "serial_scanner", _adapter("serial_scanner"), "SERIAL_SCANNER"),
    Family(DeviceKind.SCANNER, "camera_scanner", _adapter("camera_scanner"), "CAMERA_SCANNER"),
    Family(DeviceKind.CARD_VIEWER, "camera_viewer", _adapter("camera_viewer"), "CAMERA_VIEWER"),
    Family(DeviceKind.CARD_VIEWER, "sane_viewer", _adapter("sane_viewer"), "SANE_VIEWER"),
    Family(DeviceKind.CARD_VIEWER, "folder_viewer", _adapter("folder_viewer"), "FOLDER_VIEWER"),
    Family(DeviceKind.FINGERPRINT, "sbi", _adapter("sbi_fingerprint"), "SBI"),
)
"""The families of real hardware; the first of a kind is the one that is proposed."""

FAMILIES: tuple[Family, ...] = (
    *REAL,
    *(Family(kind, SIMULATED, _simulated) for kind in DeviceKind),
)
"""All families; those of real hardware stand before the simulators."""


def families(kind: DeviceKind) -> tuple[Family, ...]:
    """The families of a kind, for the settings screen."""
    return tuple(family for family in FAMILIES if family.kind is kind)


def family(kind: DeviceKind, key: str) -> Family:
    """One family. Raises UnknownFamily."""
    for candidate in families(kind):
        if candidate.key == key:
            return candidate
    raise UnknownFamily(kind, key)


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """What the settings say of one device."""

    kind: DeviceKind
    name: str
    family: str
    options: Mapping[str, object]


def make_device(
    choice: DeviceChoice,
    pause: Pause,
    bench: SimulatedBench | None = None,
    recorder: FlightRecorder | None = None,
) -> Device:
    """One chosen device, closed. Raises UnknownFamily, or OptionRefused naming the option."""
    line = family(choice.kind, choice.family)
    options = read_options(line.options, choice.options)
    if recorder is None or choice.family == SIMULATED:
        return line.make(Place(choice.name, options, pause, bench))
    tape = recorder.tape(choice.kind, choice.name, choice.family, options)
    device = line.make(Place(choice.name, options, pause, bench, tape))
    return record_calls(device, tape, KINDS[choice.kind])


def make_devices(
    choices: Sequence[DeviceChoice],
    pause: Pause,
    bench: SimulatedBench | None = None,
    recorder: FlightRecorder | None = None,
) -> tuple[Device, ...]:
    """The chosen devices, closed. Raises what `make_device` raises."""
    return tuple(make_device(choice, pause, bench, recorder) for choice in choices)


def simulated_choices(bench: SimulatedBench) -> tuple[DeviceChoice, ...]:
    """The settings of a counter on which everything is simulated."""
    return tuple(DeviceChoice(core.kind, core.name, SIMULATED, {}) for core in bench.cores())
