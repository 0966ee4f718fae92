"""Typed evidence of a case that another counter has, and what a denial there leaves here."""

from __future__ import annotations

import pytest

from db.sync_state import Lease, put_lease
from desktop.domain.application import Application
from desktop.domain.evidence import Evidence
from desktop.domain.officer import PROGRAM
from desktop.domain.offline import CaseElsewhere, CaseOutOfReach
from desktop.domain.person import LicenceStatus
from desktop.domain.requirements import RequirementKind as K
from desktop.outside.simulators import Manner
from desktop.services.centre_link import CentreLink
from desktop.services.oversight import AllAsked
from desktop.services.reviews import Remark
from tests.walks.making import witness
from tests.walks.steps import (
    captured,
    case,
    checked,
    finished,
    licences_of,
    paid,
    registered,
    signed_off,
)
from tests.walks.test_evidence import typed_pay, ways
from tests.walks.world import World


def held_by(world: World, app: Application, counter: str) -> CentreLink:
    """The centre says who has the case: another counter, or nobody."""
    frame = world.desk.frame
    link = frame.centre.link = frame.link or CentreLink(frame.counter, world.clock)
    with world.desk.ledger.store.write() as conn:
        put_lease(conn, Lease(app.id, counter, 3, ""))
    link.whole()
    return link


def test_a_piece_of_a_case_of_another_counter_is_left_to_that_counter(world: World) -> None:
    """A no changes the case, and only its holder's word on it is taken by the centre."""
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    link = held_by(world, app, "1374-L4")
    ways(world)[K.PAYMENT] = Manner.NO
    assert world.desk.proofs.confirm_all() == []
    assert world.desk.oversight.ask_again(app.id) == AllAsked(0, 0, 0), "nobody was asked"
    [piece] = world.desk.proofs.open_typed()
    with pytest.raises(CaseElsewhere) as refused:
        world.desk.proofs.confirm_later(piece.id)
    assert (refused.value.number, refused.value.counter) == (app.number, "1374-L4")
    link.lost()
    with pytest.raises(CaseOutOfReach):
        world.desk.proofs.confirm_later(piece.id)
    assert (case(world, app).paid, world.desk.proofs.open_typed()) == (True, [piece])
    held_by(world, app, "")
    [denied] = world.desk.proofs.confirm_all()
    assert (denied.closed, case(world, app).paid) == (False, False), "nobody has it: it's told here"


def test_a_no_over_a_licence_in_force_is_told_at_any_counter(world: World) -> None:
    """It changes the licence and not the case, which is over."""
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    app = finished(world, signed_off(world, captured(world, app, world.people[1])))
    held_by(world, app, "1374-L4")
    ways(world)[K.PAYMENT] = Manner.NO
    [denied] = world.desk.proofs.confirm_all()
    assert denied.closed is False
    assert licences_of(world, world.people[1])[-1].status is LicenceStatus.FLAGGED


def test_a_denial_that_came_from_another_counter_alone_is_read_by_the_approver(
    world: World,
) -> None:
    """The piece is here, and what it should have done to the case isn't."""
    world.sign_in("andi")
    app = registered(world, world.people[1])
    day = world.desk.frame.today()
    world.desk.requirements.type_in(world.by, app.id, K.MEDICAL_CERT, "KES-1", day, "Klinik Contoh")
    app = captured(world, paid(world, checked(world, app)), world.people[1])
    app = world.desk.intake.confirm_data(world.by, app.id)
    with world.desk.ledger.acting(PROGRAM) as w:
        [piece] = w.find(Evidence, application_id=app.id, kind=K.MEDICAL_CERT)
        w.change(piece, closed=False)
        w.record("evidence.closed", app.id, {"kind": piece.kind, "confirmed": False})
    sri = witness(world, "sri")
    [review] = world.desk.reviews.waiting(sri)
    assert review.application.requirements_met
    assert review.remarks == (Remark.EVIDENCE_DENIED,)
    assert world.desk.requirements.gather(world.by, app.id) == []
    [review] = world.desk.reviews.waiting(sri)
    assert review.clean, "another one stands in its place"
