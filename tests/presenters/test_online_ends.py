"""Online cases that end otherwise: collected after all, never mended, made again after a recall."""

from __future__ import annotations

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Delivery
from desktop.domain.destruction import DestroyMethod
from desktop.domain.online import SentBackPoint
from desktop.domain.reasons import DestroyReason, SendBackReason
from desktop.domain.shipment import ReturnState
from desktop.presenters.online import Online
from desktop.presenters.online_view import FileFilter, ManifestPane, OnlineArea, PairStep, PrintPane
from desktop.presenters.returns import Returns
from tests.walks.online_day import OnlineDay
from tests.walks.world import PASSWORDS, World

DAY = 24 * 3600.0


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def opened(day: OnlineDay, area: OnlineArea = OnlineArea.VERIFY) -> Online:
    presenter = Online(day.world.desk)
    presenter.enter()
    presenter.show_area(area)
    return presenter


def couriered(day: OnlineDay, count: int = 6, *, seed: int = 8) -> list[str]:
    found = day.take_in(count, seed=seed).taken
    return [x.application_id for x in found if day.app(x.application_id).address is not None]


# -- the applicant collects ----------------------------------------------------------------


def test_an_approved_card_is_collected_instead_of_sent(day: OnlineDay) -> None:
    app_id = couriered(day)[0]
    day.approved(app_id)
    day.world.sign_in("rahmat")
    presenter = opened(day, OnlineArea.PRINT)
    presenter.collect_instead(app_id)
    assert presenter.view.problem is None
    assert day.app(app_id).delivery is Delivery.COLLECT
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "online_screen.said.collect"
    line = next(line for line in presenter.view.ready if line.app.id == app_id)
    assert line.app.address is None


def test_the_card_in_hand_leaves_the_packing_list(day: OnlineDay) -> None:
    [app] = [a for a in day.ready(seed=8) if a.delivery is Delivery.COURIER]
    day.world.sign_in("rahmat")
    presenter = opened(day, OnlineArea.PACK)
    presenter.scanned(app.blank_serial)
    assert presenter.view.pair.step is PairStep.WAYBILL
    presenter.collect_instead(app.id)
    assert day.app(app.id).delivery is Delivery.COLLECT
    assert presenter.view.pair.step is PairStep.CARD
    assert presenter.view.to_pack == ()


def test_a_packed_card_says_how_it_can_be_collected(day: OnlineDay) -> None:
    [app] = [a for a in day.ready(seed=8) if a.delivery is Delivery.COURIER]
    parcel = day.packed(app)
    presenter = opened(day, OnlineArea.PACK)
    presenter.collect_instead(app.id)
    assert type(presenter.view.problem).__name__ == "SentByCourierAlready"
    presenter.unpack(parcel)
    presenter.collect_instead(app.id)
    assert day.app(app.id).delivery is Delivery.COLLECT


def test_an_auditor_changes_no_delivery(day: OnlineDay) -> None:
    app_id = couriered(day)[0]
    day.approved(app_id)
    day.world.sign_in("yohana")
    presenter = opened(day, OnlineArea.PRINT)
    presenter.collect_instead(app_id)
    assert type(presenter.view.problem).__name__ == "RoleMissing"
    assert day.app(app_id).delivery is Delivery.COURIER


# -- never mended --------------------------------------------------------------------------


def sent_back(day: OnlineDay, count: int = 2) -> list[str]:
    found = [x.application_id for x in day.take_in(count, seed=8).taken]
    online = day.world.desk.online
    for app_id in found:
        online.claim(day.world.by, app_id)
        point = SentBackPoint(SendBackReason.PHOTO_BLURRED)
        online.send_back(day.world.by, app_id, [point])
    return found


def test_files_never_mended_are_listed_after_their_term_and_ended(day: OnlineDay) -> None:
    first, second = sent_back(day)
    day.world.sign_in("bambang")
    presenter = opened(day)
    presenter.filter_files(FileFilter.SENT_BACK)
    assert presenter.view.unmended == ()
    day.world.clock.advance(20 * DAY)
    day.world.sign_in("bambang")
    presenter.refresh()
    assert {line.app.id for line in presenter.view.unmended} == {first, second}
    presenter.end_unmended(first)
    assert day.app(first).state is S.EXPIRED
    assert day.app(first).reason == "not_mended_in_time"
    assert [line.app.id for line in presenter.view.files] == [second]
    presenter.end_unmended()
    assert day.app(second).state is S.EXPIRED
    assert presenter.view.files == ()
    assert presenter.view.said is not None


def test_only_a_supervisor_ends_what_was_never_mended(day: OnlineDay) -> None:
    [app_id] = sent_back(day, 1)
    day.world.clock.advance(20 * DAY)
    day.world.sign_in("andi")
    presenter = opened(day)
    presenter.filter_files(FileFilter.SENT_BACK)
    presenter.end_unmended(app_id)
    assert type(presenter.view.problem).__name__ == "RoleMissing"
    assert day.app(app_id).state is S.SENT_BACK


