"""Closed cases leave the counter when their time is over; the chain stays whole without them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db import sync_state
from desktop.domain.application import (
    Application,
    ApplicationState,
    Incident,
    Letter,
    Paper,
    UnknownApplication,
)
from desktop.domain.evidence import Evidence
from desktop.domain.officer import PROGRAM, Officer, RoleMissing
from desktop.domain.periods import PeriodKind
from desktop.domain.person import Licence, Person
from desktop.domain.shipment import Address, Manifest, Parcel, ParcelState
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import ScannedCard
from desktop.presenters.find import Find, HitKind
from desktop.presenters.stock import StockDesk
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_view import Watch
from desktop.rulebook import FOLDER, Rulebook
from desktop.services.paper_forms import (
    INTERIM,
    courier_label,
    courier_manifest,
    intake_receipt,
)
from desktop.services.papers import MadePaper
from desktop.services.payment import served_under
from tests.walks.making import ready
from tests.walks.steps import acts, checked, handed, registered
from tests.walks.world import World

DAY = 24 * 3600


def closed(world: World, number: int) -> Application:
    """A renewal, handed over by Andi."""
    app = handed(world, ready(world, number))
    assert app.state is ApplicationState.CLOSED
    world.bench.take_output()
    return app


def told_to_the_centre(world: World) -> None:
    """The centre has acknowledged everything up to now."""
    with world.desk.ledger.store.write() as conn:
        sync_state.put_acked(conn, world.desk.ledger.journal.head(conn))


def later(world: World, days: int) -> None:
    """Days go by in which the officers were in touch with the centre."""
    world.clock.advance(days * DAY)
    with world.desk.ledger.acting(PROGRAM) as w:
        for officer in w.find(Officer):
            w.change(officer, last_online=world.desk.frame.now())
        w.record("officer.told", "office", {})


def supervised(world: World) -> None:
    world.desk.duty.sign_out()
    world.sign_in("bambang")


def test_a_case_leaves_a_month_after_the_centre_has_it(world: World) -> None:
    world.sign_in("andi")
    app = closed(world, 1)
    told_to_the_centre(world)
    later(world, 30)
    assert world.desk.retention.over() == []
    later(world, 1)
    [over] = world.desk.retention.over()
    assert (over.number, over.term) == (app.number, PeriodKind.KEEP_CLOSED_CASE)

    supervised(world)
    assert world.desk.retention.leave(world.by) == 1
    assert world.desk.retention.over() == []
    with world.desk.ledger.reading() as r:
        with pytest.raises(UnknownApplication):
            r.get(Application, app.id)
        person, licence = r.get(Person, app.person_id), r.get(Licence, app.licence_id)
        assert r.blob(licence.photo)
        assert r.count(Evidence, application_id=app.id) > 0
        assert not any(hit.ref == app.id for hit in r.search_numbers(app.number))
    assert person.applicant.name
    verdict = world.desk.oversight.verify()
    assert verdict.sound
    assert verdict.erased > 0


def test_what_left_is_told_by_number_and_never_by_name(world: World) -> None:
    world.sign_in("andi")
    app = closed(world, 1)
    told_to_the_centre(world)
    later(world, 31)
    supervised(world)
    world.desk.retention.leave(world.by)
    [left] = acts(world, "retention.left")
    assert left.content is not None
    assert left.content["numbers"] == [app.number]
    assert left.content["payloads_gone"] > 5
    assert left.content["pictures_gone"] >= 2
    assert app.applicant.name not in str(left.content)
    assert app.nik not in str(left.content)
    assert all(line.content is None for line in acts(world, "application.*"))


def test_without_a_centre_a_case_stays_until_its_file_is_old(world: World) -> None:
    world.sign_in("andi")
    app = closed(world, 1)
    later(world, 400)
    assert world.desk.retention.over() == []
    with world.desk.ledger.reading() as r:
        expiry = r.get(Licence, app.licence_id).valid_until
    years = expiry - world.desk.frame.today() + timedelta(days=367)
    later(world, years.days)
    [over] = world.desk.retention.over()
    assert over.term is PeriodKind.KEEP_FILE


def test_a_case_with_an_open_incident_stays(world: World) -> None:
    world.sign_in("andi")
    app = closed(world, 1)
    with world.desk.ledger.acting(PROGRAM) as w:
        incident = w.add(
            Incident(
                id=world.desk.frame.ids.new(), kind="other", subject=app.number, opened_by="",
                opened_at=world.desk.frame.now(), details={},
            )
        )  # fmt: skip
        w.record("incident.opened", incident.id, {"kind": "other"})
    told_to_the_centre(world)
    later(world, 60)
    assert world.desk.retention.over() == []


def test_a_case_takes_its_papers_and_its_letter_with_it(world: World) -> None:
    world.sign_in("andi")
    ledger, papers, by = world.desk.ledger, world.desk.papers, world.by
    app, stays = closed(world, 1), closed(world, 2)
    now = world.desk.frame.now()
    manifest = Manifest("m1", 7, "Pos", closed=True, made_by=by.officer, made_at=now, closed_at=now)
    to = Address("SITI", "Jalan Melati No. 7", "Kota Bandung", "40197", "0812")
    parcels = [
        Parcel(f"p{n}", one.id, f"AWB{n}", "Pos", ParcelState.DELIVERED, to, by.officer, now,
               manifest_id="m1")
        for n, one in enumerate((app, stays))
    ]  # fmt: skip
    letter = Letter("l1", 1, app.id, now, now.date())
    incident = Incident("i1", "other", stays.number, by.officer, now, {})
    with ledger.acting(by) as w:
        for thing in (manifest, *parcels, letter, incident):
            w.add(thing)
        w.record("letter.issued", letter.id, {"sim_number": app.nik})
    gone = [
        intake_receipt(papers, by, app.visit_id),
        courier_label(papers, by, parcels[0]),
        papers.make(by, INTERIM, letter.id, lambda *_: b"%PDF letter"),
    ]
    listed = courier_manifest(papers, by, manifest)
    kept = courier_label(papers, by, parcels[1])

    def here(made: MadePaper) -> bool:
        with ledger.reading() as r:
            found = r.look(Paper, made.paper.id) is not None
            assert found is bool(r.picture(made.paper.blob))
            return found

    told_to_the_centre(world)
    later(world, 31)
    supervised(world)
    assert world.desk.retention.leave(world.by) == 1
    assert [here(made) for made in (*gone, listed, kept)] == [False, False, False, True, True]
    assert acts(world, "letter.issued")[0].content is None
    with ledger.acting(world.by) as w:
        assert w.look(Letter, letter.id) is None
        w.change(w.get(Incident, incident.id), closed_by=world.by.officer)
        w.record("incident.closed", incident.id, {})
    assert world.desk.retention.leave(world.by) == 1
    assert not here(listed), "it left with the last of its parcels"
    assert not here(kept)


def test_an_open_case_never_leaves_and_nobody_but_a_supervisor_lets_go(world: World) -> None:
    world.sign_in("andi")
    open_case = ready(world, 1)
    gone = closed(world, 2)
    told_to_the_centre(world)
    later(world, 90)
    assert [one.number for one in world.desk.retention.over()] == [gone.number]
    with pytest.raises(RoleMissing):
        world.desk.retention.leave(world.by)
    supervised(world)
    assert world.desk.retention.leave(world.by) == 1
    with world.desk.ledger.reading() as r:
        kept = r.get(Application, open_case.id)
        assert r.blob(kept.photo)


def test_a_place_under_a_decree_stays_free_when_its_case_has_left(world: World) -> None:
    sheet = (FOLDER / "training" / "waivers.toml").read_text("utf-8").replace('"D", "DI"', '"C"')
    rulebook = Rulebook.load(FOLDER, sheets=[{"waivers.toml": sheet}])
    object.__setattr__(world.desk.frame, "rulebook", rulebook)
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    [waiver] = world.desk.payment.waivers(app)
    world.desk.payment.waive(world.by, app.id, waiver.decree)
    with world.desk.ledger.reading() as r:
        assert served_under(r, waiver.decree) == 1
    world.desk.intake.cancel(world.by, app.id, "by_applicant")
    told_to_the_centre(world)
    later(world, 90)
    supervised(world)
    assert world.desk.retention.leave(world.by) == 1
    with world.desk.ledger.reading() as r:
        assert served_under(r, waiver.decree) == 0


def test_the_card_of_a_case_that_left_is_still_known(world: World) -> None:
    world.sign_in("andi")
    app = closed(world, 1)
    told_to_the_centre(world)
    later(world, 31)
    supervised(world)
    world.desk.retention.leave(world.by)
    world.desk.duty.sign_out()
    world.sign_in("andi")
    stock = StockDesk(world.desk)
    stock.enter()
    stock.scanned(app.blank_serial)
    assert stock.view.problem is None
    cards = CardDesk(world.desk)
    cards.enter(ScannedCard(app.blank_serial))
    assert cards.view is not None
    finder = Find(world.desk)
    assert finder.open_person(app.person_id) is not None
    [hit] = finder.find(app.blank_serial.lower())
    assert (hit.kind, hit.key) == (HitKind.LICENCE, f"person:{app.person_id}")


def test_the_audit_s_content_is_kept_ten_years_and_the_chain_for_ever(world: World) -> None:
    world.sign_in("andi")
    waits = registered(world, world.people[1])
    assert acts(world, "duty.signed_in")[0].content is not None
    later(world, 3652)  # ten years, two of their leap days gone by
    assert world.desk.retention.old_acts() == 0
    later(world, 3)
    assert world.desk.retention.old_acts() > 0
    supervised(world)
    desk = Supervisor(world.desk)
    desk.enter()
    desk.turn_to(Watch.DUTIES)
    assert desk.view.old_acts > 0
    desk.let_go()
    assert desk.view.said is not None
    assert desk.view.said.message_id == "supervisor.keeping.erased", "no case left"
    assert world.desk.retention.old_acts() == 0
    assert acts(world, "duty.signed_in")[0].content is None
    assert acts(world, "application.register")[0].content is not None, waits.number
    verdict = world.desk.oversight.verify()
    assert verdict.sound
    assert verdict.erased > 0
