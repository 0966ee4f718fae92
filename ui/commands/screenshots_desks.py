"""The tour's afternoon: online files, returned parcels, stock and close, supervision, devices.

Each screen is led to where somebody really works on it: a list with something in it, a case that is
open, the sheets that its keys open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt

from desktop.domain.application import Application, ApplicationState
from desktop.domain.destruction import DestroyMethod
from desktop.domain.reasons import (
    DestroyReason,
    OverrideReason,
    ReturnReason,
)
from desktop.domain.shipment import CourierWord, ParcelState
from desktop.domain.stock import Blank, BlankState, DoubtAnswer
from desktop.presenters.devices import Devices
from desktop.presenters.devices_view import Side
from desktop.presenters.online import Online
from desktop.presenters.online_view import ManifestPane, OnlineArea, PrintPane
from desktop.presenters.returns import Returns
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Area
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_view import GivenCode, Watch
from desktop.presenters.training_scans import lay_card
from desktop.services.officer_code import CODE_LIVES
from desktop.training.officers import SAMPLE_OFFICERS
from devices.simulators.faults import Fault, FaultName
from ui.screens.supervisor import SupervisorScreen
from ui.screens.supervisor_duties import GivenCodeDialog

if TYPE_CHECKING:
    from ui.commands.screenshots_tour import Tour

DEWI, RAHMAT, NYOMAN, SRI = "85020002", "78030003", "82060006", "76040004"
BAMBANG, YOHANA, HENDRA = "74050005", "80070007", "77080008"
VERIFIED = 6
P = TypeVar("P")

PASSWORDS = {one.nrp: one.password for one in SAMPLE_OFFICERS}


def desks(tour: Tour) -> None:
    """All of them, in the order in which an afternoon has them."""
    for part in (_online, _approvals, _printing, _shipping, _returns, _stock, _watch, _devices):
        part(tour)


def _come(tour: Tour, number: str, screen: str, payload: object = None) -> None:
    tour.counter.sign_in.sign_out()
    tour.sign_in(number)
    tour.window.open_screen(screen, payload)
    tour.spend(3)


def _presenter(tour: Tour, kind: type[P]) -> P:
    found = getattr(tour.window.current_screen, "presenter", None)
    assert isinstance(found, kind)
    return found


def _sheet(tour: Tour, key: Qt.Key, name: str) -> None:
    with tour.sheet():
        tour.key(key)
        tour.snap(name)


def _online(tour: Tour) -> None:
    """Files from home: taken in, opened, one sent back, the good ones verified."""
    _come(tour, DEWI, "online")
    tour.snap("online-empty")
    tour.key(Qt.Key.Key_S)
    tour.snap("online-import")
    tour.enter()
    tour.snap("online-files")
    tour.enter()
    tour.snap("online-file")
    online = _presenter(tour, Online)
    tour.key(Qt.Key.Key_R)
    tour.snap("online-send-back")
    online.compose(on=False)
    for _ in range(VERIFIED):
        file = online.view.file
        if file is None:
            online.open_next()
            file = online.view.file
        if file is None:
            break
        tour.spend(40)
        doubtful = str(OverrideReason.PHOTO_CHECK_MISTAKEN) if file.check.doubtful else ""
        online.verify(doubtful)
        if online.view.problem is not None:
            online.dismiss()
            online.release()
            online.close_file()
    online.close_file()


def _approvals(tour: Tour) -> None:
    """The approver sees them all, and signs."""
    _come(tour, SRI, "supervisor", Watch.APPROVALS)
    tour.snap("supervisor-approvals-many")
    _sheet(tour, Qt.Key.Key_T, "supervisor-send-back")
    _presenter(tour, Supervisor).approve()


def _printing(tour: Tour) -> None:
    """The batch: ready, stopped by a jam, gone on with, looked at card by card."""
    bench = tour.counter.desk.bench
    assert bench is not None
    _come(tour, RAHMAT, "online", "print")
    issuing, by = tour.counter.desk.issuing, tour.counter.desk.duty.actor()
    for job in issuing.find_doubtful():
        issuing.answer(by, job.id, DoubtAnswer.CARD_SPOILED, blank_here=False)
    bench.printer.clear_jam()
    bench.take_by_hand()
    online = _presenter(tour, Online)
    online.select(frozenset(line.app.id for line in online.view.ready))
    tour.snap("online-print")
    bench.order("card_printer", Fault("print.panel.c", FaultName.JAM, skip=2))
    online.print_selected()
    tour.snap("online-print-jam")
    bench.remedy("card_printer")
    online.pause()
    tour.snap("online-print-done")
    online.clear_run()
    online.turn_pane(PrintPane.INSPECT)
    waiting = [app.blank_serial for app in online.view.printed]
    for at, serial in enumerate(waiting):
        if at == 1:
            bench.order("card_viewer", Fault("viewer.look", FaultName.WRONG_CARD))
        online.scanned(serial)
        if at == 0:
            tour.snap("online-inspect")
        if at == 1:
            tour.snap("online-inspect-fault")
            tour.key(Qt.Key.Key_V)
        online.pass_card()


def _shipping(tour: Tour) -> None:
    """Two scans a parcel, then the manifest; what is with the courier."""
    online = _presenter(tour, Online)
    online.show_area(OnlineArea.PACK)
    for _ in range(max(len(online.view.to_pack) - 1, 1)):
        online.play_scan()
        online.play_scan()
    online.play_scan()
    tour.snap("online-pack")
    online.forget_pair()
    online.show_area(OnlineArea.MANIFEST)
    tour.snap("online-manifest")
    online.close_manifest(len(online.view.packed) + 1)
    tour.snap("online-manifest-recount")
    online.cancel_recount()
    online.close_manifest(len(online.view.packed))
    tour.snap("online-manifest-closed")
    online.manifest_pane(ManifestPane.OUT)
    tour.snap("online-with-courier")


def _returns(tour: Tour) -> None:
    """A parcel comes back: seal, card and chip, the decision; another one is held."""
    tracking, duty = tour.counter.desk.tracking, tour.counter.desk.duty
    by = duty.actor()
    for parcel in tracking.parcels((ParcelState.DISPATCHED,))[:3]:
        for word in (CourierWord.FAILED, CourierWord.RETURNING):
            tracking.courier_says(by, parcel.awb, word, reason=str(ReturnReason.ADDRESS))
    _come(tour, NYOMAN, "returns")
    returns = _presenter(tour, Returns)
    back = [one.awb for one in tracking.parcels((ParcelState.RETURNING,))]
    for at, awb in enumerate(back[:3]):
        returns.scanned(awb)
        if at == 0:
            tour.snap("returns-seal")
            returns.judge_seal(intact=False)
            returns.take_picture()
            tour.snap("returns-seal-broken")
        if at < 2:
            returns.pick_reason(ReturnReason.ADDRESS)
            returns.judge_seal(intact=True)
            if at == 0:
                returns.take_picture()  # the envelope of the sample is whole after all
            returns.open_parcel(BAMBANG, PASSWORDS[BAMBANG])
            if at == 0:
                tour.snap("returns-card")
            returns.play_scan()
            if at == 0:
                tour.snap("returns-decide")
                _sheet(tour, Qt.Key.Key_L, "returns-contact")
                _sheet(tour, Qt.Key.Key_M, "returns-recall")
                _sheet(tour, Qt.Key.Key_N, "returns-address")
                _sheet(tour, Qt.Key.Key_D, "returns-details")
                returns.hold("A-2")
                tour.snap("returns-held")
        returns.close_case()
        tour.spend(120)
    tour.snap("returns")
    if len(back) > 2:
        _odd_parcels(tour, returns, back[1], back[2])


def _odd_parcels(tour: Tour, returns: Returns, gone: str, swapped: str) -> None:
    """One whose holder died, up to the minutes; one with somebody else's card inside."""
    returns.scanned(gone)
    returns.recall(DestroyReason.UNDELIVERABLE, BAMBANG, PASSWORDS[BAMBANG])
    tour.snap("returns-destroy")
    returns.destroy(DestroyMethod.SHREDDED, BAMBANG, PASSWORDS[BAMBANG])
    tour.snap("returns-done")
    returns.close_case()
    returns.scanned(swapped)
    returns.pick_reason(ReturnReason.ADDRESS)
    returns.judge_seal(intact=True)
    returns.open_parcel(BAMBANG, PASSWORDS[BAMBANG])
    shown = returns.view.open
    with tour.counter.desk.ledger.reading() as r:
        other = next(
            one for one in r.find(Application, state=ApplicationState.CLOSED) if one.blank_serial
        )
    assert shown is not None
    lay_card(tour.counter.desk, other, other.blank_serial)
    returns.scanned(other.blank_serial)
    tour.snap("returns-other-card")
    returns.close_case()


