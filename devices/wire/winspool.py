"""Windows' print spooler by its C interface (winspool.drv): names, states, jobs, deletion.

Structures and constants from winspool.h (EnumPrintersW level 4, GetPrinterW level 2, EnumJobsW
level 1). Not run on Windows yet.
"""

from __future__ import annotations

import ctypes
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

LOCAL, CONNECTIONS = 0x2, 0x4
DELETE = 5
MOST_JOBS = 500


@dataclass(frozen=True, slots=True)
class WindowsJob:
    """A job as the spooler lists it."""

    number: int
    document: str
    status: int


class Spooler(Protocol):
    """What is needed of winspool; each call is short. OSError where the spooler is gone."""

    def names(self) -> tuple[str, ...]:
        """The installed printers."""
        ...

    def status(self, queue: str) -> int:
        """PRINTER_INFO_2.Status."""
        ...

    def jobs(self, queue: str) -> tuple[WindowsJob, ...]:
        """What stands in the queue."""
        ...

    def delete(self, queue: str, number: int) -> None:
        """Take a job out of the queue."""
        ...


class _Printer4(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_wchar_p),
        ("server", ctypes.c_wchar_p),
        ("attributes", ctypes.c_uint32),
    )


class _Job1(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_uint32),
        ("printer", ctypes.c_wchar_p),
        ("machine", ctypes.c_wchar_p),
        ("user", ctypes.c_wchar_p),
        ("document", ctypes.c_wchar_p),
        ("datatype", ctypes.c_wchar_p),
        ("status_text", ctypes.c_wchar_p),
        ("status", ctypes.c_uint32),
        ("priority", ctypes.c_uint32),
        ("position", ctypes.c_uint32),
        ("pages", ctypes.c_uint32),
        ("printed", ctypes.c_uint32),
        ("submitted", ctypes.c_uint16 * 8),
    )


_POINTERS_BEFORE_STATUS = 13
"""PRINTER_INFO_2: thirteen pointers, then five numbers (attributes … until) and the status."""
_NUMBERS_BEFORE_STATUS = 5


class WinSpool:
    """The spooler of this machine. Every call raises OSError where it fails."""

    @property
    def _api(self) -> Any:
        loader: Any = getattr(ctypes, "WinDLL", None)
        if loader is None:
            raise OSError("no winspool here")
        return loader("winspool.drv", use_last_error=True)

    def names(self) -> tuple[str, ...]:
        """The installed printers."""
        raw, count = self._sized(
            lambda buffer, size, needed, returned: self._api.EnumPrintersW(
                LOCAL | CONNECTIONS, None, 4, buffer, size, needed, returned
            )
        )
        entries = ctypes.cast(raw, ctypes.POINTER(_Printer4))
        return tuple(str(entries[n].name) for n in range(count))

    def status(self, queue: str) -> int:
        """PRINTER_INFO_2.Status."""
        with self._opened(queue) as handle:
            raw, _ = self._sized(
                lambda buffer, size, needed, _: self._api.GetPrinterW(
                    handle, 2, buffer, size, needed
                )
            )
        at = _POINTERS_BEFORE_STATUS * ctypes.sizeof(ctypes.c_void_p) + _NUMBERS_BEFORE_STATUS * 4
        return int.from_bytes(raw.raw[at : at + 4], "little")

    def jobs(self, queue: str) -> tuple[WindowsJob, ...]:
        """What stands in the queue."""
        with self._opened(queue) as handle:
            raw, count = self._sized(
                lambda buffer, size, needed, returned: self._api.EnumJobsW(
                    handle, 0, MOST_JOBS, 1, buffer, size, needed, returned
                )
            )
        entries = ctypes.cast(raw, ctypes.POINTER(_Job1))
        return tuple(
            WindowsJob(
                int(entries[n].number), str(entries[n].document or ""), int(entries[n].status)
            )
            for n in range(count)
        )

    def delete(self, queue: str, number: int) -> None:
        """Take a job out of the queue."""
        with self._opened(queue) as handle:
            self._done(self._api.SetJobW(handle, number, 0, None, DELETE))

    @contextmanager
    def _opened(self, queue: str) -> Generator[Any]:
        handle = ctypes.c_void_p()
        self._done(self._api.OpenPrinterW(queue, ctypes.byref(handle), None))
        try:
            yield handle
        finally:
            self._api.ClosePrinter(handle)

    def _sized(self, call: Any) -> tuple[Any, int]:
        """A call that first tells how much room it needs."""
        needed, returned = ctypes.c_uint32(), ctypes.c_uint32()
        call(None, 0, ctypes.byref(needed), ctypes.byref(returned))
        buffer = ctypes.create_string_buffer(max(1, needed.value))
        if needed.value:
            self._done(call(buffer, needed.value, ctypes.byref(needed), ctypes.byref(returned)))
        return buffer, returned.value

    @staticmethod
    def _done(result: int) -> None:
        if not result:
            raise OSError("winspool refused")
