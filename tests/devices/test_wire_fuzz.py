"""Whatever comes over a wire is understood or has a name: chips, cards, vpcd, printers, cameras.

The other decoders have this beside their own tests: Evolis messages and jobs, Topaz packets, STU
reports, IPP and raster, SBI tokens, ATRs, scans, recordings, seals, chip files and SCP03.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import random
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.adapters.evolis import EvolisPrinterAdapter
from devices.adapters.opencv_camera import OpenCvCamera
from devices.adapters.options import OPENCV_CAMERA
from devices.card_printer import Tray, Unnumbered
from devices.catalog import Place
from devices.device import Cancel, Health, Station
from devices.errors import DeviceFault
from devices.options import read_options
from devices.simulators.plastic import ChipSession, PlasticCard
from devices.simulators.virtual_card import VirtualReader
from devices.wire import eid_chip, lds_chip
from devices.wire.apdu import Command, Response
from devices.wire.eid_module import WiredModule
from devices.wire.evolis import encode_reply
from devices.wire.evolis_line import Line

LONG = 20.0
ANSWERS = st.lists(st.binary(max_size=260) | st.binary(max_size=60).map(lambda b: b + b"\x90\x00"),
                   min_size=1, max_size=6)  # fmt: skip


def telling(answers: list[bytes]) -> Callable[[bytes], bytes]:
    """A card that gives these answers, again and again."""
    turn = itertools.cycle(answers)
    return lambda command: next(turn)


# -- chips -----------------------------------------------------------------------------------


@given(st.binary(max_size=600))
def test_any_bytes_are_a_command_or_refused(raw: bytes) -> None:
    try:
        command = Command.decode(raw)
    except ValueError:
        return
    assert Command.decode(command.encode()) == command


@given(st.binary(max_size=300))
def test_any_bytes_are_a_response_or_named(raw: bytes) -> None:
    with contextlib.suppress(DeviceFault):
        assert Response.decode(raw).encode() == raw


@given(st.lists(st.binary(min_size=4, max_size=280), max_size=8))
def test_no_command_breaks_a_card(commands: list[bytes]) -> None:
    session = ChipSession(PlasticCard.blank("FUZZ").chip)
    for command in commands:
        assert len(session.answer(command)) >= 2


@given(ANSWERS)
def test_a_licence_chip_may_say_anything(answers: list[bytes]) -> None:
    for act in (lds_chip.select, lds_chip.read_records, lambda send: lds_chip.read_file(send, 1)):
        with contextlib.suppress(DeviceFault):
            act(telling(answers))


@given(ANSWERS, ANSWERS)
def test_a_ktp_and_its_module_may_say_anything(card: list[bytes], module: list[bytes]) -> None:
    with contextlib.suppress(DeviceFault):
        eid_chip.read_files(telling(card), WiredModule(telling(module)))


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_behind_a_well_behaved_beginning_too(card: bytes, module: bytes) -> None:
    """The photo is read and both greet each other; then anything comes."""
    good, empty = b"\x90\x00", b"\x00\x00\x90\x00"
    slot = iter([good, good, empty, card + good, *[card] * 40])
    wired = iter([bytes(8) + good, module + good, *[module] * 40])
    with contextlib.suppress(DeviceFault):
        eid_chip.read_files(lambda command: next(slot), WiredModule(lambda command: next(wired)))


@given(st.binary(max_size=300))
def test_a_ktp_s_files_may_hold_anything(raw: bytes) -> None:
    for read in (eid_chip.biodata_of, eid_chip.fingers_of):
        with contextlib.suppress(DeviceFault):
            read(raw)


@pytest.fixture(scope="module")
def vpcd() -> Iterator[tuple[socket.socket, VirtualReader]]:
    """vpcd's end of a card's line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reader = VirtualReader(lambda: socket.create_connection(("127.0.0.1", port), LONG))
        reader.put(PlasticCard.blank("FUZZ"))
        line, _ = server.accept()
        line.settimeout(LONG)
        with line:
            yield line, reader
        reader.put(None)


