"""The tour's look at the centre's desk (F5): the line down since noon, and what waits for whom.

No centre runs behind these pictures. The cases are the day's own; what a centre would have said of
them is told to the presenter here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop.domain.application import Application, ApplicationState
from desktop.domain.officer import Role
from desktop.domain.service import Service
from desktop.presenters.second import entitled_officers
from desktop.presenters.sync import SyncDesk
from desktop.presenters.sync_view import Help, SyncArea, SyncView
from desktop.services.claims import HeldCase
from desktop.services.conflicts import Difference, ParkedCase, StrayWork
from desktop.services.forbidden import Forbidden
from desktop.services.orders import Consignment
from desktop.services.outage import Proposal
from desktop.services.sync_facts import LineState, SyncFacts
from desktop.services.whose_case import Holder, Whose
from ui.screens.sync_words import bar_item

if TYPE_CHECKING:
    from ui.commands.screenshots_tour import Tour

SUPERVISOR = "74050005"


def sync(tour: Tour) -> None:
    """Alone, offline with work waiting, each list, what is asked, and an exchange under way."""
    counter = tour.counter
    counter.sign_in.sign_out()
    tour.sign_in(SUPERVISOR)
    tour.window.open_screen("sync")
    tour.snap("sync-alone")
    presenter = getattr(tour.window.current_screen, "presenter", None)
    assert isinstance(presenter, SyncDesk)
    told = _told(tour)
    facts = told.facts
    _on_the_edge(tour, facts)
    presenter.show(
        centre=True, facts=facts, forbids=told.forbids, parked=told.parked, strays=told.strays,
        elsewhere=told.elsewhere, ours=told.ours, consignments=told.consignments,
        proposals=told.proposals, supervises=True, keeps_stock=True,
    )  # fmt: skip
    for area in SyncArea:
        presenter.turn_to(area)
        tour.snap(f"sync-{area}")
    presenter.turn_to(SyncArea.CONFLICTS)
    with tour.sheet():
        tour.key(Qt.Key.Key_R)
        tour.snap("sync-ask")
    desk = counter.desk
    roles = (Role.REGISTRATION,)
    officer, number = told.parked[0].officer, told.parked[0].number
    with tour.sheet():
        presenter.show(
            help=Help(
                told.parked[0].act, number, officer, roles, entitled_officers(desk, roles, "")
            )
        )
        tour.snap("sync-help")
    working = SyncFacts(
        LineState.WORKING, waiting=3, contact=facts.contact, done=260, whole=412,
        parked=len(told.parked), strays=len(told.strays),
    )  # fmt: skip
    _on_the_edge(tour, working)
    presenter.show(centre=True, facts=working, forbids=Forbidden())
    tour.snap("sync-working")
    up = SyncFacts(LineState.UP, contact=desk.clock.now())
    _on_the_edge(tour, up)
    presenter.show(centre=True, facts=up, parked=(), strays=(), help=None)
    tour.snap("sync-up")
    counter.sync.show()  # as it really is


def _on_the_edge(tour: Tour, facts: SyncFacts) -> None:
    """The window's lower edge says the same as the screen."""
    tour.window.show_sync(bar_item(tour.counter.words, facts, tour.counter.desk.frame.today()))


def _told(tour: Tour) -> SyncView:
    """What the screen would read after half a day without the line."""
    desk = tour.counter.desk
    now = desk.clock.now()
    contact = now - timedelta(hours=3, minutes=14)
    today = desk.frame.today()
    with desk.ledger.reading() as r:
        cases = r.find(Application)
    open_cases = [case for case in cases if not case.ended][:5]
    # As the centre has them: the line went down before it heard what was done here.
    others = [replace(case, state=ApplicationState.PAID) for case in (*cases[:2], cases[4])]
    first, second = cases[0], cases[1]
    parked = (
        ParkedCase(
            "e1", 412, "claimed", "application.confirm_data", 3, first.number, "Andi Pratama",
            contact - timedelta(minutes=95), {"counter": "1374-L1"},
            (
                Difference("applications", "state", "confirmed", "paid"),
                Difference("applications", "occupation", first.applicant.occupation, "Petani"),
            ),
            Whose(Holder.OTHER, "1374-L1"),
        ),
        ParkedCase(
            "e2", 431, "evidence_used", "evidence.use", 1, second.number, "Dewi Lestari",
            contact - timedelta(minutes=71), {"first": {"office": "1308"}}, (),
        ),
        ParkedCase(
            "e3", 447, "fenced", "application.approve", 1, cases[2].number, "Sri Wahyuni",
            contact - timedelta(minutes=64), {"counter": "1374-L3", "released": True},
            (
                Difference("applications", "approved_by", "Ipda Sri Wahyuni", ""),
                Difference("applications", "state", "approved", "confirmed"),
            ),
            Whose(Holder.NOBODY),
        ),
    )  # fmt: skip
    early = contact - timedelta(minutes=140)
    strays = tuple(
        StrayWork(f"s{n}", 500 + n, act, case.number, "Andi Pratama", early + timedelta(minutes=n))
        for n, (act, case) in enumerate(
            zip(("application.register", "application.confirm_data"), cases[5:7], strict=True)
        )
    )
    facts = SyncFacts(
        LineState.DOWN, waiting=37, oldest=now - timedelta(hours=3, minutes=12),
        contact=contact, down_since=now - timedelta(hours=3),
        parked=len(parked), strays=len(strays), next_in=42.0,
    )  # fmt: skip
    return SyncView(
        facts=facts,
        forbids=Forbidden((Service.NEW_ISSUE,), now + timedelta(hours=5), cases=True),
        parked=parked,
        strays=strays,
        elsewhere=tuple(
            HeldCase(case, "1374-L1", now + timedelta(minutes=50 - 9 * n), timedelta())
            for n, case in enumerate(others)
        ),
        ours=tuple(
            HeldCase(case, "", None, timedelta(hours=3) - timedelta(minutes=52 * n))
            for n, case in enumerate(open_cases)
        ),
        consignments=(
            Consignment("c1", "2605", tuple(f"CT2605{n:04}" for n in range(1, 501)), "Polda"),
        ),
        proposals=(
            Proposal(
                "p1", now - timedelta(days=3), now - timedelta(days=2),
                today - timedelta(days=3), today - timedelta(days=2), 41,
            ),
        ),
    )  # fmt: skip
