"""The line goes at nine and comes back on Thursday."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from db import central_admin, sync_state
from desktop.centre import orders
from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM, Officer, RoleMissing
from desktop.domain.offline import LaterWhy, PrintLater
from desktop.domain.person import Licence
from desktop.domain.service import Service
from desktop.services.centre_link import OFFLINE_CARDS
from desktop.services.outage import CONFLICT, PROPOSAL, Outage
from desktop.services.sync_facts import LineState
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import cut, exchange, mend
from tests.sync.test_orders import hold_of, put_hold
from tests.walks.making import approved
from tests.walks.steps import (
    after_tests,
    captured,
    checked,
    expires,
    finished,
    handed,
    paid,
    registered,
    signed_off,
)
from tests.walks.world import World

HOUR = 3600


def pages_of(pdf: bytes) -> str:
    """All text of a paper, white space made single."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def incidents(world: World, kind: str) -> list[Incident]:
    with world.desk.ledger.reading() as r:
        return [i for i in r.find(Incident) if i.kind == kind]


def test_days_without_a_line(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    expires(counter, counter.people[4], date(2026, 3, 4))
    counter.sign_in("andi")
    cut(counter)
    facts = exchange(counter)
    assert facts.state is LineState.DOWN
    assert facts.down_since is not None

    # A renewal whose old licence is on record is printed; its holder goes home with the card.
    renewal = handed(counter, finished(counter, approved(counter, 1)))
    assert renewal.state is S.CLOSED

    # A new licence is captured whole and printed later.
    person = counter.people[2]
    new = registered(counter, person, Service.NEW_ISSUE, LicenceClass.A)
    new = after_tests(counter, checked(counter, new))
    new = signed_off(counter, captured(counter, paid(counter, new), person))
    with pytest.raises(PrintLater) as later:
        counter.desk.issuing.issue(counter.by, new.id)
    assert later.value.why is LaterWhy.NEVER_OFFLINE
    assert later.value.since == facts.down_since

    # After a day the list of holds is too old for anybody.
    counter.clock.advance(25 * HOUR)
    old = approved(counter, 4)
    with pytest.raises(PrintLater) as later:
        counter.desk.issuing.issue(counter.by, old.id)
    assert later.value.why is LaterWhy.HOLDS_OLD

    counter.clock.advance(96 * HOUR)
    waiting = exchange(counter)
    assert waiting.state is LineState.DOWN
    assert waiting.waiting > 20

    mend(counter, centre)
    facts = exchange(counter)
    assert (facts.state, facts.waiting, facts.parked, facts.recheck) == (LineState.UP, 0, 0, 0)
    with counter.desk.ledger.reading() as r:
        head = r.head()
    assert centre.ask("SELECT count(*), count(DISTINCT entry_id) FROM centre.journal") == [
        (head.seq, head.seq)
    ]
    # Both cards that waited come out now, and the outage left its proposal.
    assert finished(counter, new).state is S.READY
    assert finished(counter, old).state is S.READY
    [proposal] = incidents(counter, PROPOSAL)
    assert (proposal.details["from"], proposal.details["to"]) == ("2026-03-02", "2026-03-07")
    assert exchange(counter).parked == 0
    # On paper: the days, how many, whose cases, and who proposes.
    outage = Outage(counter.desk)
    [told] = outage.proposals()
    assert told.licences == int(proposal.details["licences"])
    with pytest.raises(RoleMissing):
        outage.print_proposal(counter.by, told.id)
    counter.sign_in("bambang")
    paper = outage.print_proposal(counter.by, told.id)
    with counter.desk.ledger.reading() as r:
        text = pages_of(r.blob(paper.blob))
        ran_out = {
            app.number
            for app in r.find(Application)
            if app.previous_licence
            and told.first <= r.get(Licence, app.previous_licence).valid_until <= told.last
        }
    assert paper.printed_at is not None
    assert paper.number.startswith("UDS/")
    assert "2 Maret 2026 s.d. 7 Maret 2026" in text
    assert "Bambang Sutrisno" in text
    assert ran_out
    assert all(number in text for number in ran_out)
    assert "Kepala Satpas" in text


def test_a_proposal_that_the_centre_accepted_is_proposed_no_more(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    expires(counter, counter.people[4], date(2026, 3, 2))
    outage = Outage(counter.desk)
    outage.ended(counter.clock.now() - timedelta(hours=9))
    exchange(counter)
    [told] = outage.proposals()
    with centre.admin() as conn:
        [found] = orders.proposals(conn)
        renew = date(2026, 3, 9), date(2026, 3, 16)
        orders.accept_proposal(conn, found.id, "ST/1/III/2026", *renew, "")
    assert outage.proposals() == [told], "nobody here has heard of it"
    exchange(counter)
    assert outage.proposals() == []


def test_a_card_made_offline_for_somebody_who_was_held_is_found(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    cut(counter)
    exchange(counter)
    app = finished(counter, approved(counter, 1))
    put_hold(centre, hold_of(app.nik, "card_seized"), binding=True)
    assert counter.desk.syncing.look().recheck == 1
    mend(counter, centre)
    facts = exchange(counter)
    assert (facts.state, facts.recheck) == (LineState.UP, 0)
    [found] = incidents(counter, CONFLICT)
    assert found.details["number"] == app.number
    assert found.details["why"] == "card_seized"
    assert exchange(counter).waiting == 0


def test_a_lease_that_ends_makes_no_card(counter: World, centre: CentreRig) -> None:
    """Sent to the centre, then cut off: after four hours another counter may have the case."""
    exchange(counter)
    counter.sign_in("andi")
    app = approved(counter, 1)
    exchange(counter)
    cut(counter)
    exchange(counter)
    counter.clock.advance(3 * HOUR)
    with counter.desk.ledger.reading() as r:
        assert counter.desk.frame.link is not None
        assert counter.desk.frame.link.held_by(r, app) is None
    counter.clock.advance(HOUR - 500)
    with pytest.raises(PrintLater) as later:
        counter.desk.issuing.issue(counter.by, app.id)
    assert later.value.why is LaterWhy.LEASE_ENDS
    mend(counter, centre)
    exchange(counter)
    assert finished(counter, app).state is S.READY


def test_setting_the_clock_back_makes_no_lease_longer(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    app = approved(counter, 1)
    exchange(counter)
    cut(counter)
    exchange(counter)
    link = counter.desk.frame.link
    assert link is not None
    from db.sync_state import lease_of

    with counter.desk.ledger.reading() as r:
        lease = lease_of(r.conn, app.id)
    assert lease is not None
    left = link.lease_left(lease)
    counter.clock.jump_to(counter.clock.now().replace(day=1))
    assert abs((link.lease_left(lease) - left).total_seconds()) < 1


def test_a_revoked_counter_is_told_so_and_loses_nothing(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    with centre.admin() as connection:
        central_admin.revoke_counter(connection, "1374-L3")
    assert exchange(counter).state is LineState.DOWN, "the open line was cut"
    facts = exchange(counter)
    assert facts.state is LineState.REFUSED
    assert facts.waiting > 0
    with centre.admin() as connection:
        central_admin.enrol_counter(connection, "1374-L3", "1374")
    assert exchange(counter).state is LineState.UP


def test_two_people_in_a_bus_make_so_many_cards_and_the_rest_waits(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    with counter.desk.ledger.acting(PROGRAM) as w:
        for officer in w.find(Officer, active=True):
            if officer.id not in ("79010001", "76040004"):
                w.change(officer, active=False)
        w.record("officer.told", "office", {})
    plan = counter.desk.duty_plans.standing().plan
    assert plan.crew == 2
    cut(counter)
    exchange(counter)
    app = approved(counter, 1)
    made = [f"card-{number}" for number in range(plan.offline_cards)]
    with counter.desk.ledger.store.write() as conn:
        sync_state.put(conn, OFFLINE_CARDS, made)
    with pytest.raises(PrintLater) as later:
        counter.desk.issuing.issue(counter.by, app.id)
    assert later.value.why is LaterWhy.CREW_LIMIT
    with counter.desk.ledger.store.write() as conn:
        sync_state.put(conn, OFFLINE_CARDS, made[1:])
    assert finished(counter, app).state is S.READY