def _stock(tour: Tour) -> None:
    """Blanks, a consignment, the close of the day with a difference, letters, destruction."""
    _come(tour, NYOMAN, "stock")
    stock = _presenter(tour, StockDesk)
    tour.snap("stock")
    with tour.counter.desk.ledger.reading() as r:
        spoiled = r.first(Blank, state=BlankState.SPOILED)
    if spoiled is not None:
        shown = tour.window.current_screen
        assert shown is not None
        shown.on_scan(spoiled.id)
        tour.snap("stock-scanned")
    stock.stop()
    stock.receive()
    stock.set_receiving(lot="2604", note="BA/0412/2026", first="CT26040001", last="CT26040500")
    tour.snap("stock-receive")
    stock.stop()
    for key, name in (
        (Qt.Key.Key_A, "assign"), (Qt.Key.Key_I, "load"), (Qt.Key.Key_P, "transfer"),
    ):  # fmt: skip
        _sheet(tour, key, f"stock-{name}")
    stock.turn_to(Area.LETTERS)
    _wait_for_cards(tour)
    tour.snap("stock-letters")
    stock.turn_to(Area.DESTROY)
    tour.snap("stock-destroy")
    stock.turn_to(Area.CLOSE)
    tour.snap("stock-close")
    counts = {lot.lot: max(lot.on_hand - 1, 0) for lot in stock.view.lots}
    stock.count(counts)
    tour.snap("stock-close-difference")


