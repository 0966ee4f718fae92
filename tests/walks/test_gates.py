"""Each gate stops the real services by itself: one thing taken away under a whole case, no card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import Application, Approval
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM
from desktop.domain.person import Person
from desktop.domain.stock import Job
from desktop.domain.workflow import Gate, GatesMissing
from tests.walks.making import confirmed
from tests.walks.online_day import OnlineDay
from tests.walks.steps import case
from tests.walks.world import World

WITHOUT: dict[Gate, tuple[str, object]] = {
    Gate.IDENTITY: ("identity", None),
    Gate.REQUIREMENTS: ("requirements_met", False),
    Gate.PAYMENT: ("paid", False),
    Gate.PHOTO: ("photo", ""),
    Gate.SIGNATURE: ("signature", ""),
    Gate.DATA_CONFIRMED: ("confirmed_digest", ""),
}
"""What each gate looks at, taken out of the case."""


def altered(world: World, app: Application, **changes: object) -> None:
    """A row changed past the services, as no officer can."""
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Application, app.id), **changes)
        w.record("case.altered", app.id, {})


def in_conflict(world: World, app: Application, conflict: bool) -> None:
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Person, app.person_id), conflict=conflict)
        w.record("person.altered", app.person_id, {})


def test_each_gate_of_the_approval_stops_it(world: World) -> None:
    world.sign_in("andi")
    whole = confirmed(world, 1)
    world.take_over("sri")

    def refused() -> set[Gate]:
        with pytest.raises(GatesMissing) as stopped:
            world.desk.approvals.approve(world.by, whole.id)
        with world.desk.ledger.reading() as r:
            assert r.count(Approval, subject=whole.id) == 0, "no signature stays behind"
        assert case(world, whole).state is S.CONFIRMED
        return set(stopped.value.missing)

    for gate, (name, value) in WITHOUT.items():
        altered(world, whole, **{name: value})
        missing = refused()
        assert gate in missing
        assert missing <= {gate, Gate.DATA_CONFIRMED}, "other content was confirmed"
        altered(world, whole, **{name: getattr(whole, name)})
    in_conflict(world, whole, True)
    assert refused() == {Gate.NO_CONFLICT}
    in_conflict(world, whole, False)
    assert world.desk.approvals.approve(world.by, whole.id).state is S.APPROVED


def test_each_gate_of_the_production_stops_it_before_a_blank_is_taken(world: World) -> None:
    world.sign_in("andi")
    whole = confirmed(world, 1)
    world.take_over("sri")
    whole = world.desk.approvals.approve(world.by, whole.id)
    world.give_back()
    free = world.desk.stock.free_here(1)

    def refused() -> set[Gate]:
        with pytest.raises(GatesMissing) as stopped:
            world.desk.issuing.issue(world.by, whole.id)
        with world.desk.ledger.reading() as r:
            assert r.count(Job) == 0
        assert world.desk.stock.free_here(1) == free
        assert (case(world, whole).state, case(world, whole).blank_serial) == (S.APPROVED, "")
        return set(stopped.value.missing)

    other = replace(whole.applicant, name="ORANG LAIN")
    for gate, name, value in (
        (Gate.PAYMENT, "paid", False),
        (Gate.APPROVAL, "photo", "0" * 64),
        (Gate.APPROVAL, "applicant", other),
        (Gate.REPRINT_ALLOWED, "reprints", 9),
    ):
        altered(world, whole, **{name: value})
        assert refused() == {gate}, name
        altered(world, whole, **{name: getattr(whole, name)})
    in_conflict(world, whole, True)
    assert refused() == {Gate.NO_CONFLICT}
    in_conflict(world, whole, False)
    world.desk.issuing.issue(world.by, whole.id)
    assert case(world, whole).state is S.PRINTED


def test_pictures_that_nobody_checked_stop_the_approval_of_a_file(world: World) -> None:
    day = OnlineDay(world)
    [line] = day.take_in(1).taken
    app = day.verified(line.application_id)
    altered(world, app, pictures_checked=False)
    world.sign_in("sri")
    with pytest.raises(GatesMissing) as stopped:
        world.desk.approvals.approve(world.by, app.id)
    assert stopped.value.missing == (Gate.PICTURES,)
    assert day.app(app.id).state is S.VERIFIED
