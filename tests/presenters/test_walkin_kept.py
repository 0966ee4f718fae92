"""Proofs at the walk-in: what was half typed is kept through a kill, and a decree takes the fee."""

from __future__ import annotations

import pytest

from db.errors import StoreFull
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import Typing, WalkStep
from desktop.rulebook import FOLDER, Rulebook
from tests.walks.test_full_disk import fill, limit
from tests.walks.world import World


@pytest.fixture
def walk(world: World) -> WalkIn:
    """Andi has called somebody who holds a C, and registered a renewal."""
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(world.people[1])
    made = WalkIn(world.desk)
    made.enter()
    made.call_next()
    made.enter_key()
    assert made.view.step is WalkStep.REQUIREMENTS
    return made


@pytest.mark.parametrize("typing", [Typing.EVIDENCE, Typing.BANK_SLIP])
def test_a_proof_half_typed_opens_again_where_it_was_left(
    walk: WalkIn, world: World, typing: Typing
) -> None:
    """As after a kill: another walk-in finds what the first one kept at its last field."""
    assert isinstance(world.desk.outside, OutsideSimulator)
    if typing is Typing.EVIDENCE:
        world.desk.outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
        walk.begin_typing(typing, RequirementKind.PSYCH_CERT)
        field, text = "reference", "PSI-77"
    else:
        walk.enter_key()
        walk.begin_typing(typing)
        field, text = "ntpn", "ABCDEF0123456789"
    with world.desk.ledger.reading() as r:
        head = r.head()
    walk.field_changed(field, text)
    with world.desk.ledger.reading() as r:
        assert r.head() == head, "a draft is no act"
    [draft] = world.desk.intake.drafts(world.by)
    again = WalkIn(world.desk)
    again.enter(draft.id)
    before, now = walk.view, again.view
    assert (now.typing, now.typed_kind, now.step) == (typing, before.typed_kind, before.step)
    assert now.form[field] == text
    assert now.app is not None
    assert before.app is not None
    assert now.app.id == before.app.id


def test_a_full_disk_at_a_field_is_said_and_what_was_typed_stays(
    walk: WalkIn, world: World
) -> None:
    long = "PSI-77 " * 2000  # more than the page that lies open has room for
    walk.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    fill(world)
    walk.field_changed("reference", long)
    assert isinstance(walk.view.problem, StoreFull)
    assert world.desk.intake.drafts(world.by) == []
    limit(world, 100_000)
    walk.field_changed("issuer", "BIRO CONTOH")
    assert walk.view.form == {"reference": long, "issuer": "BIRO CONTOH"}
    [draft] = world.desk.intake.drafts(world.by)
    assert draft.fields["reference"] == long, "kept with the next field"


def test_a_decree_in_force_is_shown_at_the_bill_and_takes_the_fee(
    walk: WalkIn, world: World
) -> None:
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    assert walk.view.waivers == (), "none is in force for class C"
    sheet = (FOLDER / "training" / "waivers.toml").read_text("utf-8").replace('"D", "DI"', '"C"')
    object.__setattr__(
        world.desk.frame, "rulebook", Rulebook.load(FOLDER, sheets=[{"waivers.toml": sheet}])
    )
    walk.load_fee()
    [waiver] = walk.view.waivers
    walk.waive(waiver.decree)
    assert walk.view.step is WalkStep.CAPTURE
    assert walk.view.app is not None
    assert (walk.view.app.paid, walk.view.app.fee) == (True, 0)
