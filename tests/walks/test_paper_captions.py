"""What a reader stumbled over on papers: captions over signatures, spoiled cards in the balance."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from desktop.domain.reasons import SendBackReason
from desktop.domain.stock import Blank, BlankAction, BlankState
from desktop.services.paper_forms import courier_manifest, sent_back_notice
from tests.walks.making import ready
from tests.walks.online_day import OnlineDay
from tests.walks.steps import case, handed, printed
from tests.walks.world import World


def text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def test_both_lines_of_a_handover_receipt_are_captioned(world: World) -> None:
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    made = world.desk.papers.handover_receipt(world.by, [app.id])
    said = text(made.pdf)
    assert "Yang menyerahkan" in said
    assert "Handed over by" in said
    assert "Penerima" in said


def test_the_courier_writes_the_name_on_an_empty_line(day: OnlineDay) -> None:
    world = day.world
    apps = [app for app in day.ready(count=1, seed=8) if app.address]
    parcel = day.packed(apps[0])
    manifest = world.desk.shipping.close_manifest(world.by, parcel.courier, 1)
    said = text(courier_manifest(world.desk.papers, world.by, manifest).pdf)
    assert f"Kurir {parcel.courier}, nama jelas" in said
    assert " - " not in said.partition("nama jelas")[2]


def test_a_notice_says_when_the_old_licence_sets_the_last_day(day: OnlineDay) -> None:
    world = day.world
    [line] = day.take_in(1, seed=8).taken
    reasons = [SendBackReason.PHOTO_BLURRED]
    papers, by = world.desk.papers, world.by
    until = world.desk.frame.today()
    plain = text(sent_back_notice(papers, by, line.application_id, reasons, until).pdf)
    capped = text(sent_back_notice(papers, by, line.application_id, reasons, until,
                                   capped=True).pdf)  # fmt: skip
    assert "hari terakhir berlakunya SIM lama" in capped
    assert "hari terakhir berlakunya SIM lama" not in plain


def test_a_card_spoiled_and_set_aside_in_one_shift_stands_as_spoiled(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    desk = world.desk
    desk.issuing.spoil(world.by, app.id, "print_defect")
    world.sign_in("nyoman")
    with desk.ledger.acting(world.by) as w:
        spoiled = w.get(Blank, app.blank_serial)
        spoiled = desk.frame.move_blank(w, spoiled, BlankAction.SET_ASIDE)
    assert spoiled.state is BlankState.TO_BE_DESTROYED
    with desk.ledger.reading() as r:
        lines = desk.stock.balances(r, desk.frame.shift_id(r))
    assert all(line.holds for line in lines)
    assert sum(line.spoiled for line in lines) == 1
    assert sum(line.to_be_destroyed for line in lines) == 0
    world.sign_in("andi")
    assert printed(world, case(world, app)).blank_serial != spoiled.id
