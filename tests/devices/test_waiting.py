"""How long an answer is owed: what a machine usually takes, and what an order takes, is no debt."""

from __future__ import annotations

import pytest

from devices.wire.waiting import MOST, OF_LATE, Waiting


class Watch:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waiting = Waiting(lambda: self.seconds)

    def owed(self, after: float, order: float = 0.0) -> float:
        """What is owed so long after a question, whose answer comes then."""
        with self.waiting.answer(order):
            self.seconds += after
            return self.waiting.seconds


def test_nothing_is_owed_before_and_after_a_question() -> None:
    watch = Watch()
    assert watch.waiting.seconds == 0
    assert watch.owed(0.5) == 0.5
    assert watch.waiting.seconds == 0


def test_an_order_may_take_its_time() -> None:
    watch = Watch()
    assert watch.owed(5.0, order=6.0) == 0
    assert watch.owed(7.0, order=6.0) == 1.0


def test_a_slow_machine_is_given_the_time_it_takes_for_a_while() -> None:
    watch = Watch()
    assert watch.owed(1.0) == 1.0
    assert watch.owed(1.5) == 0
    assert watch.owed(30.0) == 27.0
    assert watch.owed(MOST + 1) == 1.0, "not without end"
    for _ in range(OF_LATE):
        watch.owed(0.0)
    assert watch.owed(1.0) == 1.0


def test_a_question_without_an_answer_teaches_nothing() -> None:
    watch = Watch()

    def given_up() -> None:
        with watch.waiting.answer():
            watch.seconds += 10
            raise TimeoutError

    with pytest.raises(TimeoutError):
        given_up()
    assert watch.waiting.seconds == 0
    assert watch.owed(1.0) == 1.0
