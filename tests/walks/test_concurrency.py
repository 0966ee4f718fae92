"""Many hands at once: one application, one card, whoever presses and however often."""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter

import pytest

from desktop.device_hub import DeviceHub
from desktop.domain.application import Application, StaleCase
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM
from desktop.domain.stock import Blank, BlankState, Job, JobState, NoBlankAssigned
from desktop.domain.workflow import NoSuchStep
from desktop.lanes import InlineLanes, raise_it
from desktop.services.cardmaker import CardMaker
from desktop.services.doubts import Outcome
from desktop.services.issuing import Issuing
from devices.errors import Busy
from devices.simulators.bench import SimulatedBench
from tests.walks.making import approved
from tests.walks.steps import acts
from tests.walks.world import World

THREADS = 16
REPETITIONS = 8


class OwnPrinter:
    """One of many production desks on one store: its own printer, its own blank."""

    def __init__(self, world: World) -> None:
        desk = world.desk
        self.bench = SimulatedBench(desk.clock.pause, pace=0.0)
        hub = DeviceHub(self.bench.devices(), InlineLanes(raise_it), desk.notices)
        frame = dataclasses.replace(desk.frame, hub=hub)
        maker = CardMaker(frame, desk.cardmaker._layout, desk.licences, desk.sealing)
        self.issuing = Issuing(frame, maker, desk.licences, desk.approvals)


def at_once(count: int, act: object) -> list[object]:
    """Run `act(n)` on real threads that begin together; their results, or what they raised."""
    start = threading.Barrier(count)
    found: list[object] = [None] * count

    def run(at: int) -> None:
        start.wait()
        try:
            found[at] = act(at)  # type: ignore[operator]
        except (Problem, Busy) as refused:
            found[at] = refused

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return found


def outcomes(found: list[object]) -> Counter[str]:
    return Counter(
        str(getattr(one, "outcome", type(one).__name__)) for one in found
    )  # fmt: skip


def again(world: World, app: Application) -> Application:
    """The card is spoiled and the case may be tried as if for the first time."""
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    with world.desk.ledger.acting(PROGRAM) as w:
        app = w.change(w.get(Application, app.id), reprints=0)
        w.record("records.loaded", app.id, {})
    return app


def ledger_is_even(world: World, app: Application, tries: int) -> None:
    """One job and one blank used for each try, none lost, and the journal sound."""
    with world.desk.ledger.reading() as r:
        jobs = r.find(Job, application_id=app.id)
        assert [job.state for job in jobs] == [JobState.PRINTED] * tries
        states = Counter(blank.state for blank in r.find(Blank))
        assert states[BlankState.AT_PRINTER] == 1
        assert states[BlankState.SPOILED] == tries - 1
        assert states[BlankState.RESERVED] == states[BlankState.MISSING] == 0
        assert states.total() == 500
        assert all(b.holds for b in world.desk.stock.balances(r, world.desk.frame.shift_id(r)))
    assert world.desk.oversight.verify().sound


@pytest.mark.timeout(300)
def test_sixteen_printers_make_one_card_of_one_application(andi: World) -> None:
    """Each thread has a printer of its own, so only the store stands between them."""
    app = approved(andi, 1)
    others = [OwnPrinter(andi) for _ in range(THREADS)]
    for tries in range(1, REPETITIONS + 1):
        serials = andi.desk.stock.free_here(THREADS)
        for other, serial in zip(others, serials, strict=True):
            other.bench.printer.unload_blanks()
            other.bench.load_blanks([serial])

        def act(at: int, serials: list[str] = serials) -> object:
            return others[at].issuing.issue(andi.by, app.id, serial=serials[at])

        found = at_once(THREADS, act)
        assert outcomes(found)[Outcome.PRINTED] == 1, outcomes(found)
        losers = {type(one) for one in found if isinstance(one, Problem)}
        assert losers <= {StaleCase, NoSuchStep}
        cards = [card for other in others for card in other.bench.take_output()]
        assert len([card for card in cards if card.panels or card.chip.memory]) == 1
        now = andi.desk.intake.case(app.id)
        assert (now.state, cards[0].serial) == (S.PRINTED, now.blank_serial)
        if tries < REPETITIONS:
            again(andi, app)
    ledger_is_even(andi, app, REPETITIONS)


