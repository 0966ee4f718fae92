"""A file's sending-back half chosen: kept at every field, opened again for its officer alone."""

from __future__ import annotations

from desktop.domain.application import Draft
from desktop.domain.reasons import SendBackReason, UploadedDocument
from desktop.presenters.online import Online
from desktop.presenters.online_asking import CARD
from desktop.presenters.online_inspect import InHand
from desktop.presenters.online_problems import LabelNotPrinted
from desktop.presenters.online_table_kept import PARCEL_ID
from desktop.presenters.online_view import ManifestPane, OnlineArea, PairStep
from desktop.services.kept_work import APPLICATION, subject_of
from devices.simulators.faults import Fault, FaultName
from tests.walks.online_day import COURIER, OnlineDay, batch
from tests.walks.world import World
from ui.going_on import place_of


def kept(world: World) -> list[Draft]:
    with world.desk.ledger.reading() as r:
        return r.find(Draft)


def test_reasons_places_and_notes_stand_there_after_a_kill(world: World) -> None:
    day = OnlineDay(world)
    world.sign_in("andi")
    presenter = Online(world.desk)
    presenter.enter()
    presenter.import_file(batch(world, 4, seed=5))
    presenter.close_report()
    presenter.open_file(presenter.view.files[0].app.id)
    assert kept(world) == [], "claimed is on record already"
    presenter.compose()
    presenter.show_document(UploadedDocument.PHOTO)
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    presenter.mark((0.1, 0.2, 0.3, 0.4))
    presenter.type_note("Wajah berb")
    before = presenter.view.file
    assert before is not None
    presenter.close()

    world.sign_in("dewi")
    assert world.desk.kept_work.begun(world.by) == [], "it is Andi's file"
    world.sign_in("bambang")
    looking = Online(world.desk)
    looking.enter(before.app.id)
    seen = looking.view.file
    assert seen is not None
    assert (seen.of_another, seen.composing) == ("Bripka Andi Pratama", False)
    looking.close_file()
    looking.close()
    world.sign_in("andi")
    [draft] = world.desk.kept_work.begun(world.by)
    again = Online(world.desk)
    again.enter(subject_of(draft))
    now = again.view.file
    assert now is not None
    assert (now.app.id, now.composing, now.document) == (before.app.id, True, before.document)
    assert now.points == before.points
    assert now.points[-1].note == "Wajah berb"
    assert now.mark == (0.1, 0.2, 0.3, 0.4)
    again.send_back()
    assert day.app(now.app.id).sent_back[-1].note == "Wajah berb"
    assert kept(world) == []


def test_a_file_laid_back_leaves_nothing_behind(world: World) -> None:
    world.sign_in("andi")
    presenter = Online(world.desk)
    presenter.enter()
    presenter.import_file(batch(world, 4, seed=5))
    presenter.open_file(presenter.view.files[0].app.id)
    presenter.compose()
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    assert len(kept(world)) == 1
    presenter.close_file()
    assert kept(world) == []


def test_the_same_file_opened_again_and_another_officer_leave_the_choices(world: World) -> None:
    """By its number while it is open; and when somebody else sits down for a while."""
    world.sign_in("andi")
    presenter = Online(world.desk)
    presenter.enter()
    presenter.import_file(batch(world, 4, seed=5))
    presenter.open_file(presenter.view.files[0].app.id)
    presenter.compose()
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    before = presenter.view.file
    assert before is not None
    presenter.enter(before.app.id)
    assert presenter.view.file == before
    assert len(kept(world)) == 1
    world.sign_in("dewi")
    presenter.enter()
    assert presenter.view.file is None, "what Andi chooses is Andi's"
    presenter.close_file()
    assert len(kept(world)) == 1
    world.sign_in("andi")
    presenter.enter(before.app.id)
    assert presenter.view.file is not None
    assert presenter.view.file.points == before.points


def at_the_desk(world: World, name: str, payload: object = None) -> Online:
    """As after a kill: this officer before a fresh desk."""
    world.sign_in(name)
    made = Online(world.desk)
    made.enter(payload)
    return made


def led(world: World) -> object:
    """What this officer is led to at the sign-in."""
    [draft] = world.desk.kept_work.begun(world.by)
    screen, payload = place_of(draft)
    assert screen == "online"
    return payload


def test_a_note_of_refusal_stands_over_its_file_again(world: World) -> None:
    day = OnlineDay(world)
    report = day.take_in(4, seed=5)
    first = at_the_desk(world, "andi")
    first.open_file(report.taken[0].application_id)
    first.ask("reject", {"reason": "other", "note": "Alamat di lu"})
    first.close()
    bambang = at_the_desk(world, "bambang")
    assert (bambang.view.file, bambang.view.asked) == (None, None)
    bambang.close()
    world.sign_in("andi")
    again = at_the_desk(world, "andi", led(world))
    assert again.view.file is not None
    asked = again.view.asked
    assert asked is not None
    assert asked.again
    assert again.answered("reject") == {"reason": "other", "note": "Alamat di lu"}
    again.reject("other", "Alamat di luar negeri.")
    assert again.view.problem is None
    assert (again.view.asked, kept(world)) == (None, [])

    again.open_file(report.taken[1].application_id)
    again.ask("reject", {"reason": "other", "note": "Sala"})
    again.close_file()
    assert (again.view.asked, kept(world)) == (None, []), "the file was left"
    again.open_file(report.taken[1].application_id)
    again.ask("reject", {"reason": "other", "note": "Sala"})
    again.close()
    world.sign_in("bambang")
    world.desk.online.release(world.by, report.taken[1].application_id)
    last = at_the_desk(world, "andi", None)
    assert (last.view.file, last.view.asked, kept(world)) == (None, None, [])
    assert day.app(report.taken[1].application_id).claimed_by == "", "nor claimed again"


