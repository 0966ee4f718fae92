"""A parcel comes back after its case has ended: the centre tells no lease of it any more."""

from __future__ import annotations

from db import sync_state
from desktop.domain.application import ApplicationState as S
from desktop.domain.shipment import CourierWord
from desktop.presenters.returns_view import ReturnStep
from tests.presenters.test_returns import opened, sent
from tests.sync.counters import assert_alike, exchange
from tests.walks.online_day import OnlineDay, proof
from tests.walks.world import PASSWORDS, World


def test_a_parcel_that_was_delivered_is_checked_and_kept(counter: World, other: World) -> None:
    """Its lease changed hands before: an act without asking would be refused by the centre."""
    exchange(counter, other)
    day = OnlineDay(counter)
    [parcel] = sent(day)
    exchange(counter, other)
    counter.desk.claims.release(counter.by, parcel.application_id)
    exchange(counter, other)
    counter.desk.claims.take(counter.by, parcel.application_id)
    tracking = counter.desk.tracking
    tracking.courier_says(counter.by, parcel.awb, CourierWord.DELIVERED, proof=proof(counter))
    assert tracking.confirm_delivery(counter.by, parcel.application_id).state is S.CLOSED
    exchange(counter, other)
    exchange(counter)
    with counter.desk.ledger.reading() as r:
        lease = sync_state.lease_of(r.conn, parcel.application_id)
    assert lease is not None
    assert lease.counter == "", "no lease is told any more"

    presenter = opened(day, parcel)
    day.lay(parcel.serial)
    presenter.scanned(parcel.serial)
    presenter.check_card("", *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DECIDE
    presenter.hold("R-12")
    assert presenter.view.step is ReturnStep.HELD
    assert exchange(counter, other).parked == 0
    assert counter.desk.syncing.facts.parked == 0
    assert_alike(counter, other)
