"""Courier label, 100 x 75 mm: waybill and case as Code 128, who sends, who receives.

One label is one page, so here a text that doesn't fit is made smaller down to what a postman
reads, and past that refused; it is never cut. Nothing on it tells that a licence is inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.papers.base import Address, Imprint, Name, Number, Phone, Place, Says, Voice, Word
from desktop.papers.errors import PaperField, TooLongToPrint

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MM = 72 / 25.4
WIDTH, HEIGHT, MARGIN = 100 * MM, 75 * MM, 3.5 * MM
ROOM = WIDTH - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class CourierLabel:
    """`waybill` and `case` are printed as barcodes: ASCII only. The office of the imprint is
    sender and return address."""

    imprint: Imprint
    waybill: Number
    case: Number
    courier: Name
    service: Word
    recipient: Name
    address: Address
    city: Place
    postcode: Number
    phone: Phone
    weight_grams: int = 0


@dataclass(frozen=True, slots=True)
class _Box:
    """A place on the label, its upper left corner in points from the sheet's upper left."""

    left: float
    top: float
    width: float
    height: float


def courier_label(data: CourierLabel, says: Says) -> bytes:
    """The label as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import press

    data, voice = press.ready(data), Voice(says)
    title = says("papers.label.title")

    def draw(canvas: Canvas) -> None:
        _draw_courier(canvas, data, voice)
        _draw_recipient(canvas, data, voice)
        _draw_sender(canvas, data, voice)

    return press.printed_page(draw, data.imprint, voice, WIDTH, HEIGHT, title)


def _put(
    canvas: Canvas, text: str, box: _Box, font: str, most: float, least: float, field: PaperField
) -> float:
    """Write the text as large as the box allows; returns the height used."""
    from xml.sax.saxutils import escape

    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    body = escape(text).replace("\n", "<br/>")
    size = most
    while True:
        style = ParagraphStyle("label", fontName=font, fontSize=size, leading=size * 1.2)
        paragraph = Paragraph(body, style)
        _, used = paragraph.wrap(box.width, box.height)
        if used <= box.height:
            paragraph.drawOn(canvas, box.left, HEIGHT - box.top - used)
            return used
        if size <= least:
            raise TooLongToPrint(field, max(1, int(len(text) * box.height / used * 0.9)))
        size = max(least, size - 0.25)


def _bars(canvas: Canvas, value: str, box: _Box, text_size: float) -> None:
    """A centred barcode with its text below it, for the day the scanner is broken."""
    from desktop.papers import pictures, press

    code = pictures.code128(value, box.width, box.height - text_size * 1.25)
    left = box.left + (box.width - code.width) / 2
    code.drawOn(canvas, left, HEIGHT - box.top - box.height + text_size * 1.25)
    size = text_size
    while canvas.stringWidth(value, press.MONO_BOLD, size) > box.width:
        size -= 0.2
    canvas.setFont(press.MONO_BOLD, size)
    canvas.drawCentredString(box.left + box.width / 2, HEIGHT - box.top - box.height + 1.6, value)


def _rule(canvas: Canvas, top: float) -> None:
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, HEIGHT - top, WIDTH - MARGIN, HEIGHT - top)


def _draw_courier(canvas: Canvas, data: CourierLabel, voice: Voice) -> None:
    from desktop.papers import press

    line = " · ".join(part for part in (data.courier, voice.word(data.service)) if part)
    left = _Box(MARGIN, 2.6 * MM, ROOM * 0.74, 5.6 * MM)
    _put(canvas, line, left, press.BOLD, 11, 6, PaperField.NAME)
    if data.weight_grams:
        canvas.setFont(press.MEDIUM, 8)
        weight = voice.says("papers.label.weight", grams=data.weight_grams)
        canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 2.6 * MM - 9.5, weight)
    _bars(canvas, data.waybill, _Box(MARGIN, 8.2 * MM, ROOM, 15.4 * MM), 10)
    _rule(canvas, 24.2 * MM)


def _draw_recipient(canvas: Canvas, data: CourierLabel, voice: Voice) -> None:
    from desktop.papers import press

    top, end = 24.8 * MM, 51.4 * MM
    head = voice.says("papers.label.to", phone=data.phone)
    top += _put(
        canvas, head, _Box(MARGIN, top, ROOM, 3.4 * MM), press.MEDIUM, 7, 5, PaperField.PHONE
    )
    name = _Box(MARGIN, top, ROOM, 8.8 * MM)
    top += _put(canvas, data.recipient, name, press.BOLD, 12, 6.5, PaperField.NAME)
    city = f"{data.city}  {data.postcode}".strip()
    city_top = end - 4.9 * MM
    used = _put(
        canvas,
        data.address,
        _Box(MARGIN, top, ROOM, city_top - top),
        press.REGULAR,
        10,
        6,
        PaperField.ADDRESS,
    )
    _put(
        canvas,
        city,
        _Box(MARGIN, min(top + used + 1, city_top), ROOM, 4.9 * MM),
        press.BOLD,
        10.5,
        6,
        PaperField.PLACE,
    )
    _rule(canvas, end)


def _draw_sender(canvas: Canvas, data: CourierLabel, voice: Voice) -> None:
    from desktop.papers import press

    office, says, anchor = data.imprint.office, voice.says, data.imprint.anchor
    wide, top = 70 * MM, 52 * MM
    top += _put(
        canvas,
        says("papers.label.sender"),
        _Box(MARGIN, top, wide, 3.4 * MM),
        press.MEDIUM,
        6.5,
        5,
        PaperField.LINE,
    )
    city = "" if office.city in office.address else f", {office.city}"
    sender = f"{office.name} · {office.address}{city} · {office.phone}"
    _put(
        canvas,
        sender,
        _Box(MARGIN, top, wide, 62.2 * MM - top),
        press.REGULAR,
        7,
        4.8,
        PaperField.ADDRESS,
    )
    _bars(canvas, data.case, _Box(MARGIN, 62.6 * MM, wide, 10 * MM), 7)
    side = 18 * MM
    left = WIDTH - MARGIN - side
    press.draw_qr(canvas, anchor.text(), left, HEIGHT - 51.8 * MM - side, side)
    canvas.setFont(press.MEDIUM, 5.4)
    where = f"{anchor.counter} · {anchor.epoch} · {anchor.seq}"
    canvas.drawCentredString(left + side / 2, HEIGHT - 71 * MM, where)
    size = 5.4
    while canvas.stringWidth(data.imprint.number, press.MEDIUM, size) > side + 2 * MM:
        size -= 0.2
    canvas.setFont(press.MEDIUM, size)
    canvas.drawCentredString(left + side / 2, HEIGHT - 73 * MM, data.imprint.number)
