"""A card is wrong after its handover: its case's lease ended with it, and is asked for again."""

from __future__ import annotations

import dataclasses

from db import sync_state
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import CardStep
from tests.sync.counters import exchange
from tests.walks.making import ready
from tests.walks.steps import handed
from tests.walks.world import PASSWORDS, World


def comparing(world: World, app: Application) -> CardDesk:
    """The card desk of an officer who has the card in the hand and typed another occupation."""
    presenter = CardDesk(world.desk)
    presenter.enter()
    presenter.scanned(app.blank_serial)
    presenter.begin_correction()
    presenter.field_changed("occupation", "PETANI")
    presenter.compare()
    assert presenter.view.step is CardStep.COMPARE
    return presenter


def test_a_handed_card_is_corrected_while_the_centre_is_there(counter: World) -> None:
    here = counter
    here.sign_in("andi")
    exchange(here)
    app = handed(here, ready(here, 1))
    exchange(here)
    with here.desk.ledger.reading() as r:
        lease = sync_state.lease_of(r.conn, app.id)
    assert lease is not None
    assert not lease.counter, "the closed case is nobody's"
    here.desk.duty.sign_out()
    here.sign_in("andi")
    presenter = comparing(here, app)
    presenter.correct(*PASSWORDS["bambang"])
    assert presenter.view.problem is None
    with here.desk.ledger.reading() as r:
        again = r.get(Application, app.id)
    assert again.state is S.CAPTURED
    assert again.applicant == dataclasses.replace(app.applicant, occupation="PETANI")
    facts = exchange(here)
    assert (facts.waiting, facts.parked) == (0, 0)
