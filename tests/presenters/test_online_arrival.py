"""An online applicant comes to the counter, and the finger isn't matched at once."""

from __future__ import annotations

import dataclasses

import pytest

from desktop.domain.officer import RoleMissing
from desktop.presenters.online import Online
from desktop.presenters.online_problems import FingerUnproven
from desktop.presenters.online_view import READ_EID
from desktop.services.identifying import FINGER_TRIES
from desktop.training.stage import eid_of
from devices.eid_reader import FingerprintResult
from devices.simulators.faults import Fault, FaultName
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_online import called, day, with_files
from tests.walks.online_day import OnlineDay
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS

__all__ = ["day"]

FINGER = b"FMR first finger"


def arrived(day: OnlineDay) -> tuple[Online, str]:
    """An open file, and its applicant's KTP-el on the reader."""
    presenter = with_files(day, 1)
    presenter.open_next()
    file = presenter.view.file
    assert file is not None
    day.world.put_eid(next(p for p in day.world.people if p.nik == file.app.nik))
    return presenter, file.app.id


def mismatch(day: OnlineDay) -> None:
    day.world.bench.order("eid_reader", Fault("eid.finger", FaultName.FINGER_MISMATCH))


def test_another_try_of_the_finger_that_matches_takes_the_file_over(day: OnlineDay) -> None:
    presenter, case = arrived(day)
    mismatch(day)
    presenter.take_to_counter()
    assert isinstance(presenter.view.problem, FingerUnproven)
    assert called(day) == []
    presenter.take_to_counter()
    assert presenter.view.goto == ("walk_in", case)
    assert day.app(case).identity == "chip"


def test_a_reason_and_a_second_officer_take_over_whom_no_finger_proves(day: OnlineDay) -> None:
    presenter, case = arrived(day)
    for tries in range(1, FINGER_TRIES + 2):
        mismatch(day)
        presenter.take_to_counter()
        problem = presenter.view.problem
        assert isinstance(problem, FingerUnproven)
        assert problem.reason == ("over" if tries >= FINGER_TRIES else "")
    presenter.take_arrived("fingerprint_worn", PASSWORDS["dewi"][0], "wrong")
    assert presenter.view.file is not None
    presenter.take_arrived("fingerprint_worn", *PASSWORDS["dewi"])
    assert presenter.view.problem is None
    assert presenter.view.goto == ("walk_in", case)
    [entry] = acts(day.world, "application.take_to_counter")
    assert entry.content is not None
    assert entry.content["override"] == "fingerprint_worn"
    assert entry.content["second_officer"] == PASSWORDS["dewi"][0]


def test_whose_duty_it_isn_t_is_told_before_anybody_lays_a_finger(day: OnlineDay) -> None:
    presenter, case = arrived(day)
    presenter.hold("applicant_left")
    day.world.sign_in("bambang")
    presenter.open_file(case)
    presenter.resume()  # it is the supervisor's own now
    mismatch(day)
    presenter.take_to_counter()
    file = presenter.view.file
    assert isinstance(presenter.view.problem, RoleMissing)
    assert file is not None
    assert file.arrived is None


@pytest.mark.parametrize("finger", [FINGER, b"worn"])
def test_the_sensor_compares_where_the_reader_gives_the_fingers_out(
    day: OnlineDay, finger: bytes
) -> None:
    presenter, case = arrived(day)
    person = next(p for p in day.world.people if p.nik == day.app(case).nik)
    card = eid_of(person, finger=FingerprintResult.NOT_TRIED)
    day.world.bench.put_eid(dataclasses.replace(card, minutiae=(FINGER, b"FMR second")))
    day.world.bench.order("eid_reader", Fault("eid.finger", FaultName.NO_FINGER))
    day.world.bench.lay_finger(finger)
    presenter.take_to_counter()
    if finger == FINGER:
        assert presenter.view.goto == ("walk_in", case)
    else:
        assert isinstance(presenter.view.problem, FingerUnproven)
        day.world.bench.lay_finger(FINGER)
        presenter.take_to_counter()
        assert presenter.view.goto == ("walk_in", case)


def test_esc_ends_the_wait_for_a_finger_too(day: OnlineDay) -> None:
    presenter, _ = arrived(day)
    mismatch(day)
    presenter.take_to_counter()
    reader = on_busy_lane(presenter, "eid_reader")
    presenter.take_to_counter()
    assert presenter.view.doing != READ_EID
    assert presenter.view.waits
    presenter.close_file()
    reader.let_go()
    assert (presenter.view.doing, presenter.view.goto) == ("", None)
    assert presenter.view.file is not None
    assert called(day) == []
