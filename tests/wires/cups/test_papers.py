"""Papers through a real print service: once, and taken back when they can't be printed."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from devices.device import HealthReason
from devices.document_printer import PaperJobState
from devices.errors import DeviceFault, JobStopped, NotConnected, OutOfPaper, PaperJam
from devices.simulators.faults import Fault, FaultName
from tests.wires.cups.conftest import Documents
from tests.wires.rigs.cups import until

LONG = 30.0


def pdf(text: str = "CONTOH") -> bytes:
    out = io.BytesIO()
    page = Canvas(out, pagesize=(595, 842))
    page.drawString(72, 770, text)
    page.save()
    return out.getvalue()


def test_a_paper_comes_out_once(papers: Documents) -> None:
    number = papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG)
    assert number.isdigit()
    assert papers.printer.job_state("paper-1", timeout=5) is PaperJobState.DONE
    assert papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG) == number
    assert len(papers.folder.printed()) == 1
    assert papers.printer.job_state("paper-2", timeout=5) is PaperJobState.UNKNOWN
    with pytest.raises(ValueError):
        papers.printer.print_pdf(b"GIF89a", 1, "paper-3", timeout=LONG)
    with pytest.raises(ValueError):
        papers.printer.print_pdf(pdf(), 0, "paper-3", timeout=LONG)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "wanted"),
    [(FaultName.OUT_OF_PAPER, OutOfPaper), (FaultName.PAPER_JAM, PaperJam)],
)
def test_a_paper_that_can_t_come_out_is_taken_back(
    papers: Documents, fault: FaultName, wanted: type[DeviceFault]
) -> None:
    papers.folder.order(Fault("paper", fault))
    with pytest.raises(wanted):
        papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG)
    assert papers.rig.open_jobs(papers.machine.name) == 0
    assert papers.printer.job_state("paper-1", timeout=5) is PaperJobState.FAILED
    papers.folder.mend()
    until(lambda: not papers.printer.health(timeout=2).reasons, "well again")
    papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG)
    assert len(papers.folder.printed()) == 1, "one paper, though it was sent twice"


@pytest.mark.fault
def test_switched_off(papers: Documents) -> None:
    papers.machine.off()
    assert HealthReason.NOT_ANSWERING in papers.printer.health(timeout=2).reasons
    with pytest.raises(NotConnected):
        papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG)
    assert papers.rig.open_jobs(papers.machine.name) == 0


@pytest.mark.fault
def test_an_aborted_paper_is_told(papers: Documents) -> None:
    papers.folder.order(Fault("paper", FaultName.HALF_PRINTED))
    with pytest.raises(JobStopped):
        papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG)
    papers.printer.print_pdf(pdf(), 1, "paper-1", timeout=LONG)
    assert len(papers.folder.printed()) == 1
