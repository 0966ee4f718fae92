"""Supervision half said: kept at every field, opened again over what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desktop.domain.application import Application, Draft
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Role
from desktop.domain.reasons import RejectReason
from desktop.domain.service import Service
from desktop.presenters.asked import Asked
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_view import Watch
from desktop.services.reviews import Remark
from tests.walks.making import confirmed
from tests.walks.steps import A, C, called, captured, case, checked, paid, registered
from tests.walks.world import World
from ui.going_on import place_of


def desk(world: World, name: str, area: Watch = Watch.APPROVALS) -> Supervisor:
    """Somebody comes to the screen by themselves."""
    world.sign_in(name)
    made = Supervisor(world.desk)
    made.enter(area)
    return made


def killed(world: World, before: Supervisor) -> Supervisor:
    """The same officer, led to where the newest of what was kept leads."""
    before.close()
    newest = max(world.desk.kept_work.begun(world.by), key=lambda one: one.saved_at)
    screen, payload = place_of(newest)
    assert screen == "supervisor"
    made = Supervisor(world.desk)
    made.enter(payload)
    return made


def kept(world: World) -> list[Draft]:
    with world.desk.ledger.reading() as r:
        return r.find(Draft)


def stood(presenter: Supervisor) -> Asked:
    asked = presenter.view.asked
    assert asked is not None
    assert asked.again
    return asked


def test_why_a_case_goes_back_stands_over_that_case_again(world: World) -> None:
    world.sign_in("andi")
    apps = [confirmed(world, number) for number in (1, 2)]
    first = desk(world, "sri")
    first.select(apps[1].id)
    told = {"reason": "other", "note": "Alamat ku"}
    first.ask("refuse", told)
    world.sign_in("andi")
    assert world.desk.kept_work.begun(world.by) == [], "it is Sri's own"
    world.sign_in("sri")
    again = killed(world, first)
    assert (again.view.area, again.view.current) == (Watch.APPROVALS, apps[1].id)
    assert stood(again).answers == told
    again.select(apps[0].id)
    assert again.answered("refuse") == {}, "never offered for another"
    again.select(apps[1].id)
    again.ask("refuse", told)
    again.refuse("other", "Alamat kurang.")
    assert again.view.problem is None
    assert case(world, apps[1]).state is not S.CONFIRMED
    assert kept(world) == []


def test_why_falls_when_the_case_was_signed_for_meanwhile(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    first = desk(world, "sri")
    first.ask("refuse", {"reason": "other", "note": "Alamat ku"})
    first.close()
    world.desk.approvals.approve(world.by, app.id)
    assert killed(world, first).view.asked is None
    assert kept(world) == []


def test_what_became_of_an_incident_is_gone_on_with(world: World) -> None:
    first = desk(world, "bambang", Watch.INCIDENTS)
    first.ask("report", {"subject": "Loket 2", "text": "Kaca ret"}, {"area": "incidents"})
    second = killed(world, first)
    assert second.view.area is Watch.INCIDENTS
    assert stood(second).answers["text"] == "Kaca ret"
    second.open_incident("Loket 2", "Kaca retak.")
    assert kept(world) == []
    [incident] = [one for one in second.view.incidents if one.subject == "Loket 2"]
    about = {"area": "incidents", "incident": incident.id}
    second.ask("close", {"text": "Diga"}, about)

    third = killed(world, second)
    assert stood(third).about == about
    third.close_incident(incident.id, "Diganti.")
    assert third.view.problem is None
    assert kept(world) == []
    third.ask("close", {"text": "Diga"}, about)
    assert third.view.asked is None, "it is closed"


def test_who_stands_in_is_gone_on_with(world: World) -> None:
    first = desk(world, "bambang", Watch.JOURNAL)
    andi = next(one for one in first.view.officers if Role.SUPERVISOR not in one.roles)
    about = {"area": "journal", "delegate": andi.id}
    told = {"role": "supervisor", "until": "30/04/2026", "reason": "Cuti"}
    first.ask("delegate", told, about)
    again = killed(world, first)
    assert (again.view.area, stood(again).answers, stood(again).about) == (
        Watch.JOURNAL, told, about
    )  # fmt: skip
    until = world.desk.frame.today() + timedelta(days=3)
    again.delegate(andi.id, Role.SUPERVISOR, until, "Cuti.")
    assert again.view.problem is None
    assert kept(world) == []


def test_a_case_ticked_by_hand_is_looked_at_again_once_it_changed(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Application, app.id), jkn_hold=True)
        w.record("application.jkn_held", app.id, {})
    first = desk(world, "sri")
    assert first.view.ticked == frozenset(), "it asks for a look"
    first.tick((app.id,))
    first.close()
    again = desk(world, "sri")
    assert again.view.ticked == {app.id}
    again.close()
    world.sign_in("andi")
    world.desk.intake.correct(world.by, app.id, replace(app.applicant, occupation="PETANI"))
    world.desk.intake.confirm_data(world.by, app.id)
    last = desk(world, "sri")
    assert last.view.reviews[0].application.id == app.id
    assert last.view.ticked == frozenset(), "Sri never had this on show"


def two_of_a_visit(world: World) -> tuple[Application, Application]:
    """A and C of one applicant, both plain."""
    world.sign_in("andi")
    person, visit = world.people[0], called(world, Service.RENEWAL)
    apps = [
        paid(world, checked(world, registered(world, person, cls=one, visit=visit)))
        for one in (A, C)
    ]
    captured(world, apps[0], person)
    a, c = (world.desk.intake.confirm_data(world.by, app.id) for app in apps)
    return a, c


def test_a_case_that_came_ticked_and_is_plain_no_longer_is_looked_at_first(world: World) -> None:
    a, c = two_of_a_visit(world)
    andi = world.by
    screen = desk(world, "sri")
    assert screen.view.ticked == {a.id, c.id}
    world.desk.intake.reject(andi, a.id, RejectReason.DOCUMENT_FALSE)
    screen.load()
    [review] = screen.view.reviews
    assert review.remarks == (Remark.OTHER_REFUSED,)
    assert screen.view.ticked == frozenset(), "ticked while nothing was said of it"
    screen.tick((c.id,))
    screen.load()
    assert screen.view.ticked == {c.id}, "ticked as it reads now"
    screen.close()
    assert desk(world, "sri").view.ticked == {c.id}


def test_a_case_ticked_by_hand_is_looked_at_again_once_more_is_said_of_it(world: World) -> None:
    a, c = two_of_a_visit(world)
    andi = world.by
    with world.desk.ledger.acting(andi) as w:
        w.change(w.get(Application, c.id), jkn_hold=True)
        w.record("application.jkn_held", c.id, {})
    first = desk(world, "sri")
    first.tick((a.id, c.id))
    first.close()
    again = desk(world, "sri")
    assert again.view.ticked == {a.id, c.id}
    again.close()
    world.desk.intake.reject(andi, a.id, RejectReason.DOCUMENT_FALSE)
    last = desk(world, "sri")
    assert last.view.reviews[0].remarks == (Remark.OTHER_REFUSED, Remark.JKN_HOLD)
    assert last.view.ticked == frozenset()


def test_a_case_that_was_passed_over_stays_unticked(world: World) -> None:
    world.sign_in("andi")
    apps = [confirmed(world, number) for number in (1, 2)]
    first = desk(world, "sri")
    assert kept(world) == [], "ticked by itself"
    first.tick((apps[0].id,))
    first.close()
    again = desk(world, "sri")
    assert again.view.ticked == {apps[0].id}
    world.sign_in("bambang")
    other = Supervisor(world.desk)
    other.enter(None)
    assert other.view.ticked == {app.id for app in apps}, "what comes ticked by itself"
    other.close()
    world.sign_in("sri")
    again.load()
    assert again.view.ticked == {apps[0].id}
    again.tick(tuple(app.id for app in apps))
    assert kept(world) == []
    again.tick((apps[1].id,))
    again.select(apps[1].id)
    again.approve()
    assert case(world, apps[1]).state is S.APPROVED
    assert [one.fields for one in kept(world)] == [{"passed": apps[0].id}]


def test_after_a_case_goes_back_the_next_of_the_list_is_looked_at(world: World) -> None:
    world.sign_in("andi")
    apps = [confirmed(world, number) for number in (1, 2, 3)]
    first = desk(world, "sri")
    first.select(apps[1].id)
    first.refuse("other", "Alamat kurang.")
    assert first.view.current == apps[2].id
    first.refuse("other", "Alamat kurang.")
    assert first.view.current == apps[0].id, "the last has only one before it"
