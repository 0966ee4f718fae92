"""Test page of the document printer: a ruler, a fine grid of greys, and the smallest type in use.

A5, so that it shows whether the printer takes the papers that the counter prints most.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.papers.base import Imprint, Line, Number, Says, Voice


@dataclass(frozen=True, slots=True)
class PrinterTest:
    """Which printer printed it."""

    imprint: Imprint
    device: Line
    model: Line
    serial: Number


def printer_test(data: PrinterTest, says: Says) -> bytes:
    """The page as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A5
    title = voice.both("papers.printer_test.title")
    story = parts.opening(title, data.imprint, voice, look)
    story.append(
        parts.pairs(
            [
                (voice.both("papers.printer_test.device"), data.device),
                (voice.both("papers.printer_test.model"), data.model),
                (voice.both("papers.printer_test.serial"), data.serial),
            ],
            look,
        )
    )
    story += [parts.gap(3), parts.words(voice.both("papers.printer_test.look"), look)]
    story += parts.section(voice.both("papers.printer_test.type"), look)
    for kind in ("body", "small", "caption"):
        story += [parts.words("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 Il1 O0", look, kind)]
    return press.printed(story, data.imprint, voice, look, title[0])
