"""The fault script's format."""

from __future__ import annotations

import pytest

from devices.simulators.faults import Clears, Fault, FaultName, FaultScript, read_script


def test_a_script_is_read_from_rows() -> None:
    rows = [
        {"at": "print.panel.c", "fault": "jam", "count": 2, "clears": "itself"},
        {"at": "feed", "fault": "slow", "seconds": 3.5, "skip": 4},
    ]
    assert read_script(rows) == [
        Fault("print.panel.c", FaultName.JAM, 2, Clears.ITSELF),
        Fault("feed", FaultName.SLOW, skip=4, seconds=3.5),
    ]


@pytest.mark.parametrize(
    "row", [{"at": "feed", "fault": "tea"}, {"at": "feed", "fault": "jam", "who": 1}, {"at": "x"}]
)
def test_a_wrong_row_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        read_script([row])


def test_faults_strike_at_their_step_and_below_so_often() -> None:
    script = FaultScript()
    script.order(Fault("print", FaultName.JAM, count=2, skip=1))
    assert script.strike("feed") is None
    assert script.strike("printer") is None
    assert script.strike("print.panel.y") is None
    assert [script.strike("print.flip") is not None for _ in range(3)] == [True, True, False]
    assert script.struck == (("print.flip", FaultName.JAM), ("print.flip", FaultName.JAM))


def test_a_standing_fault_strikes_until_it_is_settled() -> None:
    script = FaultScript()
    script.stand(Fault("*", FaultName.SILENT))
    assert script.strike("a")
    assert script.strike("b")
    script.settle(FaultName.JAM)
    assert script.standing
    script.settle()
    assert script.strike("a") is None


def test_what_hasn_t_struck_can_be_withdrawn() -> None:
    script = FaultScript()
    script.order(Fault("*", FaultName.SILENT))
    assert script.pending
    script.withdraw()
    assert script.strike("a") is None
