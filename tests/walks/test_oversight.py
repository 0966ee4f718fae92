"""Supervision: exceptions seen, incidents closed in words, delegates dated, the journal checked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.domain.duties import DutyFault, DutyPairForbidden
from desktop.domain.evidence import IssuerSilent
from desktop.domain.licence_class import LicenceClass
from desktop.domain.nik import mask_nik
from desktop.domain.officer import Role, RoleMissing, SameOfficer
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.stock import StatementMissing
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.services.exceptions import ExceptionKind
from desktop.services.oversight import (
    DelegateDates,
    DelegateRefused,
    DelegateStands,
    IncidentClosed,
    JournalNotWritten,
    TrailQuery,
)
from tests.walks.making import confirmed, ready, witness
from tests.walks.steps import acts, case, printed, registered
from tests.walks.world import PASSWORDS, World

RAHMAT = "78030003"


def test_an_approval_waits_only_for_whoever_may_sign_it(world: World) -> None:
    world.sign_in("andi")
    confirmed(world, 1)
    waits = world.desk.approvals.waits_for
    assert waits(world.by) == 0, "his own case, and he approves nothing"
    world.sign_in("sri")
    assert waits(world.by) == 1


def test_out_of_turn_and_spoiled_are_exceptions_told_once(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    world.desk.queue.take_ticket(world.by)
    late = world.desk.queue.take_ticket(world.by)
    world.desk.queue.call(world.by, late.id, "felt_unwell")
    found = world.desk.oversight.exceptions()
    assert [(one.kind, one.subject) for one in found] == [
        (ExceptionKind.OUT_OF_TURN, late.number),
        (ExceptionKind.SPOILED, app.number),
    ]
    assert {one.officer for one in found} == {"79010001"}
    assert world.desk.oversight.exceptions(world.desk.frame.today() + timedelta(days=1)) == []


def test_typed_evidence_is_open_until_the_issuer_answers(world: World) -> None:
    outside = world.desk.outside
    assert isinstance(outside, OutsideSimulator)
    outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    _, visit = world.desk.queue.call(world.by)
    world.put_eid(world.people[1])
    identity = world.desk.intake.read_eid()
    app = world.desk.intake.register(world.by, visit.id, identity, Service.RENEWAL, LicenceClass.C)
    assert world.desk.requirements.gather(world.by, app.id)
    world.desk.requirements.type_in(
        world.by, app.id, RequirementKind.PSYCH_CERT, "PSI-77", world.desk.frame.today(), "Biro"
    )
    [piece] = world.desk.oversight.open_evidence()
    assert piece.application_id == app.id
    [exception] = world.desk.oversight.exceptions()
    assert (exception.kind, exception.subject) == (ExceptionKind.TYPED_EVIDENCE, app.number)
    world.take_over("yohana")
    with pytest.raises(RoleMissing):
        world.desk.oversight.confirm_evidence(world.by, piece.id)
    world.give_back()
    world.take_over("bambang")
    with pytest.raises(IssuerSilent):
        world.desk.oversight.confirm_evidence(world.by, piece.id)
    outside.manners[RequirementKind.PSYCH_CERT] = Manner.YES
    assert world.desk.oversight.confirm_evidence(world.by, piece.id).closed is True
    assert world.desk.oversight.open_evidence() == []


def test_a_paper_that_nobody_answers_for_is_closed_by_a_second_officer(world: World) -> None:
    """A judgment: no line leads to the court."""
    world.sign_in("andi")
    app = registered(world, world.people[1], Service.NEW_ISSUE, LicenceClass.A)
    kind, day = RequirementKind.COURT_JUDGMENT, world.desk.frame.today()
    piece = world.desk.requirements.type_in(world.by, app.id, kind, "9/Pid/2026", day, "PN")
    assert world.desk.oversight.confirm_all_evidence(world.by).waiting == 1, "nobody was asked"
    with pytest.raises(SameOfficer):
        world.desk.oversight.confirm_evidence(world.by, piece.id)
    world.take_over("bambang")
    assert world.desk.oversight.confirm_evidence(world.by, piece.id).closed is True
    assert world.desk.oversight.open_evidence() == []
    [told] = acts(world, "evidence.closed")
    assert (told.officer, (told.content or {})["confirmed"]) == (world.by.officer, True)


def test_an_incident_is_closed_by_a_supervisor_in_words(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.stock.miss(world.by, "CT26030400", "not_counted", "Tidak ada di kotak.")
    [incident] = world.desk.oversight.incidents()
    with pytest.raises(RoleMissing):
        world.desk.oversight.close_incident(world.by, incident.id, "selesai")
    world.take_over("bambang")
    with pytest.raises(StatementMissing):
        world.desk.oversight.close_incident(world.by, incident.id, " ")
    closed = world.desk.oversight.close_incident(world.by, incident.id, "Dicari, dilaporkan.")
    assert closed.details["statement"] == "Tidak ada di kotak."
    with pytest.raises(IncidentClosed):
        world.desk.oversight.close_incident(world.by, incident.id, "lagi")
    assert world.desk.oversight.incidents() == []
    assert len(world.desk.oversight.incidents(all_of_them=True)) == 1


def test_a_delegate_is_dated_and_signed(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    world.take_over("sri")
    today = world.desk.frame.today()
    approver = frozenset({Role.APPROVER})
    delegate = world.desk.oversight.delegate
    with pytest.raises(DelegateDates):
        delegate(world.by, RAHMAT, approver, today - timedelta(days=1), "cuti")
    with pytest.raises(DelegateDates):
        delegate(world.by, RAHMAT, approver, today + timedelta(days=60), "cuti")
    with pytest.raises(DelegateRefused):
        delegate(world.by, "80070007", approver, today, "cuti")
    with pytest.raises(RoleMissing):
        delegate(world.by, RAHMAT, frozenset({Role.SUPERVISOR}), today, "cuti")
    with pytest.raises(StatementMissing):
        delegate(world.by, RAHMAT, approver, today, "")
    officer = delegate(world.by, RAHMAT, approver, today + timedelta(days=1), "cuti dua hari")
    assert officer.delegate_until == today + timedelta(days=1)
    world.give_back()

    world.take_over("rahmat")
    assert Role.APPROVER in world.by.roles
    assert world.desk.approvals.approve(world.by, app.id).approved_by == RAHMAT
    world.give_back()
    world.clock.advance(2 * 24 * 3600)
    world.take_over("rahmat")
    assert Role.APPROVER not in world.by.roles
    [found] = [
        one for one in world.desk.oversight.exceptions(today)
        if one.kind is ExceptionKind.DELEGATED
    ]  # fmt: skip
    assert found.officer == "76040004"
    assert world.desk.oversight.verify().sound


def test_a_delegation_can_be_ended_early(world: World) -> None:
    world.sign_in("bambang")
    today = world.desk.frame.today()
    roles = frozenset({Role.SUPERVISOR})
    world.desk.oversight.delegate(world.by, RAHMAT, roles, today, "rapat")
    world.desk.oversight.revoke(world.by, RAHMAT)
    world.take_over("rahmat")
    assert Role.SUPERVISOR not in world.by.roles
    with pytest.raises(RoleMissing):
        world.desk.oversight.revoke(world.by, RAHMAT)


def test_who_waits_below_loses_a_delegation_that_is_ended_above(world: World) -> None:
    """Bambang takes over, ends it, and gives back; a lock over midnight ends it as well."""
    world.sign_in("bambang")
    oversight, today = world.desk.oversight, world.desk.frame.today()
    approver = frozenset({Role.APPROVER})
    for ends in ("revoked", "over"):
        oversight.delegate(world.by, RAHMAT, approver, today, "rapat")
        world.sign_in("rahmat")
        assert Role.APPROVER in world.by.roles
        if ends == "revoked":
            world.take_over("bambang")
            oversight.revoke(world.by, RAHMAT)
            world.give_back()
        else:
            world.desk.duty.lock()
            world.clock.advance(24 * 3600)
            world.desk.duty.unlock(*PASSWORDS["rahmat"])
        assert Role.APPROVER not in world.by.roles
        world.sign_in("bambang")


def test_a_second_delegation_adds_to_the_first_and_a_delegate_hands_nothing_on(
    world: World,
) -> None:
    world.sign_in("bambang")
    delegate, today = world.desk.oversight.delegate, world.desk.frame.today()
    approver, supervisor = frozenset({Role.APPROVER}), frozenset({Role.SUPERVISOR})
    delegate(world.by, RAHMAT, approver, today, "rapat")
    with pytest.raises(DelegateStands) as refused:
        delegate(world.by, RAHMAT, supervisor, today + timedelta(days=3), "cuti")
    assert refused.value.until == today
    officer = delegate(world.by, RAHMAT, supervisor, today, "cuti")
    assert officer.delegate_roles == approver | supervisor
    world.sign_in("rahmat")
    assert supervisor <= world.by.roles
    with pytest.raises(RoleMissing):
        delegate(world.by, "85020002", supervisor, today + timedelta(days=9), "saya cuti")


def test_no_delegate_holds_what_the_duty_plan_keeps_apart(world: World) -> None:
    world.sign_in("bambang")
    today = world.desk.frame.today()
    approver = frozenset({Role.APPROVER})
    with pytest.raises(DutyPairForbidden) as refused:
        world.desk.oversight.delegate(world.by, "79010001", approver, today, "rapat")
    assert Role.APPROVER in (refused.value.one, refused.value.other)
    standing = world.desk.duty_plans.standing()
    assert standing.plan.crew == 12
    assert standing.findings == ()
    world.desk.oversight.delegate(world.by, RAHMAT, approver, today, "rapat")
    [found] = world.desk.duty_plans.standing().findings
    assert (found.fault, found.officer) == (DutyFault.NOT_TOGETHER, RAHMAT)


def test_the_auditor_reads_and_cannot_act(world: World, tmp_path: Path) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    world.desk.stock.spoil(world.by, "CT26030001", "lot_defect")
    world.sign_in("nyoman")
    world.desk.stock.miss(world.by, "CT26030400", "not_counted")
    world.sign_in("yohana")
    look = world.desk.oversight
    assert look.exceptions()
    [incident] = look.incidents()
    assert look.trail(TrailQuery())
    assert look.verify().sound
    assert look.export(world.by, tmp_path / "journal.jsonl").entries > 0
    today = world.desk.frame.today()
    acts = [
        lambda: world.desk.approvals.approve(world.by, app.id),
        lambda: look.close_incident(world.by, incident.id, "selesai"),
        lambda: look.open_incident(world.by, "other", "-", "selesai"),
        lambda: look.delegate(world.by, RAHMAT, frozenset({Role.APPROVER}), today, "cuti"),
        lambda: world.desk.stock.spoil(world.by, "CT26030002", "other"),
        lambda: world.desk.closing.open_shift(world.by),
        lambda: world.desk.closing.count(world.by, {"2603": 500}),
        lambda: world.desk.closing.close(world.by),
        lambda: world.desk.destruction.set_aside(world.by, ["CT26030001"]),
        lambda: world.desk.letters.landed(world.by, 0),
    ]
    for act in acts:
        with pytest.raises(RoleMissing):
            act()


def test_the_trail_names_no_person(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    lines = world.desk.oversight.trail(TrailQuery(acts="application.*"))
    text = repr(lines)
    assert lines[0].seq > lines[-1].seq
    assert app.applicant.name not in text
    assert app.nik not in text
    assert mask_nik(app.nik) in text
    assert {line.officer for line in lines} == {"79010001"}
    assert world.desk.oversight.trail(TrailQuery(officer=RAHMAT)) == []
    assert len(world.desk.oversight.trail(TrailQuery(limit=3))) == 3


def test_the_trail_of_one_case_is_found_by_its_number(world: World) -> None:
    world.sign_in("andi")
    one, other = confirmed(world, 1), confirmed(world, 2)
    found = world.desk.oversight.trail(TrailQuery(subject=one.number.lower()))
    assert {line.subject for line in found} == {one.id, one.visit_id}
    assert world.desk.oversight.trail(TrailQuery(subject=other.number, officer=RAHMAT)) == []
    assert world.desk.oversight.trail(TrailQuery(subject="1374-26-L3-999999")) == []


def test_the_trail_of_a_card_and_of_its_case_ends_with_its_destruction(world: World) -> None:
    world.sign_in("andi")
    gone, kept = ready(world, 1), ready(world, 2)
    for app in (gone, kept):
        world.desk.issuing.spoil(world.by, app.id, "print_defect")
    world.take_over("nyoman")
    made = world.desk.destruction.destroy(world.by, witness(world, "bambang"), [gone.blank_serial])
    assert made.pdf
    trail = world.desk.oversight.trail
    for number in (gone.blank_serial, gone.number):
        [line] = trail(TrailQuery(subject=number, acts="stock.destroyed"))
        assert line.officer == "82060006"
    assert trail(TrailQuery(subject=kept.blank_serial, acts="stock.destroyed")) == []


def test_each_line_of_a_case_says_which_of_its_cards_it_is_about(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    first = app.blank_serial
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    second = printed(world, case(world, app)).blank_serial
    other = ready(world, 2).blank_serial
    world.take_over("nyoman")
    world.desk.stock.spoil(world.by, spare := world.desk.stock.free_here(1)[0], "lot_defect")
    world.desk.destruction.destroy(world.by, witness(world, "bambang"), [first, spare])
    trail = world.desk.oversight.trail
    [line] = trail(TrailQuery(subject=second, acts="stock.destroyed"))
    assert dict(line.facts)["serials"] == first, "of the same case: the one before"
    [line] = trail(TrailQuery(acts="stock.destroyed"))
    assert dict(line.facts)["serials"] == f"{first} … {spare} (2)"
    found = trail(TrailQuery(subject=app.number, acts="blank.*"))
    told = {dict(line.facts)["serial"] for line in found}
    assert told == {first, second}
    assert other not in told


def test_the_trail_of_a_case_shows_its_incidents(world: World) -> None:
    world.sign_in("andi")
    one, other = confirmed(world, 1), confirmed(world, 2)
    by = world.desk.duty.actor()
    mine = world.desk.oversight.open_incident(by, "other", one.id, "laminasi terkelupas")
    world.desk.oversight.open_incident(by, "other", other.id, "printer macet")
    found = world.desk.oversight.trail(TrailQuery(subject=one.number, acts="incident.*"))
    assert [line.subject for line in found] == [mine.id]


def test_step_times_and_hours_come_from_the_journal(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    world.clock.advance(120)
    world.take_over("sri")
    world.desk.approvals.approve(world.by, app.id)
    times = {(one.act, one.officer): one for one in world.desk.oversight.step_times()}
    assert times["approve", ""].p50 >= 120
    assert times["approve", "76040004"].count == 1
    [hour] = world.desk.oversight.hours()
    assert (hour.hour, hour.tickets, hour.registered) == (7, 1, 1)
    assert world.desk.oversight.waited().called == 1
    assert world.desk.oversight.openings() == {}
    world.desk.intake.opened(world.by, app.id)
    assert world.desk.oversight.openings() == {"76040004": 1}


def test_how_long_people_waited_and_how_many_cards_were_spoiled(world: World) -> None:
    world.sign_in("andi")
    look = world.desk.oversight
    assert (look.waited().called, look.made().cards, look.made().share) == (0, 0, 0.0)
    first, second, _third = (world.desk.queue.take_ticket(world.by) for _ in range(3))
    before = look.waited()
    world.clock.advance(60)
    world.desk.queue.call(world.by, first.id)
    world.clock.advance(120)
    world.desk.queue.call(world.by, second.id)
    assert before.called == 0
    assert (look.waited().called, round(look.waited().seconds)) == (2, 120)
    bad, _good = ready(world, 1), ready(world, 2)
    world.desk.issuing.spoil(world.by, bad.id, "print_defect")
    assert (look.made().cards, look.made().spoiled, look.made().share) == (2, 1, 0.5)


def test_an_export_that_cannot_be_written_says_so_and_is_not_on_record(
    world: World, tmp_path: Path
) -> None:
    world.sign_in("bambang")
    with pytest.raises(JournalNotWritten):
        world.desk.oversight.export(world.by, tmp_path / "gone" / "journal.zip", zipped=True)
    assert acts(world, "journal.exported") == []
    taken, long = tmp_path / "taken.zip", tmp_path / ("j" * 300 + ".zip")
    taken.mkdir()
    for out in (taken, long):
        with pytest.raises(JournalNotWritten):
            world.desk.oversight.export(world.by, out, zipped=True)
    assert acts(world, "journal.exported") == []
    assert not any(one.name.startswith("tmp") for one in tmp_path.iterdir()), "nothing half written"
    world.desk.oversight.export(world.by, tmp_path / "journal.zip", zipped=True)
    assert len(acts(world, "journal.exported")) == 1
