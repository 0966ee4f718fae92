"""Troubles that people bring: they leave, differ, can't sign, come too late, or come first."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from desktop.cards.seal import CardStatement
from desktop.cards.seal_check import check
from desktop.desk import open_desk
from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Visit
from desktop.domain.evidence import Answer, EvidenceSource, Verdict
from desktop.domain.officer import NotSignedIn, RoleMissing
from desktop.domain.reasons import HoldReason
from desktop.domain.requirements import RequirementKind
from desktop.domain.retakes import RetakeTooEarly
from desktop.domain.service import Service
from desktop.domain.validity import RenewalTooLate, ServiceGround
from desktop.rulebook import FOLDER, TRAINING, Rulebook
from desktop.settings import Place, Settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.people import make_people
from tests.walks.making import witness
from tests.walks.steps import (
    A,
    C,
    acts,
    called,
    captured,
    case,
    checked,
    expires,
    finished,
    paid,
    read,
    registered,
    signed_off,
)
from tests.walks.world import World

# -- they leave --------------------------------------------------------------------------------


def test_applicant_who_left_for_lunch_goes_on_where_they_were(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    held = world.desk.intake.hold(world.by, app.id, HoldReason.APPLICANT_LEFT)
    assert held.state is S.ON_HOLD
    world.clock.advance(2 * 3600)
    with world.desk.ledger.reading() as r:
        ticket = r.get(Visit, app.visit_id).ticket_id
    number = next(a.content["number"] for a in acts(world, "ticket.called") if a.content)
    for key in (person.nik, number, number.lower(), app.number):
        assert [found.id for found in world.desk.intake.find_open(key)] == [app.id], key
    back = world.desk.intake.resume(world.by, app.id)
    assert (back.state, back.photo, back.signature) == (S.CAPTURED, app.photo, app.signature)
    assert back.held_from is None
    assert len(acts(world, "capture.photo")) == 1
    assert ticket


def test_applicant_who_never_came_back_is_listed_and_let_go(world: World) -> None:
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, world.people[1])))
    world.desk.intake.hold(world.by, app.id, HoldReason.APPLICANT_LEFT)
    assert [left.id for left in world.desk.intake.left_waiting()] == [app.id]
    with pytest.raises(RoleMissing):
        world.desk.intake.expire(world.by, app.id)
    world.take_over("bambang")
    ended = world.desk.intake.expire(world.by, app.id)
    world.give_back()
    assert (ended.state, ended.reason) == (S.EXPIRED, "never_came_back")
    assert world.desk.intake.left_waiting() == []
    again = registered(world, world.people[1])
    assert again.state is S.REGISTERED


# -- they come too late, or just in time -------------------------------------------------------


def test_licence_that_ran_out_yesterday_is_never_renewed(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    expires(world, person, world.desk.frame.today() - timedelta(days=1))
    identity = read(world, person)
    standing = world.desk.intake.standing(identity.applicant, identity.source)
    answer = world.desk.intake.right_service(standing, Service.RENEWAL, C)
    assert answer.service is Service.NEW_ISSUE
    visit = called(world)
    with pytest.raises(RenewalTooLate) as refused:
        world.desk.intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    assert refused.value.days_late == 1
    app = world.desk.intake.register(world.by, visit.id, identity, Service.NEW_ISSUE, C)
    assert app.state is S.REGISTERED


def at(folder: Path, moment: datetime, zone: str = "Asia/Jakarta") -> World:
    """A training counter in another zone, or at another time."""
    clock = VirtualClock(moment)
    desk = open_desk(
        folder, clock=clock, ids=SeededIds(7, clock), keys=SeededKeys(7),
        settings=Settings(place=replace(Place(), zone=zone)),
    )  # fmt: skip
    return World(desk, clock, make_people(1374, 40, today=desk.frame.today()))


def test_a_dispensation_in_force_renews_what_ran_out(tmp_path: Path) -> None:
    world = at(tmp_path / "p", datetime(2025, 4, 10, 2, 0, tzinfo=UTC))
    world.sign_in("andi")
    expires(world, world.people[1], date(2025, 4, 2))
    identity = read(world, world.people[1])
    standing = world.desk.intake.standing(identity.applicant, identity.source)
    answer = world.desk.intake.right_service(standing, Service.RENEWAL, C)
    assert answer.ground is ServiceGround.DISPENSATION
    assert registered(world, world.people[1]).service is Service.RENEWAL
    world.desk.close()


@pytest.mark.parametrize(("minute", "in_time"), [(59, True), (60, False)])
def test_the_offices_own_midnight_decides(tmp_path: Path, minute: int, in_time: bool) -> None:
    """23.59 and 00.00 in Jayapura are 21.59 and 22.00 of the same day in Jakarta."""
    moment = datetime(2026, 3, 2, 14, 0, tzinfo=UTC) + timedelta(minutes=minute)
    world = at(tmp_path / "p", moment, "Asia/Jayapura")
    world.sign_in("andi")
    expires(world, world.people[1], date(2026, 3, 2))
    if in_time:
        assert registered(world, world.people[1]).state is S.REGISTERED
    else:
        with pytest.raises(RenewalTooLate):
            registered(world, world.people[1])
    world.desk.close()


def test_a_card_made_after_midnight_bears_the_offices_own_day(tmp_path: Path) -> None:
    """At 00.30 in Jayapura it is the day before in Jakarta and by UTC."""
    world = at(tmp_path / "p", datetime(2026, 3, 2, 15, 30, tzinfo=UTC), "Asia/Jayapura")
    person, clock = world.people[1], world.clock
    world.sign_in("andi")
    expires(world, person, date(2026, 3, 5))
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = finished(world, signed_off(world, app))
    days = date(2026, 3, 3), date(2031, 3, 3)
    assert (app.issue_on, app.valid_until) == days
    [card] = world.bench.take_output()
    for name, day in zip(("issued_on", "valid_until"), days, strict=True):
        assert f'"{name}":"{day}"'.encode() in card.chip.memory
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(card.back)).convert("L"))
    sealed = check(code.text, world.desk.sealing.verifying_keys(clock.now()), clock.now()).statement
    assert isinstance(sealed, CardStatement)
    assert (sealed.issued_on, sealed.valid_until) == days
    assert clock.now().date() == date(2026, 3, 2), "or the test says nothing"
    world.desk.close()


def test_a_sitting_without_a_day_counts_on_the_offices_own(tmp_path: Path) -> None:
    """Eight in the morning in Jayapura is still the day before by UTC."""
    world = at(tmp_path / "p", datetime(2026, 3, 2, 23, 0, tzinfo=UTC), "Asia/Jayapura")
    world.sign_in("andi")
    app = registered(world, world.people[1], Service.NEW_ISSUE, A)
    kind = RequirementKind.THEORY_TEST
    with world.desk.ledger.acting(world.by) as w:
        failed = Answer(Verdict.YES, "TEO-1", None, "", {"score": "40", "passed": "0"})
        piece = world.desk.proofs.piece(world.by, app, kind, EvidenceSource.CONFIRMED, failed)
        world.desk.proofs.add(w, piece)
    with pytest.raises(RetakeTooEarly) as refused:
        world.desk.exams.fetch(world.by, app.id, kind)
    assert refused.value.earliest == date(2026, 3, 4)
    world.desk.close()


# -- officers ----------------------------------------------------------------------------------


def test_officer_relieved_in_mid_case_leaves_both_names(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.take_over("dewi")
    app = captured(world, app, person)
    world.desk.intake.confirm_data(world.by, app.id)
    world.desk.duty.sign_out()
    names = {entry.officer for entry in acts(world, "application.*")}
    assert names == {"79010001", "85020002"}
    assert case(world, app).makers == {"79010001", "85020002"}


def test_a_locked_counter_keeps_the_work_and_lets_nobody_act(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    draft = world.desk.intake.save_draft(world.by, "", "walkin", "", {"name": "SI"})
    world.desk.duty.lock()
    with pytest.raises(NotSignedIn):
        _ = world.by
    world.desk.duty.unlock("79010001", "andi123")
    assert [kept.id for kept in world.desk.intake.drafts(world.by)] == [draft.id]
    assert checked(world, app).state is S.REQUIREMENTS_CHECKED


def test_a_new_sign_in_ends_the_old_session_and_its_witnesses(world: World) -> None:
    world.sign_in("andi")
    old = world.by
    second = witness(world, "dewi")
    world.sign_in("rahmat")
    for actor in (old, second):
        with pytest.raises(NotSignedIn):
            world.desk.duty.signer(actor)
    with pytest.raises(NotSignedIn):
        world.desk.duty.witness("85020002")


def test_a_neighbours_record_opened_out_of_curiosity_is_on_the_list(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    for _ in range(3):
        world.desk.intake.opened(world.by, app.id)
    world.take_over("rahmat")
    world.desk.intake.opened(world.by, app.id)
    assert [entry.officer for entry in acts(world, "record.opened")] == ["79010001", "78030003"]
    assert world.desk.oversight.openings()["78030003"] == 1


# -- rules -------------------------------------------------------------------------------------


def decree(folder: Path) -> None:
    """A tariff that begins at midnight."""
    (folder / "fees.toml").write_text(
        'version = "2026-03-03"\n[[fees]]\ngroup = "renewal"\nvalid_from = 2026-03-03\n'
        'services = ["renewal"]\nclasses = ["C"]\namount = 90000\nsource = "Decree for a test"\n',
        encoding="utf-8",
    )


def test_a_case_keeps_the_tariff_of_its_day(world: World, tmp_path: Path) -> None:
    laid = tmp_path / "decree"
    laid.mkdir()
    decree(laid)
    object.__setattr__(world.desk.frame, "rulebook", Rulebook.load(FOLDER, TRAINING, laid))
    world.sign_in("andi")
    old = checked(world, registered(world, world.people[1]))
    unchecked = registered(world, world.people[4])
    world.clock.advance(24 * 3600)
    new = checked(world, registered(world, world.people[2]))
    assert (old.fee, new.fee) == (75_000, 90_000)
    assert paid(world, old).fee == 75_000
    assert checked(world, unchecked).rules_version == new.rules_version != old.rules_version
