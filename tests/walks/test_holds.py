"""Holds and notices: what stops a card, and what only tells; who may be given one."""

from __future__ import annotations

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import ProxyLetterMissing, ProxyUnnamed
from desktop.domain.officer import PROGRAM, Actor, Role
from desktop.domain.person import Blocked, Hold, HoldKind, LicenceStatus
from desktop.services.handover import Recipient
from tests.walks.steps import (
    captured,
    case,
    checked,
    finished,
    handed,
    licences_of,
    paid,
    read,
    registered,
    signed_off,
)
from tests.walks.world import World


def entered(world: World, nik: str, kind: HoldKind) -> Hold:
    """The centre enters a hold or a notice."""
    centre = Actor("", "", frozenset({Role.CENTRE}))
    with world.desk.ledger.acting(centre) as w:
        hold = w.add(
            Hold(
                id=world.desk.frame.ids.new(), nik=nik, kind=kind, reason="-",
                reference="REF-1", authority="Pengadilan Contoh", settle_at="Kejaksaan Contoh",
                since=world.desk.frame.today(),
            )
        )  # fmt: skip
        w.record("hold.entered", hold.id, {"kind": kind})
    return hold


def test_a_hold_after_printing_keeps_the_card_and_names_the_place(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = finished(world, signed_off(world, app))
    hold = entered(world, person.nik, HoldKind.COURT)
    with pytest.raises(Blocked) as refused:
        handed(world, app)
    assert refused.value.settle_at == "Kejaksaan Contoh"
    assert case(world, app).state is S.READY
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(hold, active=False)
        w.record("hold.lifted", hold.id, {})
    assert handed(world, app).state is S.CLOSED


def test_a_hold_before_printing_stops_it(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = signed_off(world, app)
    entered(world, person.nik, HoldKind.POINTS_VERDICT)
    with pytest.raises(Blocked) as told:
        world.desk.issuing.issue(world.by, app.id)
    assert told.value.settle_at == "Kejaksaan Contoh"


@pytest.mark.parametrize("kind", [HoldKind.ETLE_UNCONFIRMED, HoldKind.STNK_BLOCKED])
def test_a_notice_never_stops_a_service(world: World, kind: HoldKind) -> None:
    person = world.people[1]
    entered(world, person.nik, kind)
    world.sign_in("andi")
    identity = read(world, person)
    [notice] = world.desk.intake.standing(identity.applicant, identity.source).holds
    assert notice.settle_at == "Kejaksaan Contoh"
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    assert handed(world, finished(world, signed_off(world, app))).state is S.CLOSED


@pytest.mark.parametrize(
    ("recipient", "refusal"),
    [
        (Recipient(is_holder=False, name="SITI"), ProxyLetterMissing),
        (Recipient(is_holder=False, letter="SK-1"), ProxyUnnamed),
        (Recipient(is_holder=False, name="SITI", letter=" "), ProxyLetterMissing),
    ],
)
def test_a_proxy_without_name_and_letter_is_refused(
    world: World, recipient: Recipient, refusal: type[Exception]
) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = finished(world, signed_off(world, app))
    with pytest.raises(refusal):
        world.desk.handover.hand_over(world.by, app.id, app.blank_serial, recipient)
    assert case(world, app).state is S.READY
    assert licences_of(world, person)[-1].handed_over_at is None
    good = Recipient(is_holder=False, name="SITI", letter="SK-1", relation="family")
    done = world.desk.handover.hand_over(world.by, app.id, app.blank_serial, good)
    assert done.handed_to == "SITI"
    assert licences_of(world, person)[-1].status is LicenceStatus.VALID
