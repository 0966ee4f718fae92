"""Document printers: receipts, letters, labels and reports on paper."""

from __future__ import annotations

from abc import abstractmethod
from enum import StrEnum

from devices.device import Cancel, Device


class PaperJobState(StrEnum):
    """Where a print job is."""

    QUEUED = "queued"
    PRINTING = "printing"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"
    UNKNOWN = "unknown"


class DocumentPrinter(Device):
    """A printer of paper."""

    @abstractmethod
    def print_pdf(
        self, pdf: bytes, copies: int, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> str:
        """Hand over a PDF; the printer's own job number.

        A job id that was handed over before is not printed again: its number comes back. Raises
        the LinkFaults, OutOfPaper, PaperJam.
        """

    @abstractmethod
    def job_state(self, job_id: str, *, timeout: float, cancel: Cancel = None) -> PaperJobState:
        """Where the job is; UNKNOWN for one that the printer doesn't know (or lost)."""
