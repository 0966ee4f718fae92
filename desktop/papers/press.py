"""Puts a paper on its sheets: fonts, page sizes, footer with the anchor's QR, page numbers.

Imported when something is printed, never at start: this is where reportlab comes in (180 ms).
reportlab keeps some state in its modules, so one paper is printed at a time, whatever lane asks.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from desktop.papers.base import Imprint, Voice, checked
from desktop.papers.errors import CannotPrintCharacters, PaperField
from desktop.qr import qr_modules

_T = TypeVar("_T")
_FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_ONE_AT_A_TIME = threading.RLock()

REGULAR, MEDIUM, SEMIBOLD, BOLD, MONO, MONO_BOLD = (
    "Loket-Regular",
    "Loket-Medium",
    "Loket-SemiBold",
    "Loket-Bold",
    "Loket-Mono",
    "Loket-MonoBold",
)
_FILES = {
    REGULAR: "Inter-Regular.ttf",
    MEDIUM: "Inter-Medium.ttf",
    SEMIBOLD: "Inter-SemiBold.ttf",
    BOLD: "Inter-Bold.ttf",
    MONO: "JetBrainsMono-Medium.ttf",
    MONO_BOLD: "JetBrainsMono-Bold.ttf",
}

# Dark enough for a worn toner: the palest text keeps 7:1 on white, and on the table heads.
INK = HexColor("#14181f")
MUTED = HexColor("#414b5a")
ACCENT = HexColor("#173a6a")
LINE = HexColor("#aab3c0")
FILL = HexColor("#e8edf4")
ALARM = HexColor("#9b1c1c")
QUIET_ZONE = 4


@dataclass(frozen=True)
class Look:
    """A sheet's size, margins and type sizes, in points."""

    width: float
    height: float
    margin: float
    body: float
    small: float
    title: float
    foot: float

    @property
    def column(self) -> float:
        """The room between the margins."""
        return self.width - 2 * self.margin

    def style(self, kind: str) -> ParagraphStyle:
        """One of the named paragraph styles at this sheet's size."""
        return _styles(self)[kind]


A6 = Look(105 * mm, 148 * mm, 7.5 * mm, 7.6, 6.3, 11, 22 * mm)
A5 = Look(148 * mm, 210 * mm, 10.5 * mm, 8.5, 7, 13, 22 * mm)
A4 = Look(210 * mm, 297 * mm, 17 * mm, 9.4, 7.8, 15, 23 * mm)


@cache
def _styles(look: Look) -> dict[str, ParagraphStyle]:
    load_fonts()
    body = ParagraphStyle(
        "body",
        fontName=REGULAR,
        fontSize=look.body,
        leading=look.body * 1.36,
        textColor=INK,
    )

    def like(
        name: str, font: str = REGULAR, size: float = look.body, **more: Any
    ) -> ParagraphStyle:
        return ParagraphStyle(name, body, fontName=font, fontSize=size, leading=size * 1.34, **more)

    cell = look.small * 0.97
    return {
        "body": body,
        "strong": like("strong", SEMIBOLD),
        "small": like("small", REGULAR, look.small),
        "caption": like("caption", MEDIUM, look.small, textColor=MUTED),
        "title": like("title", BOLD, look.title, textColor=ACCENT, alignment=TA_CENTER),
        "subtitle": like("subtitle", MEDIUM, look.body, textColor=INK, alignment=TA_CENTER),
        "section": like("section", SEMIBOLD, look.body * 1.12, textColor=ACCENT),
        "mono": like("mono", MONO, look.small * 0.9),
        "cell": like("cell", REGULAR, cell),
        "cell-right": like("cell-right", REGULAR, cell, alignment=TA_RIGHT),
        "cell-mono": like("cell-mono", MONO, cell * 0.95),
        "cell-strong": like("cell-strong", SEMIBOLD, cell),
        "cell-strong-right": like("cell-strong-right", SEMIBOLD, cell, alignment=TA_RIGHT),
        "head": like("head", SEMIBOLD, look.small * 0.96, textColor=ACCENT),
        "head-right": like(
            "head-right", SEMIBOLD, look.small * 0.96, textColor=ACCENT, alignment=TA_RIGHT
        ),
        "office": like("office", BOLD, look.body * 1.25, textColor=INK),
        "force": like("force", MEDIUM, look.small, textColor=MUTED),
        "right": like("right", REGULAR, look.small, textColor=INK, alignment=TA_RIGHT),
        "alarm": like("alarm", SEMIBOLD, textColor=ALARM),
        "fine": like("fine", REGULAR, max(5.6, look.small * 0.88), textColor=MUTED),
    }


