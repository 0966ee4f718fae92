"""The printed card in the viewer: what is inspected is the card, not the order."""

from __future__ import annotations

import pytest

from desktop.cards.inspection.facts import NOT_OURS
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM, Actor, SameOfficer
from desktop.domain.reasons import OverrideReason
from desktop.domain.stock import Blank, BlankState, CardFaulty, CardNotOurs, CardRefused, Job
from desktop.services.card_looking import Looked, NoFinishedCard
from desktop.services.sealing import SEAL_KEYS_FILE
from devices.device import DeviceKind
from devices.errors import NoPicture
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import approved, witness
from tests.walks.steps import acts, case, printed
from tests.walks.world import World


def look(world: World, app: Application, serial: str = "") -> Looked:
    return world.desk.card_looks.look(world.by, app.id, serial)


def overrule(world: World, app: Application, second: Actor) -> Application:
    """Two officers pass a card that the machine refused."""
    why = OverrideReason.MACHINE_MISTAKEN
    return world.desk.issuing.inspect(world.by, app.id, second=second, overrule=why)


def job_of(world: World, app: Application) -> Job:
    with world.desk.ledger.reading() as r:
        return r.get(Job, case(world, app).job_id)


def test_a_good_card_is_seen_and_passes(andi: World) -> None:
    app = printed(andi, approved(andi, 0))
    looked = look(andi, app)
    assert looked.inspection.faults == ()
    assert looked.look.verdict == "good"
    assert looked.look.kept == ()
    assert len(looked.look.front) == len(looked.look.back) == 64
    assert len(acts(andi, "inspection.looked")) == 1
    assert andi.desk.issuing.inspect(andi.by, app.id).state is S.READY


def test_somebody_else_s_card_stops_at_the_inspection(andi: World) -> None:
    first = printed(andi, approved(andi, 0))
    other = andi.bench.printer.truth.output[-1]
    andi.desk.issuing.inspect(andi.by, first.id)
    app = printed(andi, approved(andi, 1))
    andi.bench.put_card_in_viewer(other)
    looked = look(andi, app)
    assert looked.inspection.refused
    assert {"seal_record", "number", "photo", "printed_serial"} <= set(looked.look.findings)
    assert len(looked.look.kept) == 2
    with pytest.raises(CardRefused):
        andi.desk.issuing.inspect(andi.by, app.id)
    with pytest.raises(CardRefused):  # a reason alone doesn't do
        andi.desk.issuing.inspect(andi.by, app.id, overrule=OverrideReason.MACHINE_MISTAKEN)
    assert case(andi, app).state is S.PRINTED


def test_a_seal_or_a_chip_that_is_not_ours_is_passed_by_nobody(andi: World) -> None:
    """Two officers can judge a picture, not a signature."""
    first = printed(andi, approved(andi, 0))
    other = andi.bench.printer.truth.output[-1]
    andi.desk.issuing.inspect(andi.by, first.id)
    app = printed(andi, approved(andi, 1))
    sri = witness(andi, "sri")
    andi.bench.put_card_in_viewer(other)
    assert look(andi, app).inspection.not_ours
    with pytest.raises(CardNotOurs):
        overrule(andi, app, sri)
    andi.bench.put_card_in_viewer(None)
    andi.bench.put_card_on_reader(other)
    assert look(andi, app).inspection.not_ours
    with pytest.raises(CardNotOurs) as told:
        overrule(andi, app, sri)
    assert told.value.check in NOT_OURS, "the one that bars it is named"
    assert case(andi, app).state is S.PRINTED
    assert acts(andi, "inspection.overruled") == []


def test_the_ordered_code_is_ours_though_the_centre_s_list_withdrew_its_blank(andi: World) -> None:
    """It was reported missing, and the list published; then it was found and printed on."""
    app = printed(andi, approved(andi, 0))
    desk = andi.desk

    def set_state(state: BlankState) -> None:
        with desk.ledger.acting(PROGRAM) as w:
            w.change(w.get(Blank, app.blank_serial), state=state)
            w.record("records.loaded", app.blank_serial, {})

    with desk.ledger.reading() as r:
        before = r.get(Blank, app.blank_serial).state
    set_state(BlankState.MISSING)
    with desk.ledger.reading() as r:
        listed = desk.sealing.public_keys(r, desk.frame.now())
    (desk.profile.path / SEAL_KEYS_FILE).write_bytes(listed)
    set_state(before)
    looked = look(andi, app)
    assert looked.look.findings == ("seal_good",)
    assert looked.inspection.refused, "the officers hear of it"
    assert overrule(andi, app, witness(andi, "sri")).state is S.READY


