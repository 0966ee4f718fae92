"""What writing a licence into a chip costs, against the least that its data need.

    .venv/bin/python -m tests.chip.bench_chip

The least: SELECT, both commands of a mutual authentication, the bytes of the files in short
commands of 255, one to lock; five bytes of header each and two of status, no MAC, no padding.
Times on the air are worked out for ISO/IEC 14443 type A, frames of 256 bytes, nine bits a byte,
three bytes around a frame and 86 microseconds before each; the chip's own work comes on top.
Ends with 1 when a ratio is over its limit.
"""

from __future__ import annotations

import sys

from desktop.cards.chip import groups
from desktop.cards.chip.pictures import PORTRAIT, SIGNATURE, jpeg
from desktop.pictures import encode_png
from desktop.training.painter import draw
from desktop.training.people import make_person
from desktop.training.signature import draw_strokes, signature_strokes
from devices.simulators.plastic import ChipSession
from devices.wire import lds_chip
from tests.chip.chips import blank, profile, record

LIMIT = 1.15
PAYLOAD = 255
FRAME = 253
TURN = 86e-6


def least(data: int) -> tuple[int, int]:
    """Commands and bytes, there and back."""
    blocks = -(-data // PAYLOAD)
    select = 5 + len(lds_chip.AID) + 2
    prove = (5 + 8 + 1 + 29 + 2) + (5 + 8 + 2)
    return blocks + 4, select + prove + data + blocks * 7 + 7


def on_air(line: list[tuple[int, int]], kilobits: int) -> float:
    """Seconds for these commands and answers."""
    seconds = 0.0
    for sizes in line:
        for size in sizes:
            frames = max(1, -(-size // FRAME))
            acknowledged = frames - 1
            carried = size + 3 * (frames + acknowledged)
            seconds += carried * 9 / (kilobits * 1000) + (frames + acknowledged) * TURN
    return seconds


def main() -> int:
    from datetime import date

    ours = profile()
    worst = 0.0
    for seed in (11, 12, 13, 14, 15):
        person = make_person(seed, today=date(2026, 11, 24))
        face = jpeg(encode_png(draw(person)), PORTRAIT)
        ink = jpeg(encode_png(draw_strokes(signature_strokes(person))), SIGNATURE)
        image = ours.image(record(person.name, face, ink))
        files = [lds_chip.ChipFile(at, file) for at, file in groups.files_in(image).items()]
        session, line = ChipSession(blank().chip), []

        def transmit(
            command: bytes,
            session: ChipSession = session,
            line: list[tuple[int, int]] = line,
        ) -> bytes:
            answer = session.answer(command)
            line.append((len(command), len(answer)))
            return answer

        lds_chip.personalise(transmit, files, ours.keys.keys_of, b"12345678")
        written = len(line)
        sent = sum(there + back for there, back in line)
        lds_chip.select(transmit)
        for file in files:
            lds_chip.read_file(transmit, file.number)
        commands, bare = least(len(image))
        ratios = (written / commands, sent / bare)
        worst = max(worst, *ratios)
        print(
            f"{len(image)} bytes (face {len(face)}, signature {len(ink)}): {written} commands"
            f" against {commands} = {ratios[0]:.3f}, {sent} bytes against {bare} ="
            f" {ratios[1]:.3f}; write {on_air(line[:written], 106):.2f} s at 106,"
            f" {on_air(line[:written], 424):.2f} s at 424 kbit/s; read back"
            f" {len(line) - written} commands, {on_air(line[written:], 106):.2f} s,"
            f" {on_air(line[written:], 424):.2f} s"
        )
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
