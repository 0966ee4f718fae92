"""The work queue, finding, and who works here."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from db.errors import StoreFull
from desktop.domain.application import Visit
from desktop.domain.officer import Role
from desktop.domain.person import Person
from desktop.domain.reasons import CancelReason, OutOfTurnReason
from desktop.domain.service import Service
from desktop.presenters.find import Find, HitKind
from desktop.presenters.queue import WorkQueue
from desktop.presenters.queue_view import Pile
from desktop.presenters.sign_in_view import SignInMode
from desktop.presenters.signin import SignIn
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_call import CallTicket
from tests.walks.steps import (
    acts,
    captured,
    checked,
    licences_of,
    paid,
    registered,
    signed_off,
)
from tests.walks.test_full_disk import fill, limit
from tests.walks.world import World
from ui.going_on import place_of


@pytest.fixture
def queue(world: World) -> WorkQueue:
    world.sign_in("andi")
    made = WorkQueue(world.desk)
    made.enter()
    return made


def numbers(queue: WorkQueue) -> list[str]:
    return [line.number for line in queue.view.lines]


def test_the_priority_lane_comes_first_and_the_next_is_marked(queue: WorkQueue) -> None:
    queue.take_ticket(Service.RENEWAL)
    queue.take_ticket(None, "priority")
    assert numbers(queue) == ["P-3001", "A-3001"]
    assert [line.next_up for line in queue.view.lines] == [True, False]


def test_only_who_is_next_needs_no_reason(queue: WorkQueue, world: World) -> None:
    for _ in range(2):
        queue.take_ticket(Service.RENEWAL)
    first, second = queue.view.lines
    assert not queue.out_of_turn(first.key)
    assert queue.out_of_turn(second.key)
    queue.refuse_out_of_turn()
    assert queue.view.problem is not None
    queue.leave()
    assert queue.view.problem is None, "not said again to who comes back"
    queue.select(second.key)
    told = {"reason": "other", "note": "Ditunggu amb"}
    queue.ask("turn", told)
    [draft] = world.desk.kept_work.begun(world.by)
    killed = WorkQueue(world.desk)
    killed.enter(place_of(draft)[1])
    asked = killed.view.asked
    assert asked is not None
    assert (killed.view.current, asked.again, asked.answers) == (second.key, True, told)
    walk = WalkIn(world.desk)
    walk.enter(CallTicket(second.key))
    assert type(walk.view.problem).__name__ == "NotNext"
    walk.enter(CallTicket(second.key, OutOfTurnReason.OTHER, "Ditunggu ambulans."))
    assert walk.view.ticket is not None
    assert walk.view.ticket.number == "A-3002"
    [called] = acts(world, "ticket.called_out_of_turn")
    assert called.content is not None
    assert called.content["statement"] == "Ditunggu ambulans."
    killed.load()
    assert killed.view.asked is None
    assert world.desk.kept_work.begun(world.by) == []


def test_who_didn_t_come_goes_to_the_end(queue: WorkQueue, world: World) -> None:
    for _ in range(2):
        queue.take_ticket(Service.RENEWAL)
        world.clock.advance(60)
    world.desk.queue.call(world.by)
    queue.load()
    called = next(line for line in queue.view.lines if line.pile is Pile.SERVED)
    queue.select(called.key)
    queue.call_again()
    assert queue.view.said is not None
    assert queue.view.said.facts["number"] == "A-3001"
    queue.skip()
    assert numbers(queue) == ["A-3002", "A-3001"]


def test_an_absent_one_of_the_priority_lane_isn_t_next_for_ever(
    queue: WorkQueue, world: World
) -> None:
    queue.take_ticket(Service.RENEWAL)
    queue.take_ticket(Service.RENEWAL, "priority")
    world.clock.advance(60)
    ticket, _ = world.desk.queue.call(world.by)
    assert ticket.number == "P-3001"
    world.desk.queue.skip(world.by, ticket.id)
    queue.load()
    assert numbers(queue) == ["A-3001", "P-3001"]


def test_a_number_that_the_queue_took_back_is_no_longer_served(world: World) -> None:
    world.sign_in("andi")
    queue, walk = WorkQueue(world.desk), WalkIn(world.desk)
    world.put_eid(world.people[1])
    queue.enter()
    queue.take_ticket(Service.RENEWAL)
    walk.enter()
    walk.call_next()
    assert walk.view.identity is not None
    walk.leave()
    queue.load()
    queue.skip()
    assert walk.view.idle
    assert walk.view.identity is None


def test_letters_and_piles_filter(queue: WorkQueue, world: World) -> None:
    queue.take_ticket(Service.RENEWAL)
    queue.take_ticket(Service.RENEWAL, "priority")
    queue.type_filter("p-3")
    assert numbers(queue) == ["P-3001"]
    queue.type_filter("")
    queue.filter_by(Pile.HELD)
    assert numbers(queue) == []
    assert dict(queue.view.counts)[Pile.WAITING] == 2


def test_a_found_ticket_is_on_show_whatever_the_filter(queue: WorkQueue, world: World) -> None:
    for _ in range(2):
        queue.take_ticket(Service.RENEWAL)
    first, second = (line.key for line in queue.view.lines)
    queue.filter_by(Pile.HELD)
    queue.type_filter("andi")
    queue.enter(second)
    assert queue.view.current == second != first
    case = registered(world, world.people[1])
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, case.visit_id)
    queue.enter(visit.ticket_id)
    assert queue.view.current == case.id, "who is served stands there as their case"
    world.desk.intake.cancel(world.by, case.id, CancelReason.BY_APPLICANT)
    queue.enter(visit.ticket_id)
    assert queue.view.said is not None
    assert queue.view.said.message_id == "queue.not_here"


def test_where_the_chosen_line_goes_the_next_one_takes_its_place(
    queue: WorkQueue, world: World
) -> None:
    cases = [registered(world, person).id for person in world.people[:3]]
    queue.load()
    keys = [line.key for line in queue.view.lines]
    assert sorted(keys) == sorted(cases)
    queue.select(keys[1])
    world.desk.intake.cancel(world.by, keys[1], CancelReason.BY_APPLICANT)
    queue.load()
    assert queue.view.current == keys[2]


def test_people_are_found_by_name_nik_and_licence_number(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    person = world.people[2]
    for text in (person.name.split()[0], person.nik, person.nik[:8]):
        assert any(hit.title == person.name for hit in find.find(text)), text
    assert find.find("x") == []
    assert find.find("مرحبا 🙂") == []
    assert find.find("A" * 10_000) == []


def test_cases_licences_and_blanks_are_found_by_any_beginning_of_their_number(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    [licence] = licences_of(world, world.people[1])
    find = Find(world.desk)

    def found(text: str) -> set[tuple[HitKind, str]]:
        return {(hit.kind, hit.title) for hit in find.find(text)}

    own = app.number.rpartition("-")[2]
    for text in (app.number, app.number[:-2], own, own[-2:], f"l3-{own}"):
        assert (HitKind.CASE, app.number) in found(text), text
    for text in (licence.sim_number, licence.sim_number[:6]):
        assert (HitKind.LICENCE, licence.sim_number) in found(text)
    assert (HitKind.BLANK, "CT26030007") in found("ct26030007")


def test_a_ticket_is_found_without_its_dash(world: World) -> None:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    for text in ("A-3001", "a1", "a001", "a3001"):
        [hit] = [h for h in Find(world.desk).find(text) if h.kind is HitKind.TICKET]
        assert hit.title == "A-3001"


def test_the_nik_is_masked_in_the_list_and_opening_is_on_record(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    [hit] = find.find(world.people[4].nik)
    assert world.people[4].nik not in str(hit.facts)
    record = find.open_person(hit.key.partition(":")[2])
    assert record is not None
    assert record.licences


def test_a_record_opens_while_its_photo_is_still_at_the_centre(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    [hit] = find.find(world.people[4].nik)
    key = hit.key.partition(":")[2]
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Person, key), photo="0" * 64)
        w.record("test.away", key, {})
    record = find.open_person(key)
    assert record is not None
    assert record.licences


def test_a_person_s_record_is_one_entry_for_each_officer_and_sitting(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    [hit] = find.find(world.people[4].nik)
    for _ in range(3):
        assert find.open_person(hit.key.partition(":")[2]) is not None
    world.take_over("rahmat")
    assert find.open_person(hit.key.partition(":")[2]) is not None
    assert [entry.officer for entry in acts(world, "record.opened")] == ["79010001", "78030003"]


def test_a_search_is_one_entry_when_it_is_left_and_names_nobody(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    name = world.people[2].name
    for end in range(1, len(name) + 1):
        found = find.find(name[:end].lower())
    assert acts(world, "search.left") == [], "no letter is an entry"
    find.find("")  # emptied before it is left
    world.desk.duty.lock()
    find.left()
    find.left()
    [entry] = acts(world, "search.left")
    digest = hashlib.sha256(name.lower().encode()).hexdigest()
    assert entry.officer == "79010001"
    assert entry.content == {"hits": len(found), "digest": digest}
    assert len(found) >= 1


def test_a_full_disk_only_delays_the_entry_of_a_search(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    find.find("sit")
    fill(world)
    with pytest.raises(StoreFull):
        find.left()
    limit(world, 100_000)
    find.find("bud")
    find.left()
    told = [entry.content for entry in acts(world, "search.left")]
    digests = [hashlib.sha256(text).hexdigest() for text in (b"sit", b"bud")]
    assert [content["digest"] for content in told if content] == digests


def test_a_search_that_asked_nothing_leaves_no_entry(world: World) -> None:
    world.sign_in("andi")
    find = Find(world.desk)
    find.find("x")
    find.left()
    assert acts(world, "search.left") == []


def test_an_approver_is_suggested_who_made_nothing_of_the_case(world: World) -> None:
    signin = SignIn(world.desk, {"76040004": "sri123"})
    signin.sign_in("79010001", "andi123")
    told: list[object] = []
    signin.on_changed(told.append)
    signin.lock(suggest=frozenset({Role.APPROVER}), but=frozenset({"76040004"}))
    assert signin.view.mode is SignInMode.LOCKED
    assert signin.view.suggested == "74050005"
    assert signin.view.chosen == "79010001"
    signin.sign_in("74050005", "bambang")
    assert world.desk.duty.taken_over
    signin.give_back()
    assert world.by.officer == "79010001"
    assert len(told) == 3


def test_who_stands_in_as_approver_is_listed_and_suggested_so(world: World) -> None:
    world.sign_in("bambang")
    rahmat, approver = "78030003", frozenset({Role.APPROVER})
    world.desk.oversight.delegate(world.by, rahmat, approver, world.desk.frame.today(), "rapat")
    signin = SignIn(world.desk)
    signin.sign_in("79010001", "andi123")
    signin.lock(suggest=approver, but=frozenset({"76040004", "74050005"}))
    assert signin.view.suggested == rahmat
    listed = next(one for one in signin.view.officers if one.number == rahmat)
    assert Role.APPROVER in listed.roles


def test_a_wrong_password_is_told_and_nobody_enters(world: World) -> None:
    signin = SignIn(world.desk)
    signin.sign_in("79010001", "no")
    assert type(signin.view.problem).__name__ == "WrongPassword"
    assert world.desk.duty.session is None
    assert not signin.view.busy


def test_a_case_whose_proof_was_denied_is_with_the_officer_not_with_production(
    queue: WorkQueue, world: World
) -> None:
    person = world.people[1]
    app = paid(world, checked(world, registered(world, person)))
    app = signed_off(world, captured(world, app, person))
    with world.desk.ledger.acting(world.by) as w:
        w.change(app, requirements_met=False)
        w.record("application.doubted", app.id, {"number": app.number})
    queue.enter()
    [line] = [one for one in queue.view.lines if one.key == app.id]
    assert (line.pile, line.denied) == (Pile.SERVED, True)


def test_nobody_is_called_by_an_officer_whose_duty_no_visit_begins_with(world: World) -> None:
    world.sign_in("nyoman")
    first = world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    walk = WalkIn(world.desk)
    walk.enter(CallTicket())
    assert type(walk.view.problem).__name__ == "RoleMissing"
    assert walk.view.visit is None
    assert [one.id for one in world.desk.queue.waiting()] == [first.id], "they wait still"


def test_who_comes_again_is_called_by_any_duty_of_the_counter(world: World) -> None:
    world.sign_in("rahmat")
    world.put_eid(world.people[1])
    world.desk.queue.take_ticket(world.by, None, "return_visit")
    walk = WalkIn(world.desk)
    walk.enter(CallTicket())
    assert walk.view.problem is None
    assert walk.view.visit is not None


def test_identification_alone_may_call(world: World) -> None:
    world.sign_in("rahmat")
    world.desk.queue.take_ticket(world.by)
    by = dataclasses.replace(world.by, roles=frozenset({Role.IDENTIFICATION}))
    ticket, _ = world.desk.queue.call(by)
    assert ticket.state == "called"