@cache
def load_fonts() -> dict[str, TTFont]:
    """Register the bundled fonts, once in a process; only the used glyphs are embedded."""
    fonts = {name: TTFont(name, str(_FONTS / file)) for name, file in _FILES.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    for name in fonts:
        pdfmetrics.registerFontFamily(
            name, normal=name, bold=SEMIBOLD, italic=name, boldItalic=SEMIBOLD
        )
    return fonts


@cache
def _glyphs() -> frozenset[int]:
    """The characters that every one of the text fonts can draw."""
    fonts = load_fonts()
    sets = [frozenset(fonts[name].face.charToGlyph) for name in (REGULAR, MEDIUM, SEMIBOLD, BOLD)]
    return frozenset.intersection(*sets)


@cache
def _mono_glyphs() -> frozenset[int]:
    return frozenset(load_fonts()[MONO].face.charToGlyph)


def _printable(text: str, field: PaperField) -> None:
    """Refuse what would print as an empty box, or not at all: hidden and direction signs."""
    known = _glyphs() if field is not PaperField.NUMBER else _glyphs() & _mono_glyphs()
    for sign in text:
        if sign != "\n" and (not sign.isprintable() or ord(sign) not in known):
            raise CannotPrintCharacters(field)


def ready(data: _T) -> _T:
    """The data with texts tidied; raises the Problems of `desktop.papers.errors`."""
    with _ONE_AT_A_TIME:
        return checked(data, _printable)


def draw_qr(canvas: Canvas, text: str, left: float, bottom: float, side: float) -> None:
    """Draw the QR as vectors in a square with its quiet zone; `left`, `bottom` are its corner."""
    rows = qr_modules(text)
    unit = side / (len(rows) + 2 * QUIET_ZONE)
    canvas.saveState()
    canvas.setFillColor(HexColor("#000000"))
    path = canvas.beginPath()
    for index, row in enumerate(rows):
        y = bottom + side - (QUIET_ZONE + index + 1) * unit
        start = None
        for column, dark in enumerate([*row, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(left + (QUIET_ZONE + start) * unit, y, (column - start) * unit, unit)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


class _CountingCanvas(Canvas):
    """Holds the pages back until the last one is known, then finishes each with "x of y"."""

    def __init__(
        self, *args: Any, finish: Callable[[Canvas, int, int], None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._finish = finish
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._held.append(dict(self.__dict__))
        self._startPage()  # pyright: ignore[reportAttributeAccessIssue]  not in its stub

    def save(self) -> None:
        for number, page in enumerate(self._held, 1):
            self.__dict__.update(page)
            self._finish(self, number, len(self._held))
            super().showPage()
        super().save()


def watermark(canvas: Canvas, word: str, width: float, height: float) -> None:
    """The training realm's word across the sheet, over everything and through everything."""
    size = 100.0
    reach = 0.72 * (width**2 + height**2) ** 0.5
    size *= reach / canvas.stringWidth(word, BOLD, size)
    size = min(size, min(width, height) * 0.36)
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(52 if height > width else 32)
    canvas.setFillColor(Color(0.61, 0.11, 0.11, alpha=0.09))
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(0, -size * 0.36, word)
    canvas.restoreState()


def _foot_lines(imprint: Imprint, voice: Voice) -> list[tuple[str, str]]:
    """The anchor in plain text and who printed when: (font, text)."""
    says, anchor = voice.says, imprint.anchor
    head = " ".join(anchor.head[i : i + 4] for i in range(0, 32, 4))
    lines = [
        (
            MEDIUM,
            says("papers.foot.anchor", counter=anchor.counter, epoch=anchor.epoch, seq=anchor.seq),
        ),
        (MONO, head),
        (
            REGULAR,
            says(
                "papers.foot.printed",
                moment=voice.moment(imprint.made_at, imprint.zone),
                officer=imprint.officer_number,
            ),
        ),
    ]
    if imprint.training:
        lines.append((SEMIBOLD, says("papers.foot.training")))
    return lines


def _finish_page(
    canvas: Canvas,
    number: int,
    total: int,
    *,
    imprint: Imprint,
    voice: Voice,
    look: Look,
    title: str,
) -> None:
    """Footer, running head and watermark, once the number of pages is known."""
    says, left, right = voice.says, look.margin, look.width - look.margin
    size = max(5.4, look.small * 0.86)
    top = look.foot
    canvas.saveState()
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    canvas.line(left, top, right, top)
    side = look.foot - 3 * mm
    quiet = side * QUIET_ZONE / (len(qr_modules(imprint.anchor.text())) + 2 * QUIET_ZONE)
    draw_qr(canvas, imprint.anchor.text(), left - quiet, 2.6 * mm, side)
    page = says("papers.foot.page", page=number, pages=total)
    canvas.setFont(SEMIBOLD, size * 1.05)
    canvas.setFillColor(INK)
    page_width = canvas.stringWidth(page, SEMIBOLD, size * 1.05)
    canvas.drawRightString(right, top - size * 1.7, page)
    x, y = left - quiet + side + 1 * mm, top - size * 1.7
    for font, text in _foot_lines(imprint, voice):
        canvas.setFont(font, size)
        room = right - x - (page_width + 2 * mm if y > top - size * 2 else 0)
        for line in simpleSplit(text, font, size, room):
            canvas.drawString(x, y, line)
            y -= size * 1.36
    if number > 1:
        canvas.setFont(MEDIUM, size * 1.1)
        canvas.setFillColor(MUTED)
        y = look.height - look.margin * 0.75
        running = f"{imprint.office.name} · {title} · {imprint.number}"
        canvas.drawString(left, y, simpleSplit(running, MEDIUM, size * 1.1, right - left)[0])
        canvas.line(left, y - 4, right, y - 4)
    canvas.restoreState()
    if imprint.training:
        watermark(canvas, says("papers.sample"), look.width, look.height)


def printed(
    story: Sequence[Flowable], imprint: Imprint, voice: Voice, look: Look, title: str
) -> bytes:
    """The paper as PDF bytes. `title` names the kind of paper and stands in the file's own data;
    nothing there names a person."""
    with _ONE_AT_A_TIME:
        load_fonts()
        out = io.BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=(look.width, look.height),
            invariant=1,
            title=f"{title} {imprint.number}",
            author=imprint.office.name,
            lang="id",
            initialFontName=REGULAR,
        )
        frame = Frame(
            look.margin,
            look.foot + 2 * mm,
            look.column,
            look.height - look.foot - 2 * mm - look.margin,
            0,
            0,
            0,
            0,
        )
        later = Frame(
            look.margin,
            look.foot + 2 * mm,
            look.column,
            look.height - look.foot - 2 * mm - look.margin - 1.5 * mm,
            0,
            0,
            0,
            0,
        )
        document.addPageTemplates(
            [
                PageTemplate("first", [frame], autoNextPageTemplate="later"),
                PageTemplate("later", [later]),
            ]
        )
        finish = partial(_finish_page, imprint=imprint, voice=voice, look=look, title=title)
        document.build(list(story), canvasmaker=partial(_CountingCanvas, finish=finish))
        return out.getvalue()


def printed_page(
    draw: Callable[[Canvas], None],
    imprint: Imprint,
    voice: Voice,
    width: float,
    height: float,
    title: str,
) -> bytes:
    """One page drawn by hand (a label): same promises as `printed`, without head and footer."""
    with _ONE_AT_A_TIME:
        load_fonts()
        out = io.BytesIO()
        canvas = Canvas(
            out,
            pagesize=(width, height),
            invariant=1,
            lang="id",
            initialFontName=REGULAR,  # pyright: ignore[reportArgumentType]  its stub says float
        )
        canvas.setTitle(f"{title} {imprint.number}")
        canvas.setAuthor(imprint.office.name)
        draw(canvas)
        if imprint.training:
            watermark(canvas, voice.says("papers.sample"), width, height)
        canvas.showPage()
        canvas.save()
        return out.getvalue()