def _wait_for_cards(tour: Tour) -> None:
    """An approved case that finds no card left, and its letter."""
    desk = tour.counter.desk
    with desk.ledger.reading() as r:
        approved = r.find(Application, state=ApplicationState.APPROVED)
    _come(tour, RAHMAT, "stock", None)
    for app in approved[:1]:
        desk.issuing.await_material(desk.duty.actor(), app.id)
        desk.letters.issue(desk.duty.actor(), app.id)
    _come(tour, NYOMAN, "stock")
    _presenter(tour, StockDesk).turn_to(Area.LETTERS)


def _watch(tour: Tour) -> None:
    """Every page of supervision, for the supervisor and for who only reads."""
    _come(tour, BAMBANG, "supervisor", Watch.APPROVALS)
    supervisor = _presenter(tour, Supervisor)
    while supervisor.view.reviews:  # what asked for a look was left by whoever signed the rest
        supervisor.approve()
    tour.snap("supervisor-nothing")
    for area in Watch:
        if area is Watch.APPROVALS:
            continue
        supervisor.turn_to(area)
        tour.snap(f"supervisor-{area}")
    with tour.sheet():
        desk, words = tour.counter.desk, tour.counter.words
        until = desk.frame.now() + CODE_LIVES
        by = desk.duty.actor().officer
        andi = next(each for each in desk.oversight.officers() if each.id != by)
        screen = tour.window.current_screen
        assert isinstance(screen, SupervisorScreen)
        officers = screen.duties.officers
        officers.show_rows(officers.rows_model.rows, current=andi.id)
        given = GivenCode(andi.title, "7QK3-9MPT-XW42-HD6R", until)  # gives nothing away
        GivenCodeDialog(tour.window, words, given).open()
        tour.snap("supervisor-code")
    supervisor.turn_to(Watch.JOURNAL)
    supervisor.verify()
    tour.snap("supervisor-journal-sound")
    _sheet(tour, Qt.Key.Key_G, "supervisor-delegate")
    _come(tour, YOHANA, "supervisor", Watch.TRAIL)
    tour.snap("supervisor-auditor")


def _devices(tour: Tour) -> None:
    """The list, a log, the chooser, the simulator's panel; then the applicant's own window."""
    _come(tour, RAHMAT, "devices")
    _sheet(tour, Qt.Key.Key_P, "devices-ribbon")
    _come(tour, HENDRA, "devices")
    tour.snap("devices")
    _sheet(tour, Qt.Key.Key_C, "devices-choose")
    devices = _presenter(tour, Devices)
    for side in (Side.LOG, Side.SIMULATOR):
        devices.turn_to(side)
        tour.snap(f"devices-{side}")
        devices.turn_to(side)
