"""The pieces that papers repeat: letterhead, heading, facts, tables, signatures, barcodes.

Texts come in as they are and are escaped here, so that a name with "<" or "&" stays a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    HRFlowable,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
)

from desktop.papers import pictures, press
from desktop.papers.base import Imprint, Signatory, Tally, Voice, count_text
from desktop.papers.errors import PaperField
from desktop.papers.press import Look

Both = tuple[str, str]
Cell = str | Both


def markup(text: Cell, look: Look) -> str:
    """Escaped text; a pair becomes a line and under it the second language, smaller."""
    first, second = text if isinstance(text, tuple) else (text, "")
    out = escape(first).replace("\n", "<br/>")
    if second:
        size = look.small * 0.97
        below = escape(second).replace("\n", "<br/>")
        out += f'<br/><font name="{press.REGULAR}" size="{size:.2f}" color="#414b5a">{below}</font>'
    return out


def words(text: Cell, look: Look, kind: str = "body") -> Paragraph:
    style = look.style(kind)
    if isinstance(text, tuple) and text[1]:
        # Two sizes in one paragraph: each line as high as its own. Only for our own short words,
        # because reportlab can't tear such a paragraph across pages.
        style = ParagraphStyle(f"{kind}-two", style, autoLeading="min")
    return Paragraph(markup(text, look), style)


def gap(height_mm: float) -> Spacer:
    return Spacer(1, height_mm * mm)


def letterhead(imprint: Imprint, voice: Voice, look: Look) -> list[Flowable]:
    """Whose paper it is and how to reach them."""
    office, says = imprint.office, voice.says
    left = [
        words(says("papers.letterhead.force"), look, "force"),
        words(says("papers.letterhead.region", polda=office.polda.upper()), look, "force"),
        words(office.name, look, "office"),
    ]
    right = [
        words(office.address, look, "right"),
        words(says("papers.letterhead.phone", phone=office.phone), look, "right"),
    ]
    table = _table([[left, right]], colWidths=[look.column * 0.56, look.column * 0.44])
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    rule = HRFlowable(look.column, 1.4, color=press.ACCENT, spaceBefore=0, spaceAfter=look.body)
    return [table, rule]


def heading(title: Both, imprint: Imprint, voice: Voice, look: Look) -> list[Flowable]:
    """The paper's title, its number, and whether it is a copy."""
    out: list[Flowable] = [words(title[0].upper(), look, "title")]
    if title[1]:
        out.append(words(title[1], look, "subtitle"))
    number = voice.says("papers.number", number=imprint.number)
    out.append(words(number, look, "subtitle"))
    if imprint.copy:
        out.append(words(voice.says("papers.copy", copy=imprint.copy), look, "subtitle"))
    return [*out, Spacer(1, look.body * 0.9)]


def opening(title: Both, imprint: Imprint, voice: Voice, look: Look) -> list[Flowable]:
    return [*letterhead(imprint, voice, look), *heading(title, imprint, voice, look)]


def section(title: Cell, look: Look) -> list[Flowable]:
    """A heading that never stands alone at the foot of a page; both languages on one line."""
    first, second = title if isinstance(title, tuple) else (title, "")
    text = escape(first)
    if second:
        text += f' <font name="{press.REGULAR}" size="{look.small}"> / {escape(second)}</font>'
    head = Paragraph(text, look.style("section"))
    return [CondPageBreak(look.body * 7), Spacer(1, look.body * 0.8), head, Spacer(1, 2.5)]


_TALL = 600


def _table(rows: Sequence[list[Any]], **options: Any) -> Table:
    """A table whose empty cells don't bring in reportlab's own font, which isn't embedded."""
    table = Table(rows, **options)
    table.setStyle([("FONTNAME", (0, 0), (-1, -1), press.REGULAR)])
    return table


_PLAIN: list[tuple[Any, ...]] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
]


