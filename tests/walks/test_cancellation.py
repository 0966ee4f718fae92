"""An applicant cancels from home: before a blank is taken it ends the case, later it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.batch.results import read_results
from desktop.domain.application import ApplicationState as S
from desktop.domain.filing import Cancellation
from desktop.domain.online import ImportReport, LineFault
from desktop.domain.reasons import CancelReason, RejectReason
from desktop.domain.shipment import CourierWord
from desktop.domain.stock import Blank, BlankState
from desktop.keys.certificates import KeyRole
from desktop.notices import Notice, Say
from desktop.presenters.online import Online
from desktop.services.endings import ending_of
from desktop.training.batch_maker import write_batch
from desktop.training.cancellations import cancel_batch
from tests.walks.online_day import RESULT, OnlineDay, batch, proof
from tests.walks.steps import acts, called, captured, read
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def cancel(day: OnlineDay, tmp: Path, *ids: str, nik: str = "") -> ImportReport:
    """A file in which these applicants cancel, taken in by Andi."""
    world = day.world
    wishes = []
    for app_id in ids:
        app = day.app(app_id)
        at = world.desk.clock.now().replace(microsecond=0)
        wishes.append((Cancellation(app.external_id, nik or app.nik, at), {}))
    path = tmp / f"cancel-{len(list(tmp.iterdir()))}.zip"
    write_batch(world.desk, path, path.stem, wishes)
    world.sign_in("andi")
    return world.desk.online.import_batch(world.by, path)


def untouched(day: OnlineDay, app_id: str) -> None:
    """It waits."""


def claimed(day: OnlineDay, app_id: str) -> None:
    day.world.sign_in("dewi")
    day.world.desk.online.claim(day.world.by, app_id)


def approved(day: OnlineDay, app_id: str) -> None:
    day.approved(app_id)


def held(day: OnlineDay, app_id: str) -> None:
    claimed(day, app_id)
    day.world.desk.intake.hold(day.world.by, app_id, "inquiry")


@pytest.mark.parametrize("stand", [untouched, claimed, approved, held])
def test_before_a_blank_is_taken_the_case_ends(
    day: OnlineDay, tmp_path: Path, stand: Callable[[OnlineDay, str], None]
) -> None:
    first, second = (x.application_id for x in day.take_in(2, seed=8).taken)
    stand(day, first)
    heard: list[Notice] = []
    day.world.desk.notices.subscribe(heard.append)
    report = cancel(day, tmp_path, first)
    said = [x for x in heard if isinstance(x, Say) and x.message_id == "online.withdrawn"]
    in_hand = ["Briptu Dewi Lestari"] if stand in (claimed, held) else []
    assert [one.facts["officer"] for one in said] == in_hand
    assert (report.cancelled, len(report.refused)) == (1, 0)
    app = day.app(first)
    assert (app.state, app.reason, app.claimed_by) == (S.CANCELLED, "by_applicant", "")
    assert day.app(second).state is S.RECEIVED
    [entry] = acts(day.world, "application.cancel")
    assert entry.officer == ""
    with day.world.desk.ledger.reading() as r:
        ending = ending_of(day.world.desk.frame, r, app)
        goes_on = ending_of(day.world.desk.frame, r, day.app(second))
    assert ending is not None
    assert (ending.at_portal, ending.reason) == (True, CancelReason.BY_APPLICANT)
    assert ending.at == day.world.desk.clock.now().replace(microsecond=0)
    assert goes_on is None
    again = cancel(day, tmp_path, first)
    assert [line.number for line in again.skipped] == [app.number]
    assert day.world.desk.oversight.verify().sound


def test_a_file_may_bring_an_application_and_its_cancellation(
    day: OnlineDay, tmp_path: Path
) -> None:
    """The portal's queue of a long night: both lines in one file, in their order."""
    from desktop.batch.envelope import APPLICATIONS, open_envelope
    from desktop.batch.lines import read_lines

    world = day.world
    world.sign_in("andi")
    source = batch(world, 2, seed=8)
    desk = world.desk
    with open_envelope(
        source, APPLICATIONS, trust=desk.profile.trust, role=KeyRole.PORTAL, at=desk.clock.now()
    ) as envelope:
        lines = list(read_lines(envelope))
    filings = [(x.filing, {x.filing.pictures[d]: p for d, p in x.pictures.items()}) for x in lines]  # type: ignore[union-attr]
    mine = filings[0][0]
    wish = Cancellation(mine.external_id, mine.applicant.nik, mine.submitted_at)
    path = tmp_path / "both.zip"
    write_batch(desk, path, "both", [*filings, (wish, {}), (wish, {})])
    report = desk.online.import_batch(world.by, path)
    assert (len(report.taken), report.cancelled) == (3, 1)
    assert [line.fault for line in report.refused] == [LineFault.TWICE_IN_FILE]


