"""People without Indonesian nationality: their number, their papers, their shorter licence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from desktop.domain.application import Application
from desktop.domain.evidence import Answer, EvidenceSource, Verdict
from desktop.domain.licence_class import LicenceClass
from desktop.domain.requirements import RequirementKind, RequirementMissing
from desktop.domain.service import Service
from desktop.domain.sim_number import SimScheme, read_sim_number
from desktop.domain.validity import Stay, StayPermit, StayPermitEnded, StayPermitMissing
from desktop.keys.certificates import KeyRole, issue
from desktop.keys.signer import SoftSigner
from desktop.outside.proof_code import ProofStatement, subject_of, write
from desktop.services.proof_codes import ISSUERS_FILE
from desktop.services.requirements import shown_number
from desktop.training.people import Person, make_person
from tests.walks.steps import (
    A,
    C,
    called,
    captured,
    finished,
    licences_of,
    look_at,
    paid,
    read,
    signed_off,
)
from tests.walks.world import World


def registered(
    world: World, person: Person, service: Service, cls: LicenceClass = C
) -> Application:
    """A foreigner's KTP-el is read and a case made."""
    identity = read(world, person)
    identity = replace(identity, applicant=replace(identity.applicant, nationality="WNA"))
    visit = called(world, service)
    return world.desk.intake.register(world.by, visit.id, identity, service, cls)


def test_a_foreigner_s_card_bears_fourteen_digits(andi: World) -> None:
    person = make_person(4711, today=andi.desk.frame.today())
    app = registered(andi, person, Service.NEW_ISSUE, A)
    number = read_sim_number(app.sim_number)
    assert number.scheme is SimScheme.DIGITS_14
    assert number.area == andi.desk.frame.place.office_code
    assert number.fits_birth(person.birth_date)
    other = registered(andi, person, Service.NEW_ISSUE, C)
    assert other.sim_number == app.sim_number, "all cards of a person share it"


def test_a_foreigner_keeps_the_number_of_the_old_card(andi: World) -> None:
    person = andi.people[1]
    [old] = licences_of(andi, person)
    app = registered(andi, person, Service.RENEWAL)
    assert app.sim_number == old.sim_number
    now, _ = look_at(andi, app)
    with andi.desk.ledger.reading() as r:
        dates = andi.desk.licences.dates(r, now)
    assert dates.sim_number == old.sim_number


def test_a_number_that_a_licence_bears_is_not_given_again(andi: World) -> None:
    """A store that was restored counts from where it stood."""
    person = make_person(4711, today=andi.desk.frame.today())
    app = registered(andi, person, Service.NEW_ISSUE, A)
    follows = f"{int(app.sim_number) + 1:014d}"
    [old] = licences_of(andi, andi.people[1])
    with andi.desk.ledger.acting(andi.by) as w:
        w.change(old, sim_number=follows)
        w.record("licence.told", old.id, {})
    identity = read(andi, make_person(4712, today=andi.desk.frame.today()))
    twin = replace(identity.applicant, nationality="WNA", birth_date=person.birth_date)
    visit = called(andi, Service.NEW_ISSUE)
    other = andi.desk.intake.register(
        andi.by, visit.id, replace(identity, applicant=twin), Service.NEW_ISSUE, A
    )
    assert other.sim_number == f"{int(follows) + 1:014d}"


def test_a_scanned_permit_ends_the_licence_as_a_typed_one_does(andi: World) -> None:
    kind = RequirementKind.IMMIGRATION_DOCUMENT
    desk, today = andi.desk, andi.desk.frame.today()
    immigration = SoftSigner(b"i" * 32)
    vouched = issue(
        desk.profile.signer(KeyRole.ROOT), realm=desk.realm, role=KeyRole.ISSUER,
        subject=subject_of(kind, "Imigrasi Contoh"), public=immigration.public,
        not_before=andi.clock.now(), not_after=andi.clock.now() + timedelta(days=30),
    )  # fmt: skip
    (desk.profile.path / ISSUERS_FILE).write_text(vouched.text())
    app = registered(andi, andi.people[1], Service.RENEWAL)
    bare = ProofStatement(desk.realm, kind, "KITAS-1", app.nik, today)
    with pytest.raises(StayPermitMissing):
        desk.proof_codes.scan(andi.by, app.id, write(bare, immigration))
    ended = replace(bare, stay=Stay(StayPermit.KITAS, today - timedelta(days=1)))
    with pytest.raises(StayPermitEnded):
        desk.proof_codes.scan(andi.by, app.id, write(ended, immigration))
    until = today + timedelta(days=200)
    good = replace(bare, stay=Stay(StayPermit.KITAS, until))
    piece = desk.proof_codes.scan(andi.by, app.id, write(good, immigration))
    assert (piece.source, shown_number(piece)) == (EvidenceSource.SCANNED, "KITAS-1")
    desk.requirements.gather(andi.by, app.id)
    app = desk.requirements.check(andi.by, app.id)
    with desk.ledger.reading() as r:
        assert desk.licences.dates(r, app).valid_until == until


