"""Strokes as they are kept: the channels of ISO/IEC 19794-7, in JSON.

The standard describes a signature as a series of samples in named channels, each with its range
and scale: X and Y (here in pad units, downwards from the upper left), T (milliseconds since the
first sample), F (pressure) and S (tip switch, 1 while the pen touches). The JSON carries the same
channels under the same letters. It isn't the standard's binary record: no reader of one is known
that an office would have; whoever needs it finds everything here.

The same strokes always give the same bytes.
"""

from __future__ import annotations

import json

import msgspec

from devices.strokes import FULL_PRESSURE, PenPoint, Strokes

FORMAT = "ISO/IEC 19794-7 channels"
MEDIA_TYPE = "application/json"
MOST_POINTS = 60_000
"""Three minutes of the quickest pad."""


class NotStrokes(ValueError):
    """The bytes are no signature in this format; says where, never what."""


class _Channel(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    minimum: int
    maximum: int
    per_mm: float = 0.0
    per_second: int = 0
    measured: bool = True


class _Channels(msgspec.Struct, forbid_unknown_fields=True):
    X: _Channel
    Y: _Channel
    T: _Channel
    F: _Channel
    S: _Channel


class _Record(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    channels: _Channels
    samples: list[tuple[int, int, int, int, int]]


def strokes_json(strokes: Strokes) -> bytes:
    """The signature in its channels, as canonical JSON."""
    points = strokes.points
    start = points[0].t if points else 0
    last = points[-1].t - start if points else 0
    record = _Record(
        FORMAT,
        _Channels(
            X=_Channel(0, strokes.width, per_mm=strokes.per_mm),
            Y=_Channel(0, strokes.height, per_mm=strokes.per_mm),
            T=_Channel(0, last, per_second=1000),
            F=_Channel(0, FULL_PRESSURE, measured=strokes.forced),
            S=_Channel(0, 1),
        ),
        [(p.x, p.y, p.t - start, p.pressure, int(p.tip)) for p in points],
    )
    return json.dumps(
        msgspec.to_builtins(record), separators=(",", ":"), sort_keys=True
    ).encode()  # fmt: skip


def strokes_of_json(data: bytes) -> Strokes:
    """The signature again. Raises NotStrokes."""
    try:
        record = msgspec.json.decode(data, type=_Record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotStrokes("no record") from error
    channels = record.channels
    if record.format != FORMAT or len(record.samples) > MOST_POINTS:
        raise NotStrokes("format")
    width, height = channels.X.maximum, channels.Y.maximum
    if not (0 < width < 1 << 20 and 0 < height < 1 << 20 and 0 <= channels.X.per_mm < 1e6):
        raise NotStrokes("area")
    before = 0
    for x, y, t, force, tip in record.samples:
        if not (0 <= x <= width and 0 <= y <= height and 0 <= force <= FULL_PRESSURE):
            raise NotStrokes("sample")
        if tip not in (0, 1) or not before <= t < 1 << 31:
            raise NotStrokes("time")
        before = t
    return Strokes(
        tuple(PenPoint(x, y, t, force, bool(tip)) for x, y, t, force, tip in record.samples),
        width,
        height,
        channels.X.per_mm,
        channels.F.measured,
    )