def test_sixteen_presses_at_one_printer_make_one_card(andi: World) -> None:
    app = approved(andi, 1)

    def act(at: int) -> object:
        while True:
            try:
                return andi.desk.issuing.issue(andi.by, app.id)
            except Busy:
                continue

    found = at_once(THREADS, act)
    assert outcomes(found)[Outcome.PRINTED] == 1, outcomes(found)
    assert len(andi.bench.take_output()) == 1
    ledger_is_even(andi, app, 1)


def test_sixteen_printers_and_one_blank_make_one_card(andi: World) -> None:
    """Two cases want the last blank; a blank is never two cards."""
    one, other = approved(andi, 1), approved(andi, 2)
    [serial] = andi.desk.stock.free_here(1)
    desks = [OwnPrinter(andi) for _ in range(2)]
    for desk in desks:
        desk.bench.load_blanks([serial])
    cases = (one, other)

    def act(at: int) -> object:
        return desks[at].issuing.issue(andi.by, cases[at].id, serial=serial)

    found = at_once(2, act)
    assert outcomes(found)[Outcome.PRINTED] == 1
    assert [type(x) for x in found if isinstance(x, Problem)] == [NoBlankAssigned]


def test_sixteen_hands_with_the_same_old_copy_change_it_once(andi: World) -> None:
    """All read the case before any of them writes: only the compare in the UPDATE is left.

    Acts read again inside their transaction, which alone would keep them apart; this is what
    holds when one of them doesn't.
    """
    app = approved(andi, 1)
    read = threading.Barrier(THREADS)

    def act(at: int) -> object:
        with andi.desk.ledger.reading() as r:
            old = r.get(Application, app.id)
        read.wait()
        with andi.desk.ledger.acting(andi.by) as w:
            changed = w.change(old, note=f"hand {at}")
            w.record("test.noted", app.id, {"hand": at})
        return changed

    found = at_once(THREADS, act)
    assert Counter(type(one) for one in found) == {Application: 1, StaleCase: THREADS - 1}
    [won] = [one for one in found if isinstance(one, Application)]
    now = andi.desk.intake.case(app.id)
    assert (now.note, now.version) == (won.note, app.version + 1)
    assert len(acts(andi, "test.noted")) == 1


def test_many_hands_hand_a_card_over_once(andi: World) -> None:
    app = approved(andi, 1)
    andi.desk.issuing.issue(andi.by, app.id)
    app = andi.desk.issuing.inspect(andi.by, app.id)

    def act(at: int) -> object:
        return andi.desk.handover.hand_over(andi.by, app.id, app.blank_serial)

    found = at_once(THREADS, act)
    assert sum(isinstance(one, Application) for one in found) == 1
    assert andi.desk.intake.case(app.id).state is S.CLOSED


def test_two_approvers_and_a_correction_leave_no_stale_approval(andi: World) -> None:
    """Whichever comes first, an approval is never of other data than the card bears."""
    from desktop.services.base import content_digest

    app = approved(andi, 1)
    corrected = dataclasses.replace(app.applicant, occupation="PETANI")

    def act(at: int) -> object:
        if at:
            return andi.desk.issuing.issue(andi.by, app.id)
        return andi.desk.intake.correct(andi.by, app.id, corrected)

    at_once(2, act)
    now = andi.desk.intake.case(app.id)
    if now.state is S.PRINTED:
        assert now.approved_digest == content_digest(now)
    else:
        assert (now.state, now.approved_digest) == (S.CAPTURED, "")
    assert now.state in (S.PRINTED, S.CAPTURED)
