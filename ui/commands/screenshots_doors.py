"""The tour's beginning: the page of a PC that is no counter yet, and the sign-in's other faces."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.presenters.first_run import FirstRun, FirstStep, FirstView, JoinForm
from desktop.services.sync_facts import LineState, SyncFacts
from desktop.sources import SeededKeys
from ui.first_run import FirstWindow

if TYPE_CHECKING:
    from ui.commands.screenshots_tour import Tour

FORM = JoinForm(
    counter="1374-L4", host="pusat.contoh.go.id", root="/media/usb/ca.crt",
)  # fmt: skip
FETCHED = SyncFacts(state=LineState.WORKING, done=61_400, whole=148_200)


def first_page(tour: Tour) -> None:
    """Begin or join, the way to the centre, the wait, and the first load."""
    words = tour.counter.words
    with tempfile.TemporaryDirectory(prefix="loket-first-") as folder:
        lanes = tour.counter.desk.lanes
        presenter = FirstRun(Path(folder) / "profile", lanes, tour.clock, SeededKeys(1))
        page = FirstWindow(words, presenter)
        page.show()
        tour.snap_window("first-choose", page)
        presenter.turn_to_join()
        for name, text in dataclasses.asdict(FORM).items():
            page.fields[name].setText(text)
        page.fields["code"].setText("7Q4K-M2VD-8RXA")
        tour.snap_window("first-join", page)
        page.fields["host"].clear()
        presenter.join(dataclasses.replace(FORM, host=""), "")
        tour.snap_window("first-join-refused", page)
        page.fields["host"].setText(FORM.host)
        page.show_view(FirstView(FirstStep.WAIT, FORM, fixed=True))
        tour.snap_window("first-wait", page)
        page.show_view(FirstView(FirstStep.LOAD, FORM, fixed=True, facts=FETCHED))
        tour.snap_window("first-load", page)
        page.show_view(FirstView(FirstStep.LOAD, FORM, fixed=True, facts=FETCHED, stopped=True))
        tour.snap_window("first-load-stopped", page)
        page.close()


def doors(tour: Tour) -> None:
    """A wrong password, the moment in which one is checked, a first password of one's own."""
    sign_in, page = tour.counter.sign_in, tour.window.sign_in
    number = sign_in.view.officers[0].number
    tour.window.activateWindow()  # the first page was another window
    sign_in.sign_in(number, "salah")
    tour.snap("sign-in-wrong")
    seen = sign_in.view
    page.show_view(dataclasses.replace(seen, problem=None, busy=True))
    tour.snap("sign-in-checking")
    page.show_view(dataclasses.replace(seen, problem=None, choosing=number))
    page.password.setText("sandi baru")
    tour.snap("sign-in-choose")
    page.show_view(dataclasses.replace(seen, problem=None))
    page.ready()
