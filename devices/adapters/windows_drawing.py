"""Drawing on a queue of Windows with Qt: a card's faces, a document's pages.

The one place in `devices` that may import Qt: Windows offers no IPP, and drawing through its
drivers by hand would be Qt written again.

Exactness: the page is set to the card's size in millimetres and its margins to none, but the face
is drawn into device dots, never into Qt's page rectangle: Qt rounds that to whole points (243 x
153 points make 1012 x 637 dots).
"""

from __future__ import annotations

from typing import Any

MM_WIDE, MM_HIGH, DPI = 85.6, 53.98, 300


def pdf_pages(pdf: bytes) -> list[bytes]:
    """A PDF's pages as PNG at 300 dpi."""
    import io

    import pypdfium2

    pages: list[bytes] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            out = io.BytesIO()
            scale: Any = DPI / 72  # whole numbers are all that its annotation knows
            page.render(scale=scale).to_pil().save(out, "PNG")
            pages.append(out.getvalue())
    return pages


def draw_pages(printer: Any, pages: list[bytes]) -> None:
    """Draw pictures on a QPrinter, a page each, dot for dot from the paper's corner."""
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    painter = QPainter()
    if not painter.begin(printer):
        raise OSError("the printer takes no document")
    try:
        for number, page in enumerate(pages):
            image = QImage.fromData(page)
            if number:
                printer.newPage()
            dots = printer.resolution() / DPI
            target = QRect(0, 0, round(image.width() * dots), round(image.height() * dots))
            painter.drawImage(target, image)
    finally:
        painter.end()


def card_printer(queue: str, title: str, two_sided: bool) -> Any:
    """A QPrinter set to a card without margins."""
    from PySide6.QtCore import QMarginsF, QSizeF
    from PySide6.QtGui import QPageLayout, QPageSize
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if queue:
        printer.setPrinterName(queue)
    printer.setDocName(title)
    printer.setResolution(DPI)
    printer.setFullPage(True)
    size = QPageSize(QSizeF(MM_WIDE, MM_HIGH), QPageSize.Unit.Millimeter, "ID-1")
    landscape = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF())
    landscape.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(landscape)
    side = QPrinter.DuplexMode.DuplexLongSide if two_sided else QPrinter.DuplexMode.DuplexNone
    printer.setDuplex(side)
    return printer


def draw_card(queue: str, title: str, pages: list[bytes], two_sided: bool) -> None:
    """Draw a card's faces on a queue."""
    draw_pages(card_printer(queue, title, two_sided), pages)


def draw_paper(queue: str, title: str, pages: list[bytes], two_sided: bool) -> None:
    """Draw a document's pages on a queue, on its own paper."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPrinterName(queue)
    printer.setDocName(title)
    printer.setFullPage(True)
    draw_pages(printer, pages)