def test_from_printing_on_it_is_refused_and_the_reason_exported(
    day: OnlineDay, tmp_path: Path
) -> None:
    first, second, third = (x.application_id for x in day.take_in(3, seed=8).taken)
    for one in (first, second):
        day.approved(one)
    day.world.sign_in("rahmat")
    printed = day.world.desk.issuing.issue(day.world.by, first).application
    made = day.made(second)
    sent = day.dispatched(made) if made.address else []
    if sent:
        by = day.world.by
        day.world.desk.tracking.courier_says(
            by, sent[0].awb, CourierWord.DELIVERED, proof=proof(day.world)
        )
    report = cancel(day, tmp_path, first, second, third)
    assert report.cancelled == 1
    assert [(line.fault, line.where) for line in report.refused] == [
        (LineFault.CANCEL_TOO_LATE, "printed"),
        (LineFault.CANCEL_TOO_LATE, str(day.app(second).state)),
    ]
    assert day.app(first).state is S.PRINTED
    with day.world.desk.ledger.reading() as r:
        assert r.get(Blank, printed.blank_serial).state is BlankState.AT_PRINTER
    path = tmp_path / "answers.zip"
    desk = day.world.desk
    desk.online.export_results(day.world.by, path)
    answers = read_results(path, trust=desk.profile.trust, role=KeyRole.OFFICE, at=desk.clock.now())
    for one in answers:
        RESULT.validate(one)
    refused = [a for a in answers if a["kind"] == "not_taken"]
    assert {a["where"] for a in refused} == {"printed", str(day.app(second).state)}
    assert all(a["text_id"] == "terlambat dibatalkan" and a["text_en"] for a in refused)
    [ended] = [a for a in answers if a.get("state") == "cancelled"]
    assert (ended["reject_reason"], ended["percent"]) == ("by_applicant", None)


def test_strangers_and_unknown_cases_cancel_nothing(day: OnlineDay, tmp_path: Path) -> None:
    [app_id] = [x.application_id for x in day.take_in(1, seed=8).taken]
    report = cancel(day, tmp_path, app_id, nik="3273010101900001")
    assert [line.fault for line in report.refused] == [LineFault.OTHER_PERSON]
    at = day.world.desk.clock.now().replace(microsecond=0)
    path = tmp_path / "unknown.zip"
    write_batch(day.world.desk, path, "x", [(Cancellation("SNR-9999", "3273010101900001", at), {})])
    report = day.world.desk.online.import_batch(day.world.by, path)
    assert [line.fault for line in report.refused] == [LineFault.CANCEL_UNKNOWN]
    assert day.app(app_id).state is S.RECEIVED


def test_who_stands_at_the_counter_cancels_there(day: OnlineDay, tmp_path: Path) -> None:
    world = day.world
    [line] = day.take_in(1, seed=8).taken
    app = day.app(line.application_id)
    person = next(p for p in world.people if p.nik == app.nik)
    visit = called(world)
    identity = read(world, person)
    world.desk.online.take_to_counter(world.by, app.id, lambda _w: visit, identity)
    report = cancel(day, tmp_path, app.id)
    assert [one.fault for one in report.refused] == [LineFault.CANCEL_AT_COUNTER]
    assert day.app(app.id).state is S.PAID


def test_what_the_approver_refused_at_the_counter_is_no_rejection_to_the_portal(
    day: OnlineDay, tmp_path: Path
) -> None:
    world = day.world
    [line] = day.take_in(1, seed=8).taken
    person = next(p for p in world.people if p.nik == day.app(line.application_id).nik)
    visit, identity = called(world), read(world, person)
    app = world.desk.online.take_to_counter(
        world.by, line.application_id, lambda _w: visit, identity
    )
    world.desk.intake.confirm_data(world.by, captured(world, app, person).id)
    world.take_over("sri")
    app = world.desk.approvals.refuse(world.by, app.id, RejectReason.OTHER, "foto buram")
    world.give_back()
    assert (app.state, app.reason) == (S.CAPTURED, RejectReason.OTHER)
    assert answer(day, tmp_path / "one.zip")["reject_reason"] == ""
    world.desk.intake.reject(world.by, app.id, RejectReason.CARD_SEIZED)
    assert answer(day, tmp_path / "two.zip")["reject_reason"] == RejectReason.CARD_SEIZED


def answer(day: OnlineDay, path: Path) -> dict[str, object]:
    """What the portal is told of the one case."""
    desk = day.world.desk
    desk.online.export_results(day.world.by, path)
    [told] = read_results(path, trust=desk.profile.trust, role=KeyRole.OFFICE, at=desk.clock.now())
    return told


def test_a_line_of_another_form_is_named(day: OnlineDay, tmp_path: Path) -> None:
    from desktop.batch.lines import _Refused, cancellation_of, filing_of, line_of

    wish = Cancellation("SNR-1", "3273010101900001", day.world.desk.clock.now().replace(
        microsecond=0))  # fmt: skip
    good = json.loads(line_of(wish))
    assert cancellation_of(good) == wish
    for field, value in (("nik", "12"), ("cancelled_at", "today"), ("note", "x")):
        with pytest.raises(_Refused) as refused:
            cancellation_of(good | {field: value})
        assert refused.value.fault is LineFault.AGAINST_SCHEMA
    with pytest.raises(_Refused):
        filing_of(good)


def test_the_sample_portal_cancels_what_waits_here(day: OnlineDay, tmp_path: Path) -> None:
    day.take_in(4, seed=8)
    path = tmp_path / "cancel.zip"
    gone = cancel_batch(day.world.desk, path, count=2, seed=1)
    report = day.world.desk.online.import_batch(day.world.by, path)
    assert report.cancelled == len(gone) == 2


def test_whoever_has_the_file_open_is_told_that_its_applicant_ended_it(
    day: OnlineDay, tmp_path: Path
) -> None:
    [app_id] = (x.application_id for x in day.take_in(1, seed=8).taken)
    day.world.sign_in("andi")
    presenter = Online(day.world.desk)
    presenter.enter()
    presenter.open_file(app_id)
    assert presenter.view.file is not None
    cancel(day, tmp_path, app_id)
    assert presenter.view.file is None
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "online_screen.said.ended_meanwhile"
    presenter.open_file(app_id)
    assert presenter.view.file is not None
    assert presenter.view.file.ending is not None
