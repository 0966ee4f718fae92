"""Parcels: packed by two scans, counted, followed, disputed, lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import CardSwapped, Incident, ReasonMissing
from desktop.domain.codes import CodeCheckDigitWrong, CodeMalformed
from desktop.domain.officer import RoleMissing, SameOfficer
from desktop.domain.person import Hold, HoldKind, Licence, LicenceStatus
from desktop.domain.shipment import (
    CountDiffers,
    CourierFault,
    CourierListUnreadable,
    CourierWord,
    NothingToSend,
    ParcelHeld,
    ParcelState,
    ProofIncomplete,
    ProofOfDelivery,
    UnknownWaybill,
    WaybillUsed,
)
from desktop.domain.stock import Blank, BlankState, UnknownBlank
from desktop.domain.workflow import GatesMissing, NoSuchStep
from desktop.presenters.find import Find, HitKind
from desktop.services.paper_forms import courier_label, courier_manifest
from desktop.training.office import PROGRAM
from tests.walks.online_day import COURIER, OnlineDay, proof
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def test_packing_takes_two_scans_and_refuses_a_wrong_one(day: OnlineDay) -> None:
    world = day.world
    first, second = day.ready(count=2)
    world.sign_in("rahmat")
    shipping = world.desk.shipping
    with pytest.raises(CardSwapped) as swapped:
        shipping.pack(world.by, first.id, second.blank_serial, day.waybill())
    assert swapped.value.found == second.blank_serial
    assert swapped.value.expected == first.blank_serial
    with pytest.raises(UnknownBlank):
        shipping.pack(world.by, first.id, "XX99999999", day.waybill())
    with pytest.raises(CodeMalformed):
        shipping.pack(world.by, first.id, first.blank_serial, "hello")
    with pytest.raises(CodeCheckDigitWrong):
        shipping.pack(world.by, first.id, first.blank_serial, "RR287043774IN")
    assert day.app(first.id).state is S.READY
    label = day.waybill()
    parcel = shipping.pack(world.by, first.id, first.blank_serial, label)
    assert parcel.courier == COURIER
    assert day.app(first.id).state is S.IN_DELIVERY
    with pytest.raises(WaybillUsed):
        shipping.pack(world.by, second.id, second.blank_serial, label)
    with pytest.raises(NoSuchStep):
        world.desk.shipping.pack(world.by, first.id, first.blank_serial, day.waybill())
    other = shipping.pack(world.by, second.id, second.blank_serial, "RR287043775IN")
    assert other.serial == second.blank_serial
    assert courier_label(world.desk.papers, world.by, parcel).pdf.startswith(b"%PDF")


def test_only_dispatch_packs_and_jkn_arrears_keep_the_card(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    world.sign_in("sri")
    with pytest.raises(RoleMissing):
        world.desk.shipping.pack(world.by, app.id, app.blank_serial, day.waybill())
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(type(app), app.id), jkn_hold=True)
        w.record("test.jkn", app.id, {})
    world.sign_in("rahmat")
    with pytest.raises(GatesMissing):
        world.desk.shipping.pack(world.by, app.id, app.blank_serial, day.waybill())
    assert day.app(app.id).state is S.READY


def test_the_manifest_says_three_and_the_courier_counts_two(day: OnlineDay) -> None:
    world = day.world
    parcels = [day.packed(app) for app in day.ready(count=3)]
    shipping = world.desk.shipping
    assert shipping.couriers() == {COURIER: 3}
    with pytest.raises(CountDiffers) as differs:
        shipping.close_manifest(world.by, COURIER, 2)
    assert (differs.value.manifest, differs.value.counted) == (3, 2)
    scans = [parcels[0].awb, parcels[2].awb, "P9912310000001", "nonsense"]
    recount = shipping.recount(COURIER, scans)
    assert [p.awb for p in recount.missing] == [parcels[1].awb]
    assert recount.unknown == ("P9912310000001", "nonsense")
    with pytest.raises(CountDiffers) as named:
        shipping.close_manifest(world.by, COURIER, 2, scanned=scans)
    assert named.value.missing == (parcels[1].awb,)
    assert {p.state for p in shipping.open_manifest(COURIER).parcels} == {ParcelState.PACKED}

    manifest = shipping.close_manifest(world.by, COURIER, 2, left_behind=[parcels[1].awb])
    assert (manifest.number, manifest.parcels, manifest.counted) == (30001, 2, 2)
    assert [p.awb for p in shipping.open_manifest(COURIER).parcels] == [parcels[1].awb]
    with world.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="parcel_left_behind")
    assert incident.details["awb"] == parcels[1].awb
    assert shipping.close_manifest(world.by, COURIER, 1).number == 30002
    with pytest.raises(NothingToSend):
        shipping.close_manifest(world.by, COURIER, 0)
    made = courier_manifest(world.desk.papers, world.by, manifest)
    assert made.pdf.startswith(b"%PDF")


def test_a_hold_after_packing_keeps_the_parcel_here(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    parcel = day.packed(app)
    with world.desk.ledger.acting(PROGRAM) as w:
        w.add(
            Hold(
                id=world.desk.frame.ids.new(), nik=app.nik, kind=HoldKind.COURT, reason="putusan",
                reference="1/Pid", authority="PN Contoh", settle_at="PN Contoh",
                since=world.desk.frame.today(),
            )
        )  # fmt: skip
        w.record("test.hold", app.id, {})
    with pytest.raises(ParcelHeld) as held:
        world.desk.shipping.close_manifest(world.by, COURIER, 1)
    assert held.value.awb == parcel.awb
    assert world.desk.shipping.unpack(world.by, parcel.awb).state is S.READY


def test_the_courier_s_list_moves_parcels_line_by_line(day: OnlineDay, tmp_path: Path) -> None:
    world = day.world
    first, second = day.dispatched(*day.ready(count=2))
    path = tmp_path / "kurir.csv"
    path.write_text(
        "awb;event;at;receiver;relation\n"
        f"{first.awb};Proses antar;;;\n"
        f"{first.awb};SELESAI ANTAR;2026-03-04T03:00:00+07:00;Ibu Contoh;family\n"
        f"{second.awb};Selesai antar;;;\n"
        f"{second.awb};Antar gagal;;;\n"
        "P9901010000001;Retur;;;\n"
        f"{second.awb};terbang;;;\n"
        f"{second.awb};retur;kemarin;;\n"
        ";retur;;;\n",
        encoding="utf-8",
    )
    tracking = world.desk.tracking
    report = tracking.import_courier_file(world.by, path)
    assert [line.word for line in report.applied] == [
        CourierWord.IN_TRANSIT, CourierWord.DELIVERED, CourierWord.FAILED,
    ]  # fmt: skip
    assert [(bad.line, bad.fault) for bad in report.refused] == [
        (4, CourierFault.NO_PROOF),
        (6, CourierFault.UNKNOWN_WAYBILL),
        (7, CourierFault.UNKNOWN_WORD),
        (8, CourierFault.UNREADABLE),
        (9, CourierFault.NO_WAYBILL),
    ]
    again = tmp_path / "kurir.json"
    again.write_text(json.dumps([{"awb": second.awb, "event": "failed"}]), encoding="utf-8")
    assert [line.awb for line in tracking.import_courier_file(world.by, again).known] == [
        second.awb
    ]
    whole = tracking.import_courier_file(world.by, path)
    assert whole.applied == (), "the whole way told again is no news"
    assert [line.line for line in whole.known] == [2, 3, 4, 5], "as in a table"
    delivered = world.desk.shipping.find_parcel(first.awb)
    assert delivered.proof is not None
    assert delivered.proof.relation == "family"


@pytest.mark.parametrize("text", ["", "no;columns\n1;2\n", "[1, 2]", "[", "\0\0\0"])
def test_what_is_no_courier_s_list_is_refused(day: OnlineDay, tmp_path: Path, text: str) -> None:
    path = tmp_path / "kurir.csv"
    path.write_text(text, encoding="utf-8")
    day.world.sign_in("rahmat")
    with pytest.raises(CourierListUnreadable):
        day.world.desk.tracking.import_courier_file(day.world.by, path)


def test_delivered_says_the_courier_and_no_says_the_applicant(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    tracking = world.desk.tracking
    with pytest.raises(ProofIncomplete):
        tracking.courier_says(
            world.by, parcel.awb, CourierWord.DELIVERED,
            proof=ProofOfDelivery("", "", world.desk.clock.now()),
        )  # fmt: skip
    with pytest.raises(GatesMissing):
        tracking.confirm_delivery(world.by, app.id)
    tracking.courier_says(world.by, parcel.awb, CourierWord.DELIVERED, proof=proof(world))
    with pytest.raises(ReasonMissing):
        tracking.dispute(world.by, parcel.awb, " ")
    disputed = tracking.dispute(world.by, parcel.awb, "pemohon tidak menerima")
    assert disputed.answer_by is not None
    assert disputed.answer_by > world.desk.frame.today()
    assert [p.awb for p in tracking.disputes()] == [parcel.awb]
    with pytest.raises(GatesMissing):
        tracking.confirm_delivery(world.by, app.id)
    with pytest.raises(RoleMissing):
        tracking.settle_delivered(world.by, parcel.awb, proof(world))
    world.sign_in("bambang")
    tracking.settle_delivered(world.by, parcel.awb, proof(world))
    assert tracking.confirm_delivery(world.by, app.id).state is S.CLOSED


def test_a_lost_parcel_is_made_again_under_two_signatures(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    dates = (app.issue_on, app.valid_until)
    tracking = world.desk.tracking
    world.clock.advance(20 * 86_400)
    assert [p.awb for p in tracking.silent()] == [parcel.awb]
    [hit] = Find(world.desk).find(parcel.awb[:9])
    assert (hit.kind, hit.title) == (HitKind.CASE, app.number), "a waybill finds its case"
    world.sign_in("nyoman")
    with pytest.raises(SameOfficer):
        tracking.declare_lost(world.by, world.by, parcel.awb, "kurir tidak menemukan")
    assert world.desk.shipping.find_parcel(parcel.awb).state is ParcelState.DISPATCHED
    app = tracking.declare_lost(
        world.by, day.second("bambang"), parcel.awb, "kurir tidak menemukan"
    )
    assert app.state is S.APPROVED
    with world.desk.ledger.reading() as r:
        blank = r.get(Blank, parcel.serial)
        licences = r.find(Licence, application_id=app.id)
    assert blank.state is BlankState.MISSING
    assert [x.status for x in licences] == [LicenceStatus.REVOKED]
    app = day.made(app.id)
    assert app.blank_serial != parcel.serial
    assert (app.issue_on, app.valid_until) == dates  # the same licence, not a longer one
    day.dispatched(app)
    with pytest.raises(UnknownWaybill):
        tracking.courier_says(world.by, "P9901010000009", CourierWord.IN_TRANSIT)
