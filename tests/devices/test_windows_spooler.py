"""The Windows queue: drawn dot for dot, followed and taken back. winspool itself wasn't run."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from devices.adapters.windows_drawing import card_printer, draw_pages, pdf_pages
from devices.adapters.windows_queue import OURS, PRINTED, WindowsQueue
from devices.adapters.windows_spooler import WindowsCardPrinter
from devices.device import DeviceKind, HealthReason
from devices.errors import (
    AlreadyPrinted,
    Busy,
    Cancelled,
    CardJam,
    JobStopped,
    NotConnected,
    OutOfCards,
    QueueMissing,
)
from devices.wire.winspool import WindowsJob, WinSpool
from tests.devices.contracts.rigs import FRONT, picture

LONG = 30.0


@dataclass
class Spool:
    """A spooler's answers, by the number of looks at its jobs."""

    statuses: list[int] = field(default_factory=lambda: [0x10, PRINTED])
    printer: int = 0
    gone: bool = False
    foreign: bool = False
    leaves: bool = False
    """After its last status the job is no longer there, instead of keeping it."""
    refuses: bool = False
    deleted: list[int] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    def names(self) -> tuple[str, ...]:
        if self.gone:
            raise OSError
        return ("KARTU",)

    def status(self, queue: str) -> int:
        return self.printer

    def jobs(self, queue: str) -> tuple[WindowsJob, ...]:
        other = (WindowsJob(1, "surat", 0),) if self.foreign else ()
        if not self.drawn or self.deleted or not self.statuses:
            return other
        stays = len(self.statuses) == 1 and not self.leaves
        status = self.statuses[0] if stays else self.statuses.pop(0)
        return (*other, WindowsJob(7, self.drawn[-1], status))

    def delete(self, queue: str, number: int) -> None:
        self.deleted.append(number)

    def draw(self, queue: str, title: str, pages: list[bytes], two_sided: bool) -> None:
        self.drawn.append(title)
        if self.refuses:
            raise OSError("takes no document")


def printer(spool: Spool, pause: Callable[..., bool] = lambda s, c: True) -> WindowsCardPrinter:
    queue = WindowsQueue("KARTU", DeviceKind.CARD_PRINTER, pause, spool, spool.draw)
    made = WindowsCardPrinter("card_printer", queue)
    made.open(timeout=5)
    return made


def test_a_card_goes_through() -> None:
    spool = Spool()
    printer(spool).print_card(FRONT, FRONT, "job-1", timeout=LONG)
    assert spool.drawn == [f"{OURS}job-1"]
    assert spool.deleted == []


@pytest.mark.parametrize(
    ("spool", "wanted"),
    [
        (Spool([0x10], printer=0x8), CardJam),
        (Spool([0x10], printer=0x10), OutOfCards),
        (Spool([0x2]), JobStopped),
        (Spool([0x20]), NotConnected),
    ],
)
def test_a_stopped_job_is_taken_back(spool: Spool, wanted: type[Exception]) -> None:
    with pytest.raises(wanted):
        printer(spool).print_card(FRONT, b"", "job-1", timeout=LONG)
    assert spool.deleted == [7]


def test_a_job_that_somebody_clears_away_counts_as_stopped() -> None:
    """It waited and was never seen to print; one that prints, or is out at once, is done."""
    cleared = Spool([0x0] * 20, leaves=True)
    with pytest.raises(JobStopped):
        printer(cleared).print_card(FRONT, b"", "job-1", timeout=LONG)
    for statuses in ([0x0] * 20 + [0x10], [0x8], []):
        printer(Spool(statuses, leaves=True)).print_card(FRONT, b"", "job-1", timeout=LONG)


def test_a_refused_drawing_is_told_as_a_fault_and_leaves_no_job() -> None:
    spool = Spool([0x8], refuses=True)
    with pytest.raises(NotConnected):
        printer(spool).print_card(FRONT, b"", "job-1", timeout=LONG)
    assert spool.deleted == [7]


def test_a_cancelled_job_is_taken_back() -> None:
    spool = Spool([0x10])
    with pytest.raises(Cancelled):
        printer(spool, lambda s, c: False).print_card(FRONT, b"", "job-1", timeout=LONG)
    assert spool.deleted == [7]


def test_nothing_is_printed_beside_another_job_or_twice() -> None:
    with pytest.raises(Busy):
        printer(Spool(foreign=True)).print_card(FRONT, b"", "job-1", timeout=LONG)
    spool = Spool([0x10], drawn=[f"{OURS}job-1"])
    with pytest.raises(AlreadyPrinted):
        printer(spool).print_card(FRONT, b"", "job-1", timeout=LONG)


def test_health_and_absence() -> None:
    spool = Spool(printer=0x40000 | 0x80)
    assert set(printer(spool).health(timeout=1).reasons) == {
        HealthReason.NOT_ANSWERING,
        HealthReason.RIBBON_ENDED,
    }
    with pytest.raises(NotConnected):
        printer(Spool(gone=True))
    queue = WindowsQueue("LAIN", DeviceKind.CARD_PRINTER, lambda s, c: True, Spool(), spool.draw)
    with pytest.raises(QueueMissing):
        WindowsCardPrinter("card_printer", queue).open(timeout=1)
    with pytest.raises(OSError, match="winspool"):
        WinSpool().names()


@pytest.mark.usefixtures("qapp")
def test_qt_draws_faces_in_their_place(tmp_path: Path) -> None:
    """Through Qt's own PDF printer: fields of ten dots lie where they were drawn."""
    from PySide6.QtPrintSupport import QPrinter

    fields = Image.effect_noise((101, 63), 60).convert("RGB")
    face = Image.new("RGB", (1011, 638), "white")
    face.paste(fields.resize((1010, 630), Image.Resampling.NEAREST))
    out = io.BytesIO()
    face.save(out, "PNG")
    target = card_printer("", "uji", two_sided=True)
    target.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    target.setOutputFileName(str(tmp_path / "card.pdf"))
    draw_pages(target, [out.getvalue(), picture(size=(1011, 638))])
    pages = pdf_pages((tmp_path / "card.pdf").read_bytes())
    assert len(pages) == 2
    with Image.open(io.BytesIO(pages[0])) as drawn:
        assert abs(drawn.width - 1011) <= 2
        middles = drawn.convert("RGB").crop((0, 0, 1010, 630)).resize((101, 63), Image.BOX)
    off = ImageChops.difference(middles, fields).convert("L")
    assert sum(off.histogram()[n] * n for n in range(256)) / (101 * 63) < 12
