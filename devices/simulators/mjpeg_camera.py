"""A network camera on loopback: Motion JPEG over HTTP, with faults to order.

It stands at the far end of the wire that OpenCV reads. What it sees is a CameraCore: pictures come
from outside, faults through the one script. Each part of the stream is a step `camera.capture`;
the request for it is `open`. A sensor never gives the same picture twice, so every part carries a
grain of its own; only an ordered FROZEN repeats one.
"""

from __future__ import annotations

import io
import socket
import threading
from types import TracebackType

from PIL import Image

from devices.simulators.camera import CameraCore
from devices.simulators.faults import Fault, FaultName

BOUNDARY = b"loketframe"
_HEAD = (
    b"HTTP/1.0 200 OK\r\nCache-Control: no-cache\r\nConnection: close\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n\r\n"
)
_GRAINS = 8
_STEP = "camera.capture"
_ENDS = frozenset({FaultName.UNPLUGGED, FaultName.POWER_CUT})


class MjpegCamera:
    """Serves one CameraCore at `url` from `with` to its end; `rate` frames a second.

    Faults ordered at `camera.capture` (or above) strike at the next part of the stream. SLOW delays
    one part, SILENT keeps the line open and says no more, GARBAGE sends parts that are no picture,
    UNPLUGGED and POWER_CUT break the line and refuse new ones until the core is plugged again;
    NO_PICTURE sends black, FROZEN the same part again and again; the others are seen in the
    picture. A fault that stays does so until `core.remedy()`.
    """

    def __init__(self, core: CameraCore, *, rate: float = 25.0) -> None:
        self.core = core
        self._every = 1 / rate
        self._stopping = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.2)
        self._threads: list[threading.Thread] = []
        self._grains: dict[tuple[bytes, int], bytes] = {}
        self._lock = threading.Lock()
        self.sent = 0
        """Parts that were sent, for tests."""

    @property
    def url(self) -> str:
        """Where the stream is."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}/stream.mjpg"

    def __enter__(self) -> MjpegCamera:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._stopping.set()
        self._server.close()
        for thread in self._threads:
            thread.join(5)

    def _spawn(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="mjpeg", daemon=True)  # pyright: ignore[reportArgumentType]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._spawn(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        with line:
            line.settimeout(5)
            try:
                if not _asked(line):
                    return
                opened = self.core.line  # before asking: a plug pulled in between ends the line
                if not self.core.connected:
                    return
                fault = self.core.script.strike("open")
                if fault is not None and not self._common(fault):
                    return
                line.sendall(_HEAD)
                turn = 0
                while not self._stopping.is_set() and self.core.line == opened:
                    part = self._part(turn)
                    if part is None:
                        return
                    if part:
                        line.sendall(part)
                        self.sent += 1
                    turn += 1
                    self._stopping.wait(self._every)
            except OSError:
                return  # the reader went away

    def _common(self, fault: Fault) -> bool:
        """Answer a fault of the line; False where the line ends."""
        if fault.fault is FaultName.SLOW:
            return not self._stopping.wait(fault.seconds)
        if fault.fault is FaultName.SILENT:
            self._stopping.wait(60)
            return False
        if fault.fault in _ENDS:
            if fault.stays:
                self.core.unplug()
            return False
        return True

    def _part(self, turn: int) -> bytes | None:
        """The next part of the stream; empty for none this time, None where the line ends."""
        fault = self.core.script.strike(_STEP)
        if fault is not None and fault.stays and fault.fault not in _ENDS:
            self.core.script.stand(fault)
        if fault is None:
            return self._wrapped(self._grained(self.core.look(None), turn))
        match fault.fault:
            case FaultName.SILENT:
                return b""
            case FaultName.GARBAGE:
                return self._wrapped(b"\xff\xd8" + bytes(range(256)) * 8)
            case FaultName.FROZEN:
                return self._wrapped(self._grained(self.core.look(None), 0))
            case FaultName.NO_PICTURE:
                return self._wrapped(_black())
            case _ if not self._common(fault):
                return None
            case _:
                return self._wrapped(self._grained(self.core.look(fault.fault), turn))

    @staticmethod
    def _wrapped(jpeg: bytes) -> bytes:
        head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
        return head % (BOUNDARY, len(jpeg)) + jpeg + b"\r\n"

    def _grained(self, picture: bytes, turn: int) -> bytes:
        """The picture as JPEG with a grain of its own: a few pixels of one corner flicker."""
        key = (picture, turn % _GRAINS)
        with self._lock:
            if key not in self._grains:
                if len(self._grains) > 64:
                    self._grains.clear()
                self._grains[key] = _flickered(picture, turn % _GRAINS)
            return self._grains[key]


def _asked(line: socket.socket) -> bool:
    """The request's head, in however many pieces; False from a reader that went away."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = line.recv(4096)
        if not piece:
            return False
        head += piece
    return True


def _flickered(picture: bytes, turn: int) -> bytes:
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    corner = image.crop((0, 0, 16, 16))
    image.paste(corner.point([min(255, value + turn * 2) for value in range(256)] * 3), (0, 0))
    return _jpeg(image)


def _black() -> bytes:
    return _jpeg(Image.new("RGB", (480, 640)))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()
