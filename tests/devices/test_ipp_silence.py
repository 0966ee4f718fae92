"""A print service or printer that takes a question and says nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from devices.adapters import print_queue
from devices.adapters.print_queue import PrintQueue
from devices.device import Deadline, DeviceKind
from devices.errors import Cancelled, TimedOut
from devices.wire.ipp_line import Address, Limit
from devices.wire.tape import NO_TAPE

LONG = 20.0
KIND = DeviceKind.CARD_PRINTER


def silent_queue(held: list[socket.socket]) -> PrintQueue:
    """Every connection is taken, none is answered."""

    def dial(address: Address, limit: Limit) -> socket.socket:
        ours, theirs = socket.socketpair()
        held.append(theirs)
        return ours

    def pause(seconds: float, cancel: threading.Event | None) -> bool:
        return True

    return PrintQueue(Address("printer"), "/ipp/print", KIND, pause, NO_TAPE, dial=dial)


@pytest.mark.fault
def test_others_hear_that_an_answer_is_owed() -> None:
    held: list[socket.socket] = []
    queue = silent_queue(held)
    assert queue.unanswered == 0
    cancel = threading.Event()
    ended: list[type[Exception]] = []

    def ask() -> None:
        try:
            queue.look(queue.limit(LONG, cancel, "health"))
        except (Cancelled, TimedOut) as fault:
            ended.append(type(fault))

    asked = threading.Thread(target=ask)
    asked.start()
    patience = Deadline(LONG)
    while queue.unanswered < 0.05 and patience.left():
        asked.join(0.01)
    heard = queue.unanswered
    cancel.set()
    asked.join(LONG)
    assert heard >= 0.05
    assert ended == [Cancelled]
    assert queue.unanswered == 0
    for end in held:
        end.close()


@pytest.mark.fault
@pytest.mark.parametrize("question", ["look", "watch"])
def test_one_question_is_given_up_long_before_its_job(
    question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_queue, "ANSWERING", 0.2)
    held: list[socket.socket] = []
    queue = silent_queue(held)
    limit = queue.limit(LONG, None, "print")
    asks: dict[str, Callable[[], object]] = {
        "look": lambda: queue.look(limit),
        "watch": lambda: queue.watch(limit, 7),
    }
    with pytest.raises(TimedOut) as given_up:
        asks[question]()
    assert given_up.value.seconds == 0.2
    for end in held:
        end.close()
