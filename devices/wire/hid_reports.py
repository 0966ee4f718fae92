"""HID reports, and what carries them: the system's HID driver in the field, a recording in tests.

There is no way to make a USB HID device in software on an ordinary PC without a kernel module, so
adapters of HID devices speak to this interface, and what a real device said is kept as a
recording that plays through the same decoder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from devices.device import DeviceKind
from devices.errors import Busy, NotConnected

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class FoundHid:
    """A HID device of this PC; `path` is the system's name of it."""

    path: bytes
    vendor: int
    product: int
    serial: str = ""
    about: str = ""


class Reports(Protocol):
    """An open HID device. Reports carry their number in their first byte."""

    def read(self, seconds: float) -> bytes:
        """The next input report, or nothing within that time. Raises OSError when it is gone."""
        ...

    def feature(self, number: int, size: int) -> bytes:
        """A feature report of at most that size. Raises OSError."""
        ...

    def set_feature(self, data: bytes) -> None:
        """Send a feature report. Raises OSError."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


def hid_devices(vendor: int, products: Iterable[int]) -> list[FoundHid]:
    """The HID devices of a maker that the system lists."""
    import hid

    wanted = frozenset(products)
    listed: list[dict[str, Any]] = hid.enumerate(vendor, 0)
    return [
        FoundHid(
            item["path"], item["vendor_id"], item["product_id"],
            item.get("serial_number") or "", item.get("product_string") or "",
        )
        for item in listed
        if item["product_id"] in wanted
    ]  # fmt: skip


class HidApi:
    """A device through hidapi."""

    def __init__(self, device: Any) -> None:
        self._device = device

    @classmethod
    def open(cls, found: FoundHid, kind: DeviceKind) -> HidApi:
        """Open one. Raises NotConnected; Busy where the system lets nobody else in."""
        import hid

        device = hid.device()
        try:
            device.open_path(found.path)
        except OSError as refusal:
            still = any(
                other.path == found.path for other in hid_devices(found.vendor, (found.product,))
            )
            raise (Busy(kind) if still else NotConnected(kind, "open")) from refusal
        return cls(device)

    def read(self, seconds: float) -> bytes:
        return bytes(self._device.read(256, max(1, round(seconds * 1000))))

    def feature(self, number: int, size: int) -> bytes:
        return bytes(self._device.get_feature_report(number, size))

    def set_feature(self, data: bytes) -> None:
        if self._device.send_feature_report(data) < 0:
            raise OSError("feature report refused")

    def close(self) -> None:
        self._device.close()


@dataclass
class RecordedReports:
    """What a device once said, said again. None among the reports is a cable that is pulled.

    `on_write` hears feature reports that are sent; `waiting` is called when nothing is left.
    """

    reports: list[bytes | None]
    features: Mapping[int, bytes]
    written: list[bytes] = field(default_factory=list[bytes])
    closed: bool = False
    waiting: Callable[[float], object] = field(default=float)

    def read(self, seconds: float) -> bytes:
        if not self.reports:
            self.waiting(seconds)
            return b""
        report = self.reports.pop(0)
        if report is None:
            raise OSError("read error")
        return report

    def feature(self, number: int, size: int) -> bytes:
        if number not in self.features:
            raise OSError("no such report")
        return self.features[number][:size]

    def set_feature(self, data: bytes) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.closed = True
