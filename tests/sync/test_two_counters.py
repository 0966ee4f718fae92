"""Two counters of one office work on the same cases, one at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.offline import CardNotDone, CaseElsewhere, CaseOutOfReach, CentreAway
from desktop.domain.service import Service
from desktop.domain.stock import DoubtAnswer, DoubtElsewhere, Job, JobState
from desktop.notices import ApprovalsChanged, Notice
from desktop.services.doubts import Outcome
from desktop.services.likeness import FaceVerdict
from desktop.services.old_cards import old_card_due, old_cards_taken
from desktop.services.pool import resting
from desktop.services.reviews import Remark
from desktop.services.standing import standing
from devices.simulators.faults import Fault, FaultName, PowerGone
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import assert_alike, cut, exchange, mend
from tests.walks.making import approved, confirmed, ready, witness
from tests.walks.steps import A, C, checked, handed, registered
from tests.walks.world import PASSWORDS, World


@pytest.fixture
def both(counter: World, other: World) -> tuple[World, World]:
    """Both counters know the office, and an officer sits at each."""
    exchange(counter, other)
    counter.sign_in("andi")
    other.sign_in("andi")
    return counter, other


def test_a_case_goes_on_at_the_next_counter(both: tuple[World, World]) -> None:
    here, there = both
    app = confirmed(here, 1)
    exchange(here, there)

    with pytest.raises(CaseElsewhere) as refused:
        there.desk.intake.hold(there.by, app.id, "applicant_left")
    assert refused.value.counter == "1374-L3"
    with pytest.raises(CaseElsewhere) as refused:
        there.desk.claims.take(there.by, app.id)
    assert (refused.value.counter, refused.value.number) == ("1374-L3", app.number)
    assert there.desk.syncing.facts.parked == 0, "a question that was refused needs no decision"

    here.desk.claims.release(here.by, app.id)
    taken = there.desk.claims.take(there.by, app.id)
    assert taken.state is S.CONFIRMED
    with there.desk.ledger.reading() as r:
        assert r.blob(app.photo)
        assert r.blob(app.signature)
    there.take_over("sri")
    approved = there.desk.approvals.approve(there.by, app.id)
    there.give_back()
    facts = exchange(there)
    assert (facts.parked, facts.waiting) == (0, 0)

    exchange(here)
    with here.desk.ledger.reading() as r:
        assert r.get(Application, app.id) == approved
    with pytest.raises(CaseElsewhere):
        here.desk.intake.hold(here.by, app.id, "applicant_left")


def test_what_was_doubted_or_altered_at_one_counter_is_seen_by_the_approver_of_the_next(
    both: tuple[World, World],
) -> None:
    """Each counter has only its own journal: the case itself must tell."""
    here, there = both
    plain, doubted, altered = (confirmed(here, number) for number in (1, 2, 3))
    sheet = here.desk.likenesses.sheet(doubted.id)
    here.desk.likenesses.judge(here.by, sheet, FaceVerdict.UNSURE, "capture")
    name = replace(altered.applicant, address="JALAN LAIN 1")
    here.desk.intake.correct(here.by, altered.id, name)
    here.desk.intake.confirm_data(here.by, altered.id)
    for app in (plain, doubted, altered):
        here.desk.claims.release(here.by, app.id)
    assert exchange(here, there).parked == 0
    seen = {one.application.id: one.remarks for one in there.desk.reviews.waiting(there.by)}
    own = (Remark.OWN_WORK,)  # Andi sits at both
    assert seen == {
        plain.id: own,
        doubted.id: (*own, Remark.FACES_DOUBTED),
        altered.id: (*own, Remark.CHANGED),
    }
    assert here.desk.syncing.facts.parked == 0


def test_a_damaged_card_taken_in_at_one_counter_isn_t_asked_for_at_the_next(
    both: tuple[World, World],
) -> None:
    here, there = both
    old = handed(here, ready(here, 1))
    app = checked(here, registered(here, here.people[1], Service.REPLACE_DAMAGED))
    here.desk.corrections.handed_in(here.by, app.id, old.blank_serial)
    here.desk.claims.release(here.by, app.id)
    assert exchange(here, there).parked == 0
    with there.desk.ledger.reading() as r:
        brought = r.get(Application, app.id)
        assert not old_card_due(r, there.desk.frame, brought)
        assert old_cards_taken(r, there.desk.frame, brought) == (old.blank_serial,)
    assert here.desk.syncing.facts.parked == 0


def test_what_the_approver_wrote_stands_again_after_a_hold_at_another_counter(
    both: tuple[World, World],
) -> None:
    here, there = both
    app = confirmed(here, 1)
    here.desk.approvals.refuse(witness(here, "sri"), app.id, "other", "RT is wrong")
    here.desk.intake.hold(here.by, app.id, "waiting_for_document")
    here.desk.claims.release(here.by, app.id)
    exchange(here, there)
    there.desk.claims.take(there.by, app.id)
    going_on = there.desk.intake.resume(there.by, app.id)
    assert (going_on.reason, going_on.note) == ("other", "RT is wrong")
    held = there.desk.intake.hold(there.by, app.id, "waiting_for_document")
    assert held.note == "waiting_for_document"
    assert there.desk.intake.resume(there.by, app.id).note == "RT is wrong"
    exchange(there, here)
    assert_alike(here, there)


def test_a_case_that_goes_on_as_a_lost_card_is_taken_by_the_centre(
    both: tuple[World, World],
) -> None:
    here, there = both
    app = registered(here, here.people[1])
    exchange(here, there)
    here.desk.intake.answer_loss(here.by, app.id)
    assert checked(here, app).service is Service.REPLACE_LOST
    assert exchange(here, there).parked == 0
    assert here.desk.syncing.facts.parked == 0
    assert_alike(here, there)


def test_what_another_counter_has_is_not_turned_into_a_lost_card_here(
    both: tuple[World, World],
) -> None:
    here, there = both
    app = registered(here, here.people[1])
    lost = registered(here, here.people[2], Service.REPLACE_LOST)
    exchange(here, there)
    for one in (app, lost):
        with pytest.raises(CaseElsewhere):
            there.desk.intake.answer_loss(there.by, one.id)


def test_a_case_whose_card_is_at_the_machine_is_not_given_back(both: tuple[World, World]) -> None:
    here, there = both
    app = approved(here, 1)
    exchange(here, there)
    assert here.desk.issuing.issue(here.by, app.id).outcome is Outcome.PRINTED
    with pytest.raises(CardNotDone) as refused:
        here.desk.claims.release(here.by, app.id)
    assert refused.value.number == app.number
    here.desk.issuing.inspect(here.by, app.id)
    here.desk.claims.release(here.by, app.id)
    assert exchange(here, there).parked == 0
    assert there.desk.claims.take(there.by, app.id).state is S.READY


def test_a_borrowed_case_whose_card_was_made_meanwhile_stays_with_its_card(
    both: tuple[World, World],
) -> None:
    here, there = both
    kept, back = approved(here, 1), approved(here, 2)
    exchange(here)
    for app in (kept, back):
        here.desk.claims.release(here.by, app.id)
    with here.desk.claims.borrowed(here.by, [kept.id, back.id], all_back=True):
        assert here.desk.issuing.issue(here.by, kept.id).outcome is Outcome.PRINTED
    exchange(here, there)
    assert there.desk.claims.take(there.by, back.id).state is S.APPROVED
    with pytest.raises(CaseElsewhere):
        there.desk.claims.take(there.by, kept.id)
    assert here.desk.issuing.inspect(here.by, kept.id).state is S.READY


def test_offline_nobody_can_ask_and_the_answer_says_who_has_the_case(
    both: tuple[World, World], centre: CentreRig
) -> None:
    here, there = both
    app = registered(here, here.people[1])
    exchange(here, there)
    cut(there)
    there.desk.syncing.exchange()
    with pytest.raises(CaseOutOfReach) as refused:
        there.desk.claims.take(there.by, app.id)
    assert refused.value.counter == "1374-L3"
    assert refused.value.until is not None
    assert refused.value.since is not None
    with pytest.raises(CaseOutOfReach):
        there.desk.intake.hold(there.by, app.id, "applicant_left")
    here.desk.claims.release(here.by, app.id)
    cut(here)
    here.desk.syncing.exchange()
    with pytest.raises(CentreAway):  # no counter has it
        here.desk.intake.hold(here.by, app.id, "applicant_left")
    mend(here, centre)
    mend(there, centre)
    here.desk.claims.release(here.by, app.id)
    assert there.desk.claims.take(there.by, app.id).number == app.number


def test_numbers_of_two_counters_never_meet(both: tuple[World, World]) -> None:
    here, there = both
    first = registered(here, here.people[1])
    exchange(there)
    second = registered(there, there.people[2])
    assert {first.number, second.number} == {"1374-26-L3-000001", "1374-26-L4-000001"}
    facts = exchange(here, there, here)
    assert facts.parked == 0
    with here.desk.ledger.reading() as r:
        assert r.get(Application, second.id).number == second.number
        tickets = [t.number for t in here.desk.queue.waiting()]
    assert tickets == []
    ticket = there.desk.queue.take_ticket(there.by, Service.RENEWAL)
    exchange(there, here)
    assert [t.number for t in here.desk.queue.waiting()] == [ticket.number] == ["A-4002"]


def test_both_work_on_one_person_offline_and_ours_is_done_again(both: tuple[World, World]) -> None:
    """C here and A there: the second counter's acts wait for a supervisor, who has them redone."""
    here, there = both
    person = here.people[0]
    registered(here, person, cls=C)
    second = checked(there, registered(there, person, cls=A))
    assert exchange(here).parked == 0
    assert exchange(there).parked > 0
    [case] = there.desk.conflicts.parked()
    assert (case.reason, case.act) == ("stale", "application.register")
    assert case.acts > 1, "what follows from a refused act waits with it"

    with pytest.raises(RoleMissing):
        there.desk.conflicts.redo(there.by, case.entry_id)
    there.take_over("bambang")
    andi = witness(there, "andi")
    there.desk.conflicts.redo(there.by, case.entry_id, (andi,))
    there.give_back()
    facts = exchange(there)
    assert (facts.parked, facts.waiting) == (0, 0)
    exchange(here)
    assert_alike(here, there)
    with here.desk.ledger.reading() as r:
        assert r.get(Application, second.id).state is S.REQUIREMENTS_CHECKED


