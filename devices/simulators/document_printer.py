"""A simulated document printer: papers land in a tray where people take them."""

from __future__ import annotations

from dataclasses import dataclass, field

from devices.device import Cancel, DeviceKind, HealthReason, Supply, SupplyName
from devices.document_printer import DocumentPrinter, PaperJobState
from devices.errors import OutOfPaper, PaperJam
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import FaultName

TRAY_HOLDS = 250
PAPER_LOW = 20


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """What came out: one document, so many times."""

    job_id: str
    pdf: bytes = field(repr=False)
    copies: int


class PaperCore(SimulatorCore):
    """A printer, its paper and its tray."""

    def __init__(self, name: str = "document_printer", serial: str = "SIM-DP-0001") -> None:
        super().__init__(DeviceKind.DOCUMENT_PRINTER, name, "Document Printer Simulator", serial)
        self.sheets = TRAY_HOLDS
        self.jobs: dict[str, PaperJobState] = {}
        self._out: list[PrintedPaper] = []

    @property
    def papers_out(self) -> int:
        """Papers that lie in the tray."""
        return len(self._out)

    def put_out(self, paper: PrintedPaper) -> None:
        """Print."""
        with self.lock:
            self.sheets -= paper.copies
            self.jobs[paper.job_id] = PaperJobState.DONE
            self._out.append(paper)

    def take_papers(self) -> list[PrintedPaper]:
        """Empty the tray, stuck paper too; the first printed comes first."""
        with self.lock:
            papers, self._out = self._out, []
        self.script.settle(FaultName.PAPER_JAM)
        return papers

    def load_paper(self, sheets: int = TRAY_HOLDS) -> None:
        """Fill the paper tray."""
        with self.lock:
            self.sheets = sheets
        self.script.settle(FaultName.OUT_OF_PAPER)

    def remedy(self) -> None:
        super().remedy()
        if self.sheets <= 0:
            self.load_paper()

    def reasons(self) -> tuple[HealthReason, ...]:
        own: tuple[HealthReason, ...] = ()
        if self.sheets <= 0:
            own = (HealthReason.OUT_OF_PAPER,)
        elif self.sheets <= PAPER_LOW:
            own = (HealthReason.PAPER_LOW,)
        return tuple(dict.fromkeys(own + super().reasons()))

    def supplies(self) -> tuple[Supply, ...]:
        sheets = self.sheets
        return (Supply(SupplyName.PAPER, max(0, sheets), TRAY_HOLDS, sheets <= PAPER_LOW),)


class SimulatedDocumentPrinter(SimulatedDevice[PaperCore], DocumentPrinter):
    """The adapter of a PaperCore; a copy counts as one sheet."""

    PER_COPY = 3.0

    def print_pdf(
        self, pdf: bytes, copies: int, job_id: str, *, timeout: float, cancel: Cancel = None
    ) -> str:
        if not pdf.startswith(b"%PDF-") or copies < 1:
            raise ValueError("a PDF and at least one copy")
        core = self._core
        budget = self._begin(timeout, cancel, "paper")
        if core.jobs.get(job_id) is PaperJobState.DONE:
            return job_id
        if core.sheets < copies:
            raise OutOfPaper
        fault = self._step("paper", self.PER_COPY * copies, budget)
        name = fault.fault if fault else None
        if fault is not None and fault.stays:
            core.script.stand(fault)
        match name:
            case FaultName.OUT_OF_PAPER:
                core.jobs[job_id] = PaperJobState.HELD
                raise OutOfPaper
            case FaultName.PAPER_JAM:
                core.jobs[job_id] = PaperJobState.FAILED
                raise PaperJam
            case FaultName.JOB_LOST:
                core.jobs.pop(job_id, None)
            case _:
                core.put_out(PrintedPaper(job_id, pdf, copies))
        return job_id

    def job_state(self, job_id: str, *, timeout: float, cancel: Cancel = None) -> PaperJobState:
        self._begin(timeout, cancel, "job_state")
        return self._core.jobs.get(job_id, PaperJobState.UNKNOWN)
