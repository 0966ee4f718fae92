"""Figure: a signature pad at its line's full rate, over a pseudo-terminal.

    .venv/bin/python -m tests.wires.bench_pad [--signatures 10] [--rate 350]

Ends with 1 when a packet is lost.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from pathlib import Path

from devices.adapters.topaz_pad import TopazPad
from devices.simulators.pen import scribble
from devices.simulators.topaz_serial import TopazSerial, packets_of
from devices.strokes import Strokes
from devices.wire.topaz import MODELS, PenPacket, TopazDecoder, encode

MODEL = "siglite_lcd_1x5"


def longer(seeds: range) -> Strokes:
    """Several signatures one after the other, as one."""
    return Strokes(
        tuple(itertools.chain.from_iterable(scribble(seed).points for seed in seeds)), 3200, 1200
    )


def run(signatures: int, rate: float) -> int:
    """Print the figures; 1 when anything was lost."""
    sent = heard = bad = 0
    writing = 0.0
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "ttyTOPAZ"
        with TopazSerial(port, MODEL, rate=rate) as far:
            pad = TopazPad("signature_pad", str(port), MODELS[MODEL], 0.5)
            pad.open(timeout=5)
            for number in range(signatures):
                strokes = longer(range(10 * number, 10 * number + 5))
                packets = list(packets_of(strokes, MODELS[MODEL]))
                sent += sum(isinstance(p, PenPacket) and p.down for p in packets)
                far.core.sign(strokes)
                begin = time.perf_counter()
                taken = pad.capture(timeout=120)
                writing += time.perf_counter() - begin - 0.5
                heard += sum(point.tip for point in taken.points)
                bad += pad.lost
            whole = far.sent
            pad.close()
    raw = b"".join(encode(p) for p in packets_of(longer(range(200)), MODELS[MODEL]))
    begin = time.perf_counter()
    TopazDecoder().feed(raw)
    alone = len(raw) / 5 / (time.perf_counter() - begin)
    print(f"{whole} packets in {writing:.1f} s ({whole / writing:.0f} a second)")
    print(f"samples of ink sent {sent}, arrived {heard}; broken packets {bad}")
    print(f"the decoder alone: {alone:,.0f} packets a second")
    return int(sent != heard or bool(bad))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signatures", type=int, default=10)
    parser.add_argument("--rate", type=float, default=350.0)
    args = parser.parse_args()
    return run(args.signatures, args.rate)


if __name__ == "__main__":
    sys.exit(main())