def test_a_file_sent_back_waits_no_longer_than_its_old_licence(day: OnlineDay) -> None:
    online = day.world.desk.online
    found = sent_back(day, 6)
    rows = {row.application.id: row for row in online.waiting((S.SENT_BACK,))}
    term = {day.world.desk.frame.today().toordinal() + 14}
    capped = 0
    for app_id in found:
        until, by_licence = online.answer_term(day.app(app_id))
        expires = rows[app_id].expires_on
        assert expires is not None
        assert until <= expires
        assert until == expires or until.toordinal() in term
        assert by_licence is (until == expires and until.toordinal() not in term)
        capped += by_licence
    presenter = opened(day)
    presenter.filter_files(FileFilter.SENT_BACK)
    assert all(line.answer_by is not None for line in presenter.view.files)


# -- made again after a recall -------------------------------------------------------------


def test_a_recalled_card_is_made_again_when_its_owner_turns_up(day: OnlineDay) -> None:
    app = next(a for a in day.ready(seed=8) if a.delivery is Delivery.COURIER)
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(parcel.serial)
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.open_case(case.id)
    presenter.scanned(parcel.serial)
    presenter.recall(DestroyReason.UNDELIVERABLE, *PASSWORDS["bambang"])
    presenter.destroy(DestroyMethod.SHREDDED, *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    shown = presenter.view.open
    assert shown is not None
    assert shown.case.state is ReturnState.DESTROYED
    presenter.reissue()
    assert presenter.view.problem is None
    again = day.app(app.id)
    assert (again.state, again.reissued) == (S.APPROVED, "owner_found")
    made = day.made(app.id)
    assert made.blank_serial != app.blank_serial
    assert made.valid_until == app.valid_until


def test_from_the_online_screen_too(day: OnlineDay) -> None:
    app = next(a for a in day.ready(seed=8) if a.delivery is Delivery.COURIER)
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(parcel.serial)
    desk, by = day.world.desk, day.world.by
    desk.returns.check_card(by, case.id, parcel.serial)
    desk.outcomes.recall(by, day.second("bambang"), case.id)
    presenter = Online(desk)
    presenter.enter(app.id)
    assert presenter.view.file is not None
    presenter.reissue()
    assert presenter.view.problem is None
    assert presenter.view.area is OnlineArea.PRINT
    assert day.app(app.id).state is S.APPROVED


def test_a_case_that_is_opened_stands_in_the_list_on_show(day: OnlineDay) -> None:
    ready = [a for a in day.ready(seed=8) if a.delivery is Delivery.COURIER]
    gone = ready[0]
    [parcel] = day.dispatched(gone)
    presenter = Online(day.world.desk)
    presenter.enter()
    presenter.manifest_pane(ManifestPane.PACKED)
    presenter.enter(gone.id)
    assert presenter.view.manifest_pane is ManifestPane.OUT
    assert [line.parcel.id for line in presenter.view.out] == [parcel.id]
    presenter.show_area(OnlineArea.PRINT)
    presenter.turn_pane(PrintPane.INSPECT)
    day.world.desk.tracking.declare_lost(
        day.world.by, day.second("bambang"), parcel.awb, "kurir tidak menemukan"
    )
    presenter.enter(gone.id)
    assert (presenter.view.area, presenter.view.pane) == (OnlineArea.PRINT, PrintPane.QUEUE)
    assert gone.id in {line.app.id for line in presenter.view.ready}


def test_a_case_that_is_opened_turns_no_list_of_another_job(day: OnlineDay) -> None:
    """Least of all the one that is counted again."""
    gone, here = day.ready(count=2, seed=3)
    day.dispatched(gone)
    parcel = day.packed(here)
    presenter = opened(day, OnlineArea.PRINT)
    presenter.turn_pane(PrintPane.INSPECT)
    presenter.show_area(OnlineArea.MANIFEST)
    presenter.close_manifest(5)
    assert presenter.view.recount is not None
    presenter.enter(gone.id)
    assert presenter.view.area is OnlineArea.MANIFEST
    assert presenter.view.manifest_pane is ManifestPane.PACKED
    assert presenter.view.pane is PrintPane.INSPECT
    assert presenter.scanned(parcel.awb)
    assert presenter.view.recount is not None
    assert presenter.view.recount.scanned == {parcel.awb}
    presenter.cancel_recount()
    presenter.enter(gone.id)
    assert presenter.view.manifest_pane is ManifestPane.OUT


def test_a_recalled_licence_that_ran_out_meanwhile_is_not_made_again(day: OnlineDay) -> None:
    app = next(a for a in day.ready(seed=8) if a.delivery is Delivery.COURIER)
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(parcel.serial)
    desk = day.world.desk
    desk.returns.check_card(day.world.by, case.id, parcel.serial)
    desk.outcomes.recall(day.world.by, day.second("bambang"), case.id)
    day.world.clock.advance(6 * 366 * DAY)
    presenter = Returns(desk)
    presenter.enter()
    presenter.open_case(case.id)
    presenter.reissue()
    assert type(presenter.view.problem).__name__ == "LicenceRanOut"
    assert day.app(app.id).state is S.RECALLED
