"""Which devices this PC sees, as settings to choose from.

Each family says how its devices are found, if they can be; its module is imported when somebody
looks. Looking may take seconds and opens nothing that somebody else may use. A family that can't
be looked for (a driver is missing, a service doesn't run) is named, so that "nothing found" is
never said of what nobody looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from devices.device import DeviceKind, Pause
from devices.errors import DeviceFault
from devices.options import OptionValue

PRINT_SERVER = "localhost:631"


@dataclass(frozen=True, slots=True)
class Found:
    """One device: what it calls itself, and what to set its family's options to."""

    family: str
    label: str
    options: Mapping[str, OptionValue]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search brought; `failed` are families that couldn't be looked for."""

    found: tuple[Found, ...]
    failed: tuple[str, ...] = ()


Look = Callable[[str, Pause], Iterable[Found]]


def _module(name: str) -> Any:
    return import_module(f"devices.{name}")


def _usb(port: Any) -> str:
    """The pattern that means this very port wherever it is plugged in."""
    if not port.vendor:
        return str(port.port)
    serial = f":{port.serial}" if port.serial else ""
    return f"usb:{port.vendor:04x}:{port.product:04x}{serial}"


def _ports(module: str) -> Look:
    def look(family: str, _pause: Pause) -> Iterable[Found]:
        found = _module(module)
        listed = found.found() if hasattr(found, "found") else found.ports()
        return [
            Found(family, f"{port.about or port.port} ({port.port})", {"port": _usb(port)})
            for port in listed
        ]

    return look


def _stu(family: str, _pause: Pause) -> Iterable[Found]:
    return [
        Found(family, " ".join(filter(None, (pad.about or "STU", pad.serial))),
              {"pad_serial": pad.serial})
        for pad in _module("adapters.stu_pad").found()
    ]  # fmt: skip


def _cameras(family: str, _pause: Pause) -> Iterable[Found]:
    return [
        Found(family, f"{camera.label} ({camera.source})", {"source": camera.source})
        for camera in _module("adapters.opencv_camera").found()
    ]


def _flatbeds(family: str, _pause: Pause) -> Iterable[Found]:
    if sys.platform == "win32":
        return []
    sane = _module("adapters.sane_viewer")
    return [
        Found(family, f"{scanner.about or scanner.name} ({scanner.name})",
              {"sane_device": sane.general(scanner.name)})
        for scanner in sane.found()
    ]  # fmt: skip


def _readers(family: str, _pause: Pause) -> Iterable[Found]:
    return [Found(family, name, {"reader_name": name}) for name in _module("wire.pcsc").readers()]


def _queues(family: str, pause: Pause) -> Iterable[Found]:
    return [
        Found(family, f"{queue.queue} ({queue.model})" if queue.model else queue.queue,
              {"queue": queue.queue, "print_server": PRINT_SERVER})
        for queue in _module("adapters.print_queue").found(PRINT_SERVER, pause)
    ]  # fmt: skip


def _windows_queues(family: str, _pause: Pause) -> Iterable[Found]:
    if sys.platform != "win32":
        return []
    return [
        Found(family, name, {"queue": name}) for name in _module("wire.winspool").WinSpool().names()
    ]


def _sensors(family: str, _pause: Pause) -> Iterable[Found]:
    return [
        Found(family, f"SBI {sensor.port}",
              {"first_port": float(sensor.port), "last_port": float(sensor.port)})
        for sensor in _module("adapters.sbi_fingerprint").found()
    ]  # fmt: skip


LOOKS: dict[DeviceKind, dict[str, Look]] = {
    DeviceKind.CARD_PRINTER: {
        "spooler_card": _queues,
        "windows_card": _windows_queues,
        "evolis_serial": _ports("wire.serial_line"),
    },
    DeviceKind.DOCUMENT_PRINTER: {
        "spooler_document": _queues,
        "windows_document": _windows_queues,
    },
    DeviceKind.CARD_READER: {"pcsc_reader": _readers},
    DeviceKind.EID_READER: {"pcsc_eid": _readers},
    DeviceKind.CAMERA: {"opencv_camera": _cameras},
    DeviceKind.CARD_VIEWER: {"camera_viewer": _cameras, "sane_viewer": _flatbeds},
    DeviceKind.SIGNATURE_PAD: {"topaz": _ports("adapters.topaz_pad"), "stu": _stu},
    DeviceKind.SCANNER: {
        "serial_scanner": _ports("adapters.serial_scanner"),
        "camera_scanner": _cameras,
    },
    DeviceKind.FINGERPRINT: {"sbi": _sensors},
}
"""How the families of each kind are found; one that isn't here is set by its address."""


def search(kind: DeviceKind, pause: Pause) -> Search:
    """The devices of a kind that this PC sees."""
    found: list[Found] = []
    failed: list[str] = []
    for family, look in LOOKS.get(kind, {}).items():
        try:
            found += look(family, pause)
        except (DeviceFault, ImportError, OSError):
            failed.append(family)
    return Search(tuple(found), tuple(failed))
