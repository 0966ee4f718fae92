"""The bad line does what it is told: what other tests rest on is itself tried."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.central.rigs.proxy import BadLine, bad_line

pytestmark = pytest.mark.fault


def _echo(listener: socket.socket, heard: list[bytes]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, heard), daemon=True).start()


def _answer(connection: socket.socket, heard: list[bytes]) -> None:
    with connection:
        try:
            while data := connection.recv(4096):
                heard.append(data)
                connection.sendall(data)
        except OSError:
            return


@pytest.fixture
def heard() -> list[bytes]:
    return []


@pytest.fixture
def line(heard: list[bytes]) -> Iterator[BadLine]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_echo, args=(listener, heard), daemon=True).start()
        with bad_line(listener.getsockname()) as made:
            yield made


def _call(line: BadLine) -> socket.socket:
    return socket.create_connection(("127.0.0.1", line.port), 5)


def _all(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (data := connection.recv(65536)):
        got += data
    return got


def _send_and_wait_for_the_end(connection: socket.socket, data: bytes) -> None:
    connection.sendall(data)
    while connection.recv(65536):
        pass
    raise ConnectionResetError


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_well_it_carries_all_and_counts(line: BadLine) -> None:
    sent = bytes(range(256)) * 2000
    with _call(line) as connection:
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        assert _all(connection, len(sent)) == sent
    assert (line.upward.carried, line.downward.carried) == (len(sent), len(sent))


def test_a_delay_is_a_round_trip_of_twice_that(line: BadLine) -> None:
    line.delay(0.1)
    with _call(line) as connection:
        began = time.monotonic()
        connection.sendall(b"ping")
        assert _all(connection, 4) == b"ping"
        assert time.monotonic() - began >= 0.2


def test_cut_in_mid_message(line: BadLine, heard: list[bytes]) -> None:
    line.cut_after(up=1000)
    with _call(line) as connection, pytest.raises(ConnectionError):
        _send_and_wait_for_the_end(connection, b"x" * 3000)
    _until(lambda: sum(map(len, heard)) == 1000)
    with _call(line) as connection:
        connection.sendall(b"again")
        assert _all(connection, 5) == b"again"


def test_an_answer_is_swallowed_though_the_question_arrived(
    line: BadLine, heard: list[bytes]
) -> None:
    line.swallow_answers()
    with _call(line) as connection, pytest.raises(ConnectionError):
        _send_and_wait_for_the_end(connection, b"question")
    assert heard == [b"question"]


def test_silent_it_keeps_the_connection(line: BadLine) -> None:
    line.fall_silent()
    with _call(line) as connection:
        connection.settimeout(0.3)
        connection.sendall(b"hello")
        with pytest.raises(TimeoutError):
            connection.recv(10)
        line.mend()
        connection.settimeout(5)
        assert _all(connection, 5) == b"hello"


def test_down_nobody_answers_and_up_the_port_is_the_same(line: BadLine) -> None:
    port = line.port
    line.down()
    with pytest.raises(ConnectionError):
        _call(line).close()
    line.up()
    assert line.port == port
    with _call(line) as connection:
        connection.sendall(b"back")
        assert _all(connection, 4) == b"back"