def test_a_card_in_hand_and_a_parcel_without_its_label_are_gone_on_with(world: World) -> None:
    day = OnlineDay(world)
    [app] = [app for app in day.ready(seed=8) if app.delivery == "courier"]
    first = at_the_desk(world, "rahmat", OnlineArea.PACK)
    first.choose_courier(COURIER)
    first.scanned(app.blank_serial)
    assert first.view.pair.step is PairStep.WAYBILL
    first.close()
    world.sign_in("andi")
    assert world.desk.kept_work.begun(world.by) == [], "who packs goes on"
    world.sign_in("rahmat")
    assert led(world) is OnlineArea.PACK
    second = at_the_desk(world, "rahmat", OnlineArea.PACK)
    assert (second.view.pair.step, second.view.pair.card) == (PairStep.WAYBILL, app.blank_serial)
    assert second.view.courier == COURIER
    world.bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    second.scanned(day.waybill())
    assert second.view.pair.step is PairStep.RIGHT
    assert not second.view.pair.label_printed
    second.close()
    third = at_the_desk(world, "rahmat", OnlineArea.PACK)
    pair = third.view.pair
    assert pair.parcel is not None
    assert isinstance(pair.problem, LabelNotPrinted)
    world.bench.paper.load_paper()
    third.print_label(pair.parcel)
    assert third.view.pair.label_printed
    assert kept(world) == []
    third.scanned(app.blank_serial)
    third.forget_pair()
    assert kept(world) == []


def test_parcels_half_counted_are_gone_on_with(world: World) -> None:
    day = OnlineDay(world)
    [app] = [app for app in day.ready(seed=8) if app.delivery == "courier"]
    parcel = day.packed(app)
    first = at_the_desk(world, "rahmat", OnlineArea.MANIFEST)
    for typed in ("1", "10"):
        first.type_hand_count(typed)
    first.close()
    world.sign_in("rahmat")
    assert led(world) is OnlineArea.MANIFEST
    second = at_the_desk(world, "rahmat", OnlineArea.MANIFEST)
    assert second.view.hand_count == "10"
    second.close_manifest(10)
    assert second.view.recount is not None
    second.scanned(parcel.awb)
    before = second.view.recount
    assert before.scanned == {parcel.awb}
    second.close()
    third = at_the_desk(world, "rahmat", OnlineArea.MANIFEST)
    assert third.view.recount == before
    assert (third.view.counting, third.view.hand_count) == (third.view.courier, "10")
    third.show_area(OnlineArea.PACK)
    third.show_area(OnlineArea.MANIFEST)
    assert third.view.recount == before, "another area in between leaves it"
    third.finish_recount()
    assert third.view.closed is not None
    assert (third.view.recount, third.view.hand_count, kept(world)) == (None, "", [])


def test_what_is_told_of_a_parcel_stands_over_it_again(world: World) -> None:
    day = OnlineDay(world)
    [app] = [app for app in day.ready(seed=8) if app.delivery == "courier"]
    [parcel] = day.dispatched(app)
    about = {PARCEL_ID: parcel.id, APPLICATION: app.id}
    proof = {"relation": "neighbour", "receiver": "Bu Ha", "reference": ""}
    first = at_the_desk(world, "rahmat", OnlineArea.MANIFEST)
    first.ask("proof", proof, about)
    first.close()
    world.sign_in("rahmat")
    second = at_the_desk(world, "rahmat", led(world))
    view = second.view
    assert (view.area, view.manifest_pane) == (OnlineArea.MANIFEST, ManifestPane.OUT)
    assert view.asked is not None
    assert second.answered("proof", about) == proof
    assert second.answered("proof", {PARCEL_ID: "other"}) == {}
    [line] = view.out
    second.delivered(line.parcel, "Bu Hartini", "neighbour")
    assert second.view.problem is None
    assert (second.view.asked, kept(world)) == (None, [])


def test_why_a_card_is_spoiled_stands_over_that_card_again(world: World) -> None:
    day = OnlineDay(world)
    [line] = day.take_in(1, seed=8).taken
    day.approved(line.application_id)
    world.sign_in("rahmat")
    serial = world.desk.issuing.issue(world.by, line.application_id).application.blank_serial
    about = {APPLICATION: line.application_id, CARD: serial}
    first = at_the_desk(world, "rahmat", OnlineArea.PRINT)
    first.ask("spoil", {"reason": "other", "note": "Goresan pan"}, about)
    first.close()
    second = at_the_desk(world, "rahmat", led(world))
    assert second.view.asked is not None
    assert second.in_hand == InHand(line.application_id, serial)
    second.reject_card("other", "Goresan panjang.", second.in_hand)
    assert second.view.problem is None
    assert (second.view.asked, kept(world)) == (None, [])


def test_files_ticked_to_be_printed_stay_ticked_until_they_are(world: World) -> None:
    day = OnlineDay(world)
    [line] = day.take_in(1, seed=8).taken
    day.approved(line.application_id)
    first = at_the_desk(world, "rahmat", OnlineArea.PRINT)
    first.select(frozenset({line.application_id}))
    first.close()
    world.sign_in("rahmat")
    second = at_the_desk(world, "rahmat", led(world))
    assert second.view.selected == {line.application_id}
    second.print_selected()
    assert second.view.printed
    assert (second.view.selected, kept(world)) == (frozenset(), [])
