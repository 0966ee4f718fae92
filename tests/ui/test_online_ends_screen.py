"""F4 and F6 by hand: a parcel cancelled, files ended that nobody mended, a card made again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Delivery
from desktop.domain.officer import RoleMissing
from desktop.domain.online import SentBackPoint
from desktop.domain.reasons import SendBackReason
from desktop.presenters.online import Online
from desktop.presenters.online_view import FileFilter, PairStep
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_online_screen import packing, printing, screen
from tests.ui.test_returns_screen import begin, opened, second
from tests.ui.test_returns_screen import desk as returns_desk
from tests.walks.online_day import OnlineDay
from tests.walks.world import PASSWORDS
from ui.screens.walkin_dialogs import SecondOfficerDialog

KEY = Qt.Key


def test_a_in_the_print_list_takes_the_courier_away(hands: Hands) -> None:
    presenter = printing(hands, 4)
    table = screen(hands).prints.queue.table
    wanted = next(x.app for x in presenter.view.ready if x.app.delivery is Delivery.COURIER)
    for _ in range(6):
        if table.current_key() == wanted.id:
            break
        hands.press(KEY.Key_Down)
    assert screen(hands).modes.action("A").isEnabled()
    hands.press(KEY.Key_A)
    assert QApplication.activeModalWidget() is not None
    hands.hit(KEY.Key_Escape)
    assert hands.desk.intake.case(wanted.id).delivery is Delivery.COURIER
    hands.press(KEY.Key_A)
    hands.hit(KEY.Key_Return)
    assert hands.desk.intake.case(wanted.id).delivery is Delivery.COLLECT
    assert not screen(hands).modes.action("A").isEnabled()


def test_a_with_the_card_in_hand_takes_it_off_the_packing_list(hands: Hands) -> None:
    presenter, _day = packing(hands, 2)
    before = len(presenter.view.to_pack)
    assert not screen(hands).modes.action("A").isEnabled()
    hands.window.on_scan(presenter.view.to_pack[0].app.blank_serial)
    assert presenter.view.pair.step is PairStep.WAYBILL
    hands.press(KEY.Key_A)
    hands.hit(KEY.Key_Return)
    assert len(presenter.view.to_pack) == before - 1
    assert presenter.view.pair.step is PairStep.CARD


def test_u_allows_a_reprint_only_where_the_limit_was_reached(hands: Hands) -> None:
    presenter = printing(hands, 3)
    limited, good, last = (line.app for line in presenter.view.ready)
    with hands.desk.ledger.acting(hands.world.by) as w:
        w.change(limited, reprints=2)
        w.record("application.spoiled", limited.id, {})
    presenter.select(frozenset({limited.id, good.id}))
    hands.press(KEY.Key_Return)
    assert presenter.view.run is not None
    assert [card.app.id for card in presenter.view.run.failed] == [limited.id]
    table, offered = screen(hands).prints.queue.table, screen(hands).modes.action("U")
    assert table.current_key() == limited.id, "its remedy names the key"
    on = {}
    for key in (KEY.Key_Home, KEY.Key_End, KEY.Key_Home):
        hands.press(key)
        on[table.current_key()] = offered.isEnabled()
    assert on == {limited.id: True, last.id: False}


def test_u_is_there_too_while_the_batch_waits_for_a_hand(hands: Hands) -> None:
    presenter = printing(hands, 2)
    limited = presenter.view.ready[0].app
    with hands.desk.ledger.acting(hands.world.by) as w:
        w.change(limited, reprints=2)
        w.record("application.spoiled", limited.id, {})
    hands.world.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    run = presenter.view.run
    assert run is not None
    assert run.paused
    assert screen(hands).prints.queue.table.current_key() == limited.id
    assert screen(hands).modes.action("U").isEnabled()
    hands.press(KEY.Key_U)
    assert isinstance(QApplication.activeModalWidget(), SecondOfficerDialog)
    hands.hit(KEY.Key_Escape)
    why = presenter.view.problem
    assert why is not None
    hands.press(KEY.Key_U)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, SecondOfficerDialog)
    hands.type("wrong")
    hands.hit(KEY.Key_Return)
    assert QApplication.activeModalWidget() is not None, "it is asked once more"
    hands.hit(KEY.Key_Escape)
    assert presenter.view.problem is why, "nobody signed"
    presenter.allow_reprint(limited.id, *PASSWORDS["bambang"])
    assert presenter.view.problem is why, "it stands still for that as before"
    hands.world.bench.remedy("card_printer")
    hands.press(KEY.Key_J)
    run = presenter.view.run
    assert run is not None
    assert (run.running, run.good, run.failed) == (False, 1, ())
    assert [line.app.id for line in presenter.view.ready] == [limited.id], "the next batch's"


def test_whoever_has_no_duty_to_print_is_told_before_the_batch_begins(hands: Hands) -> None:
    presenter = printing(hands, 2)
    hands.desk.duty.take_over("85020002", "dewi123")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_2)
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    assert isinstance(presenter.view.problem, RoleMissing)
    assert presenter.view.run is None
    assert len(presenter.view.selected) == 2
    assert screen(hands).banner.remedy.text()


def test_what_to_do_about_a_refused_card_stands_beside_the_batch_once(hands: Hands) -> None:
    presenter = printing(hands, 2)
    with hands.desk.ledger.acting(hands.world.by) as w:
        for line in presenter.view.ready:
            w.change(line.app, reprints=2)
            w.record("application.spoiled", line.app.id, {})
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    run = presenter.view.run
    assert run is not None
    assert len(run.failed) == 2
    assert run.failed[0].problem is not None
    remedy = hands.window.words.problem(run.failed[0].problem).remedy
    shown = screen(hands).prints.queue.run.failed.findChildren(QLabel)
    assert [remedy in label.text() for label in shown] == [True, False]


def press_after_the_first(hands: Hands, presenter: Online, key: Qt.Key) -> None:
    """Print all; the key comes down while the second card of the batch is to be made."""
    pressed: list[int] = []

    def seen(view: object) -> None:
        run = getattr(view, "run", None)
        if run is not None and run.running and run.done == 1 and not pressed:
            pressed.append(1)
            hands.press(key)

    presenter.attach(seen)
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    assert pressed


def test_j_pauses_a_running_batch_and_goes_on(hands: Hands) -> None:
    presenter = printing(hands, 3)
    press_after_the_first(hands, presenter, KEY.Key_J)
    run = presenter.view.run
    assert run is not None
    assert (run.done, run.paused, len(run.left)) == (1, True, 2)
    assert screen(hands).modes.current == "paused"
    hands.press(KEY.Key_J)
    run = presenter.view.run
    assert run is not None
    assert (run.good, run.running) == (3, False)


def test_esc_ends_a_running_batch_and_the_rest_stays_approved(hands: Hands) -> None:
    presenter = printing(hands, 3)
    wanted = [line.app.id for line in presenter.view.ready]
    press_after_the_first(hands, presenter, KEY.Key_Escape)
    run = presenter.view.run
    assert run is not None
    assert (run.good, run.running, run.stopped) == (1, False, True)
    states = sorted(hands.desk.intake.case(one).state for one in wanted)
    assert states == [S.APPROVED, S.APPROVED, S.PRINTED]
    assert len(presenter.view.ready) == 2


def test_k_shows_the_next_courier_s_manifest(hands: Hands) -> None:
    day = OnlineDay(hands.world)
    sent = [app for app in day.ready(count=4, seed=8) if app.delivery is Delivery.COURIER]
    hands.sign_in("rahmat")
    for app, courier in zip(sent[:2], ("Pos Indonesia", "Kurir Kota"), strict=True):
        hands.desk.shipping.pack(
            hands.world.by, app.id, app.blank_serial, day.waybill(), courier=courier
        )
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_4)
    presenter = screen(hands).presenter
    seen = [presenter.view.courier]
    for _ in range(2):
        hands.press(KEY.Key_K)
        seen.append(presenter.view.courier)
        assert [line.parcel.courier for line in presenter.view.packed] == seen[-1:]
    assert seen[0] == seen[2]
    assert set(seen) == {"Pos Indonesia", "Kurir Kota"}


def test_x_ends_what_nobody_mended(hands: Hands) -> None:
    day = OnlineDay(hands.world)
    found = [x.application_id for x in day.take_in(3, seed=8).taken]
    for app_id in found:
        hands.desk.online.claim(hands.world.by, app_id)
        hands.desk.online.send_back(
            hands.world.by, app_id, [SentBackPoint(SendBackReason.PHOTO_BLURRED)]
        )
    hands.world.clock.advance(20 * 86400.0)
    hands.sign_in("bambang")
    hands.press(KEY.Key_F4)
    presenter = screen(hands).presenter
    assert not screen(hands).modes.action("X").isEnabled()
    for _ in range(len(FileFilter)):
        if presenter.view.file_filter is FileFilter.SENT_BACK:
            break
        hands.press(KEY.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert len(presenter.view.files) == 3
    hands.press(KEY.Key_X)
    hands.hit(KEY.Key_1)
    states = [hands.desk.intake.case(one).state for one in found]
    assert states.count(S.EXPIRED) == 1
    hands.press(KEY.Key_X)
    hands.hit(KEY.Key_2)
    assert {hands.desk.intake.case(one).state for one in found} == {S.EXPIRED}


def test_g_makes_a_recalled_card_again(hands: Hands) -> None:
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_1)
    second(hands, "bambang")
    presenter = returns_desk(hands)
    assert presenter.view.open is not None
    assert presenter.view.open.app.state is S.RECALLED
    hands.press(KEY.Key_G)
    hands.hit(KEY.Key_Return)
    assert presenter.view.problem is None
    assert hands.desk.intake.case(parcel.application_id).state is S.APPROVED


def recalled(hands: Hands) -> str:
    """A parcel's card that came back and is recalled by two; its case as a search names it."""
    day, [parcel] = begin(hands)
    opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_1)
    second(hands, "bambang")
    return f"case:{parcel.application_id}"


def test_a_recalled_case_found_by_search_is_made_again_from_the_online_screen(
    hands: Hands,
) -> None:
    case = recalled(hands)
    hands.counter.open_hit(case)
    assert screen(hands).modes.action("G").isEnabled()
    hands.press(KEY.Key_G)
    hands.hit(KEY.Key_Return)
    assert hands.desk.intake.case(case.removeprefix("case:")).state is S.APPROVED


def test_whoever_may_not_make_a_recalled_card_again_is_told_before_it_is_asked(
    hands: Hands,
) -> None:
    case = recalled(hands)
    words = hands.window.words
    hands.counter.open_hit(case)
    told = screen(hands).banner.remedy
    assert told.text() == words("online_screen.case.recalled.remedy")
    hands.desk.duty.take_over("85020002", "dewi123")
    hands.counter.open_hit(case)
    assert told.text() == words("online_screen.case.recalled.remedy.others")
    hands.press(KEY.Key_G)
    assert QApplication.activeModalWidget() is None
    assert isinstance(screen(hands).presenter.view.problem, RoleMissing)