def facts(
    rows: Iterable[tuple[Both, Cell]], look: Look, width: float | None = None, share: float = 0.34
) -> Flowable:
    """Captions and values, one under the other; rows without a value are left out."""
    room = width or look.column
    filled = [
        (caption, value)
        for caption, value in rows
        if (value[0] if isinstance(value, tuple) else value)
    ]
    body = [
        [words(caption, look, "caption"), words(value, look, "strong")] for caption, value in filled
    ]
    if not body:
        return Spacer(1, 0)
    # A row is torn across pages only where it may be taller than one.
    tall = any(len("".join(value)) > _TALL for _, value in filled)
    table = _table(
        body, colWidths=[room * share, room * (1 - share)], hAlign="LEFT", splitInRow=int(tall)
    )
    table.setStyle([*_PLAIN, ("LINEBELOW", (0, 0), (-1, -2), 0.35, press.LINE)])
    return table


def pairs(rows: Iterable[tuple[Both, Cell]], look: Look, width: float | None = None) -> Flowable:
    """Captions above their values, two to a row: half the height of `facts`, for short values."""

    def inline(text: Cell) -> str:
        return " / ".join(dict.fromkeys(filter(None, text if isinstance(text, tuple) else (text,))))

    blocks: list[Any] = [
        [words(inline(caption), look, "fine"), words(inline(value), look, "strong")]
        for caption, value in rows
        if inline(value)
    ]
    if not blocks:
        return Spacer(1, 0)
    blocks += [""] * (len(blocks) % 2)
    half = (width or look.column) / 2
    body = [blocks[at : at + 2] for at in range(0, len(blocks), 2)]
    table = _table(body, colWidths=[half, half], hAlign="LEFT")
    table.setStyle(_PLAIN)
    return table


def grid(
    look: Look,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    shares: Sequence[float],
    *,
    right: Iterable[int] = (),
    mono: Iterable[int] = (),
    totals: int = 0,
    empty: str = "",
    width: float = 1.0,
) -> Flowable:
    """A ruled table whose head is repeated on each page; the last `totals` rows stand out.

    `shares` are the columns' parts of the width; `right` and `mono` name columns by index;
    `width` is the table's part of the sheet.
    """
    ends, machine = set(right), set(mono)
    if not rows:
        return words(empty, look, "small")

    def cell(text: Cell, column: int, row: int) -> Paragraph:
        strong = row >= len(rows) - totals
        kind = "cell-strong" if strong else "cell-mono" if column in machine else "cell"
        if column in ends:
            kind = "cell-strong-right" if strong else "cell-right"
        return words(text, look, kind)

    head = [
        words(text, look, "head-right" if i in ends else "head") for i, text in enumerate(heads)
    ]
    body = [[cell(text, i, at) for i, text in enumerate(row)] for at, row in enumerate(rows)]
    unit = look.column * width / sum(shares)
    table = _table(
        [head, *body], colWidths=[share * unit for share in shares], repeatRows=1, hAlign="LEFT"
    )
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("BACKGROUND", (0, 0), (-1, 0), press.FILL),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, press.ACCENT),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, press.ACCENT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.35, press.LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3.2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3.2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
    ]
    if totals:
        style.append(("LINEABOVE", (0, -totals), (-1, -totals), 0.8, press.ACCENT))
        style.append(("BACKGROUND", (0, -totals), (-1, -1), press.FILL))
    table.setStyle(style)
    return table


def tallies(title: Cell, counts: Sequence[Tally], voice: Voice, look: Look) -> list[Flowable]:
    """A section of plain counts; nothing where there are none."""
    if not counts:
        return []
    heads = [voice.says("papers.table.what"), voice.says("papers.table.count")]
    rows = [[voice.word(tally.what), count_text(tally.count)] for tally in counts]
    return [*section(title, look), grid(look, heads, rows, (60, 14), right=(1,), width=0.6)]


def listing(items: Iterable[Cell], look: Look, kind: str = "body") -> Flowable:
    """Numbered lines."""
    rows = [
        [words(f"{at}.", look, kind), words(text, look, kind)] for at, text in enumerate(items, 1)
    ]
    if not rows:
        return Spacer(1, 0)
    table = _table(rows, colWidths=[look.body * 2, look.column - look.body * 2], hAlign="LEFT")
    table.setStyle([*_PLAIN, ("RIGHTPADDING", (0, 0), (-1, -1), 0)])
    return table