@given(bodies=st.lists(st.binary(min_size=2, max_size=300), max_size=4))
def test_a_card_behind_vpcd_answers_whatever_it_is_told(
    vpcd: tuple[socket.socket, VirtualReader], bodies: list[bytes]
) -> None:
    line, _ = vpcd
    for body in (b"\x01", *bodies):
        line.sendall(len(body).to_bytes(2, "big") + body)
        if len(body) > 1:
            assert len(heard(line, int.from_bytes(heard(line, 2), "big"))) >= 2
    line.sendall(b"\x00\x01\x04")
    assert heard(line, int.from_bytes(heard(line, 2), "big")).startswith(b"\x3b")


def heard(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = line.recv(count - len(found))
        assert piece, "the card went away"
        found += piece
    return found


# -- a printer -------------------------------------------------------------------------------


class Babble(Line):
    """A line at whose end somebody answers anything."""

    def __init__(self, answers: list[bytes]) -> None:
        super().__init__()
        self._answers = itertools.cycle(answers)

    def open(self, timeout: float, cancel: Cancel = None) -> None:
        pass

    def close(self) -> None:
        pass

    def _talk(self, message: bytes, left: Callable[[], float]) -> bytes:
        left()
        return next(self._answers)


REPLIES = st.lists(
    st.binary(max_size=80)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(encode_reply)
    | st.sampled_from(["OK", "CARD", "ERROR", "CARD JAM", "0", "99999999", "00000000"]).map(
        encode_reply
    ),
    min_size=1,
    max_size=8,
)


@given(REPLIES)
def test_a_printer_may_answer_anything(answers: list[bytes]) -> None:
    printer = EvolisPrinterAdapter("card_printer", Babble(answers))
    acts: tuple[Callable[[], object], ...] = (
        lambda: printer.load_card(timeout=0.01),
        lambda: printer.move_to(Station.PRINT, timeout=0.01),
        lambda: printer.card_inside(timeout=0.01),
        lambda: printer.counters(timeout=0.01),
        lambda: printer.supplies(timeout=0.01),
        lambda: printer.print_unnumbered(Unnumbered.TEST, timeout=0.01),
        lambda: printer.eject(Tray.REJECT, timeout=0.01),
    )
    with contextlib.suppress(DeviceFault):
        printer.open(timeout=0.5)
    for act in acts:
        with contextlib.suppress(DeviceFault):
            act()
    assert isinstance(printer.health(timeout=0.01), Health)


# -- a camera --------------------------------------------------------------------------------


def stream() -> bytes:
    """A few pictures as an MJPEG camera sends them."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(out, "JPEG")
    part = b"--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n"
    head = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n"
    return head + part % (len(out.getvalue()), out.getvalue()) * 6


def spoiled(seed: int) -> bytes:
    """The stream with bytes changed, a piece cut out, or its length lied about."""
    chance = random.Random(seed)
    raw = bytearray(stream())
    match seed % 4:
        case 0:
            for _ in range(40):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        case 1:
            start = chance.randrange(len(raw) // 2)
            del raw[start : start + chance.randrange(1, 2000)]
        case 2:
            raw = bytearray(bytes(raw).replace(b"Content-Length: ", b"Content-Length: 9"))
        case _:
            raw = bytearray(chance.randbytes(3000))
    return bytes(raw)


@pytest.mark.parametrize("seed", range(12))
def test_a_camera_may_send_anything(seed: int) -> None:
    raw = spoiled(seed)

    def serve() -> None:
        with contextlib.suppress(OSError):
            line, _ = server.accept()
            with line:
                line.settimeout(LONG)
                line.recv(4096)
                line.sendall(raw)

    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=serve)
        serving.start()
        source = f"http://127.0.0.1:{server.getsockname()[1]}/stream.mjpg"
        place = Place(
            "camera", read_options(OPENCV_CAMERA, {"source": source}), lambda seconds, cancel: True
        )
        camera = OpenCvCamera(place)
        try:
            with contextlib.suppress(DeviceFault):
                camera.open(timeout=LONG)
                assert camera.frame(timeout=LONG).startswith(b"\xff\xd8")
            assert isinstance(camera.health(timeout=1.0), Health)
        finally:
            camera.close()
        serving.join(LONG)