def test_a_citizen_s_card_bears_the_nik(andi: World) -> None:
    person = andi.people[1]
    app = andi.desk.intake.register(
        andi.by, called(andi, Service.RENEWAL).id, read(andi, person), Service.RENEWAL, C
    )
    assert app.sim_number == ""


PASSPORT = RequirementKind.IMMIGRATION_DOCUMENT


def typed(world: World, app: Application, stay: Stay | None) -> None:
    """The officer writes the immigration document down."""
    world.desk.requirements.type_in(
        world.by, app.id, PASSPORT, "X-2201", date(2025, 5, 1), "IMIGRASI CONTOH", stay
    )


def test_a_foreigner_s_licence_ends_with_the_stay_permit(andi: World) -> None:
    person = andi.people[1]
    app = registered(andi, person, Service.RENEWAL)
    andi.desk.requirements.gather(andi.by, app.id)
    with pytest.raises(RequirementMissing) as refused:
        andi.desk.requirements.check(andi.by, app.id)
    assert refused.value.kind is PASSPORT
    until = andi.desk.frame.today() + timedelta(days=200)
    typed(andi, app, Stay(StayPermit.KITAS, until))
    app = captured(andi, paid(andi, andi.desk.requirements.check(andi.by, app.id)), person)
    app = finished(andi, signed_off(andi, app))
    _, licence = look_at(andi, app)
    assert licence is not None
    assert licence.valid_until == until
    assert licence.scheme == SimScheme.DIGITS_14


def test_a_permit_is_told_whole_and_still_runs(andi: World) -> None:
    app = registered(andi, andi.people[1], Service.RENEWAL)
    with pytest.raises(StayPermitMissing):
        typed(andi, app, None)
    gone = andi.desk.frame.today() - timedelta(days=1)
    with pytest.raises(StayPermitEnded):
        typed(andi, app, Stay(StayPermit.KITAS, gone))


def test_a_document_that_tells_of_no_permit_is_typed_again(andi: World) -> None:
    """As one that was written down before permits were asked for."""
    app = registered(andi, andi.people[1], Service.RENEWAL)
    andi.desk.requirements.gather(andi.by, app.id)
    told = Answer(Verdict.YES, "X-2201", date(2025, 5, 1), "IMIGRASI CONTOH")
    andi.desk.proofs.keep(andi.by, app, PASSPORT, EvidenceSource.TYPED, told)
    piece = andi.desk.requirements.look(app.id).evidence[PASSPORT]
    assert shown_number(piece) == "X-2201"
    with pytest.raises(StayPermitMissing):
        andi.desk.requirements.check(andi.by, app.id)
    typed(andi, app, Stay(StayPermit.KITAS, andi.desk.frame.today() + timedelta(days=200)))
    andi.desk.requirements.check(andi.by, app.id)


def test_a_permit_that_ends_while_the_case_waits_stops_it(andi: World) -> None:
    person = andi.people[1]
    app = registered(andi, person, Service.RENEWAL)
    andi.desk.requirements.gather(andi.by, app.id)
    typed(andi, app, Stay(StayPermit.VISIT, andi.desk.frame.today()))
    app = captured(andi, paid(andi, andi.desk.requirements.check(andi.by, app.id)), person)
    app = signed_off(andi, app)
    andi.clock.advance(24 * 3600.0)
    with pytest.raises(StayPermitEnded):
        andi.desk.issuing.issue(andi.by, app.id)


def test_who_works_here_brings_the_work_permit(andi: World) -> None:
    app = registered(andi, andi.people[1], Service.RENEWAL)
    andi.desk.requirements.gather(andi.by, app.id)
    typed(andi, app, Stay(StayPermit.KITAS, date(2027, 1, 1), working=True))
    with pytest.raises(RequirementMissing) as refused:
        andi.desk.requirements.check(andi.by, app.id)
    assert refused.value.kind is RequirementKind.WORK_PERMIT


def test_one_immigration_document_serves_both_cases_of_a_visit(andi: World) -> None:
    person = andi.people[1]
    until = andi.desk.frame.today() + timedelta(days=200)
    for cls, service in ((C, Service.RENEWAL), (A, Service.NEW_ISSUE)):
        app = registered(andi, person, service, cls)
        typed(andi, app, Stay(StayPermit.KITAS, until))
        assert andi.desk.requirements.look(app.id).evidence[PASSPORT].facts["permit"] == "kitas"