def test_one_licence_asked_for_twice_and_the_centre_s_version_is_taken(
    both: tuple[World, World],
) -> None:
    here, there = both
    person = here.people[1]
    one = checked(here, registered(here, person))
    two = checked(there, registered(there, person))
    exchange(here, there)
    [case] = there.desk.conflicts.parked()
    there.take_over("bambang")
    there.desk.conflicts.accept(there.by, case.entry_id)
    there.give_back()
    assert exchange(there).parked == 0
    with there.desk.ledger.reading() as r:
        assert r.get(Application, two.id).state is S.CANCELLED
        assert r.get(Application, one.id).state is S.REQUIREMENTS_CHECKED
    exchange(here)
    with here.desk.ledger.reading() as r:
        assert r.look(Application, two.id) is None, "it never was at the centre"


def test_a_card_under_way_at_one_counter_is_no_doubt_of_another(both: tuple[World, World]) -> None:
    here, there = both
    app = approved(here, 1)
    here.bench.order("card_printer", Fault("print.panel.c", FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        here.desk.issuing.issue(here.by, app.id)
    exchange(here, there)
    assert there.desk.issuing.find_doubtful() == []
    with there.desk.ledger.reading() as r:
        assert r.first(Job, application_id=app.id, state=JobState.PRINTING) is not None

    [job] = here.desk.issuing.find_doubtful()
    exchange(here, there)
    assert there.desk.issuing.find_doubtful() == []
    with there.desk.ledger.reading() as r:
        assert r.get(Job, job.id).state is JobState.IN_DOUBT
        assert standing(there.desk.frame, r, None).in_doubt == (), "their shift can be closed"
        assert resting(there.desk.frame, r) == frozenset()
    with pytest.raises(DoubtElsewhere) as refused:
        there.desk.issuing.answer(there.by, job.id, DoubtAnswer.CARD_SPOILED, blank_here=False)
    assert (refused.value.number, refused.value.counter) == (app.number, "1374-L3")
    here.desk.issuing.answer(here.by, job.id, DoubtAnswer.CARD_SPOILED, blank_here=False)
    assert exchange(here, there).parked == 0


def test_what_the_centre_raised_is_closed_at_one_counter_for_all(
    both: tuple[World, World], centre: CentreRig
) -> None:
    here, there = both
    found = '{"serial": "CT26030009", "seq": 12, "by": {"counter": "1374-L9"}, "office": null}'
    with centre.admin() as conn:
        conn.execute(
            "SELECT centre.raise_incident('i-1', 'blank_conflict', 'CT26030009', %s, %s)",
            [["1374", "3275"], found],
        )
    exchange(here, there)
    here.take_over("bambang")
    here.desk.oversight.close_incident(here.by, "i-1", "Dihitung ulang, ada di gudang.")
    here.give_back()
    assert exchange(here).parked == 0
    heard: list[Notice] = []
    there.desk.notices.subscribe(heard.append)
    exchange(there)
    assert ApprovalsChanged() in heard, "the supervisor's list there is read anew"
    with there.desk.ledger.reading() as r:
        closed = r.get(Incident, "i-1")
    with here.desk.ledger.reading() as r:
        mine = r.get(Incident, "i-1")
    assert closed.closed_by == PASSWORDS["bambang"][0]
    assert (closed.statement, closed.closed_at) == (mine.statement, mine.closed_at)
    assert closed.details["serial"] == mine.details["serial"] == "CT26030009"