def test_the_right_card_laid_in_afterwards_passes_and_both_looks_are_kept(andi: World) -> None:
    first = printed(andi, approved(andi, 0))
    other = andi.bench.printer.truth.output[-1]
    andi.desk.issuing.inspect(andi.by, first.id)
    app = printed(andi, approved(andi, 1))
    andi.bench.put_card_in_viewer(other)
    look(andi, app)
    andi.bench.put_card_in_viewer(None)
    assert look(andi, app).look.verdict == "good"
    assert [each.verdict for each in job_of(andi, app).looks] == ["refused", "good"]
    assert andi.desk.issuing.inspect(andi.by, app.id).state is S.READY


def test_two_officers_may_pass_what_the_machine_refuses_and_sign_so(andi: World) -> None:
    andi.bench.order("card_printer", Fault("print.done", FaultName.SWAPPED_PHOTO))
    app = printed(andi, approved(andi, 0))
    assert "photo" in look(andi, app).look.findings
    with pytest.raises(SameOfficer):
        overrule(andi, app, andi.by)
    budi = witness(andi, "sri")
    app = overrule(andi, app, budi)
    assert app.state is S.READY
    last = job_of(andi, app).looks[-1]
    assert (last.override, last.second) == ("machine_mistaken", budi.officer)
    assert len(acts(andi, "inspection.overruled")) == 1


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (FaultName.MISSING_PANEL, "panels"),
        (FaultName.SMUDGED_CODE, "seal_print"),
        (FaultName.BANDING, "bands"),
        (FaultName.DUST, "spots"),
    ],
)
def test_a_badly_printed_card_needs_a_reason_or_goes(
    andi: World, fault: FaultName, check: str
) -> None:
    andi.bench.order("card_printer", Fault("print.done", fault))
    app = printed(andi, approved(andi, 0))
    looked = look(andi, app)
    assert check in looked.look.findings
    assert not looked.look.refused
    with pytest.raises(CardFaulty):
        andi.desk.issuing.inspect(andi.by, app.id)
    app = andi.desk.issuing.inspect(andi.by, app.id, overrule=OverrideReason.FAULT_BEARABLE)
    assert app.state is S.READY


def test_another_chip_under_the_right_face_is_refused(andi: World) -> None:
    first = printed(andi, approved(andi, 0))
    other = andi.bench.printer.truth.output[-1]
    andi.desk.issuing.inspect(andi.by, first.id)
    app = printed(andi, approved(andi, 1))
    andi.bench.put_card_on_reader(other)
    looked = look(andi, app)
    assert looked.look.chip_read
    assert {"chip", "chip_person"} <= set(looked.look.findings)
    andi.bench.put_card_on_reader(andi.bench.printer.truth.output[-1])
    assert look(andi, app).look.verdict == "good"


def test_a_scanned_serial_of_another_blank_is_refused(andi: World) -> None:
    app = printed(andi, approved(andi, 0))
    assert look(andi, app, "ZZ9999999").look.findings == ("serial",)


def test_a_dark_picture_says_nothing_of_the_card(andi: World) -> None:
    andi.bench.order("card_viewer", Fault("viewer.look", FaultName.BLURRED))
    app = printed(andi, approved(andi, 0))
    looked = look(andi, app)
    assert looked.look.verdict == "unseen"
    assert andi.desk.issuing.inspect(andi.by, app.id).state is S.READY  # by eye


def test_a_viewer_that_fails_keeps_nothing_and_leaves_the_eye(andi: World) -> None:
    andi.bench.order("card_viewer", Fault("viewer.look", FaultName.NO_PICTURE))
    app = printed(andi, approved(andi, 0))
    with pytest.raises(NoPicture):
        look(andi, app)
    assert job_of(andi, app).looks == ()
    assert andi.desk.issuing.inspect(andi.by, app.id).state is S.READY


def test_without_a_viewer_the_eye_alone_inspects(andi: World) -> None:
    andi.desk.hub.remove(DeviceKind.CARD_VIEWER.value)
    assert not andi.desk.card_looks.possible
    app = printed(andi, approved(andi, 0))
    assert andi.desk.issuing.inspect(andi.by, app.id).state is S.READY


def test_nothing_is_looked_at_before_it_is_printed(andi: World) -> None:
    app = approved(andi, 0)
    with pytest.raises(NoFinishedCard):
        look(andi, app)