def boxed(flowables: Sequence[Flowable], look: Look, *, alarm: bool = False) -> Flowable:
    """A frame for what must not be overlooked."""
    table = _table([[item] for item in flowables], colWidths=[look.column], splitInRow=1)
    table.setStyle(
        [
            ("BOX", (0, 0), (-1, -1), 1.0, press.ALARM if alarm else press.ACCENT),
            ("LEFTPADDING", (0, 0), (-1, -1), 6),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, 0), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, -1), (-1, -1), 5),
        ]
    )
    return table


def grouped_hex(digest: str) -> str:
    """Hex in fours, so that it can be read aloud and compared."""
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def _signature(
    person: Signatory, imprint: Imprint, voice: Voice, look: Look, inked: bytes
) -> list[Flowable]:
    says = voice.says
    block: list[Flowable] = [words(voice.word_both(person.duty), look, "caption")]
    if person.signed_at is not None:
        when = voice.moment(person.signed_at, imprint.zone)
        block.append(words(says("papers.signed", moment=when), look, "fine"))
        if person.digest:
            block.append(words(grouped_hex(person.digest), look, "mono"))
        block.append(gap(1.5))
    elif inked:
        block.append(pictures.picture(inked, look.column * 0.36, 11 * mm, PaperField.SIGNATURE))
    else:
        block.append(gap(13 if look is press.A4 else 8))
    rule = HRFlowable("100%", 0.6, color=press.INK, spaceBefore=1, spaceAfter=2)
    block += [rule, words(person.name or " ", look, "strong")]
    # An empty line where there is no number keeps the rules of a pair on one height.
    number = says("papers.service_number", number=person.number) if person.number else "\u00a0"
    block.append(words(number, look, "small"))
    return block


def signatures(
    people: Sequence[Signatory],
    imprint: Imprint,
    voice: Voice,
    look: Look,
    *,
    inked: Sequence[bytes] = (),
    dated: bool = True,
) -> list[Flowable]:
    """Signature blocks in pairs, under the place and date; hand them to `together` with what
    they sign.

    `inked` are pictures of handwritten signatures, in the order of the people; b"" for none.
    """
    across = 2
    widths = [look.column / across] * across
    pens = [*inked, *[b""] * len(people)]
    blocks = [
        _signature(person, imprint, voice, look, pen)
        for person, pen in zip(people, pens, strict=False)
    ]
    place = voice.says(
        "papers.place_date", city=imprint.office.city, date=voice.date(imprint.made_at)
    )
    if dated and len(blocks) == 1:
        # A single signature: place and date stand beside it, and the digest below them.
        only, cut = blocks[0], len(blocks[0]) - 3
        mark = only[1:cut] if people[0].signed_at is not None else []
        blocks = [[words(place, look), *mark], [only[0], *only[1 + len(mark) :]]]
        widths = [look.column * 0.57, look.column * 0.43]
        dated = False
    rows: list[list[Any]] = []
    for start in range(0, len(blocks), across):
        row: list[Any] = list(blocks[start : start + across])
        rows.append(row + [""] * (across - len(row)))
    table = _table(rows, colWidths=widths)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ]
    )
    above = [Spacer(1, look.body * 1.2), words(place, look), gap(1)] if dated else []
    return [*above, Spacer(1, look.body * 0.5), table]


def beside(left: Flowable | list[Flowable], right: Flowable, look: Look, share: float) -> Flowable:
    """Two things side by side, the left one taking `share` of the width."""
    table = _table([[left, right]], colWidths=[look.column * share, look.column * (1 - share)])
    table.setStyle([*_PLAIN, ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return table


def together(flowables: Sequence[Flowable]) -> Flowable:
    """Kept on one page where they fit on one: signatures stand under what they sign."""
    return KeepTogether([item for item in flowables if not isinstance(item, CondPageBreak)])
