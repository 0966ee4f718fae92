"""A training counter with a centre of its own, for a day at the portal that is played to its end.

Between two applicants its officer takes what the centre brought, looks at it as the checks propose,
and verifies it or sends it back. What the counter's books hold afterwards is what the portal's day
is compared with (`portal_tally`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from desktop.desk import open_desk
from desktop.domain.application import Application, ApplicationState, Incident
from desktop.domain.errors import Problem
from desktop.domain.reasons import CancelReason
from desktop.domain.service import Channel
from desktop.services.sync_facts import LineState
from desktop.training.batch_maker import Sample, samples
from desktop.training.home_centre import NEIGHBOUR, HomeCentre
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.training.portal_tally import Kept

OFFICER = "79010001"
BEATS = 4
"""An exchange, and a look at what it brought, after so many applicants."""
MOST_ROUNDS = 60


@dataclass
class Looked:
    """What became of the files that the officer took up."""

    taken: int = 0
    verified: int = 0
    sent_back: int = 0
    left: int = 0


class PortalCounter:
    """Use it in a `with`: its centre runs meanwhile. Raises CentreNotStarted, CentreUnreachable."""

    def __init__(self, folder: Path) -> None:
        self.looked = Looked()
        self._beats = 0
        self._desk = open_desk(folder, pace=0.0)
        self._home = HomeCentre(self._desk.profile, self._desk.clock)

    def __enter__(self) -> PortalCounter:
        desk = self._desk
        desk.connect_to(self._home.start("Satpas Contoh", desk.profile.trust.known))
        officer = next(one for one in SAMPLE_OFFICERS if one.nrp == OFFICER)
        self._by = desk.duty.sign_in(officer.nrp, officer.password).actor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._desk.close()
        self._home.remove()

    @property
    def dsn(self) -> str:
        """How the portal reaches the centre."""
        return self._home.portal_dsn()

    @property
    def offices(self) -> list[str]:
        """Where people apply: mostly here; one in ten at an office that has no counter yet."""
        return [self._desk.profile.office] * 9 + [NEIGHBOUR[0]]

    def people(self, count: int, seed: int) -> list[Sample]:
        """People of this counter's record whose licence soon runs out."""
        return samples(self._desk, count, random.Random(seed))

    def beat(self) -> None:
        """An applicant has come."""
        self._beats += 1
        if self._beats % BEATS == 0:
            self.exchange()

    def exchange(self) -> int:
        """Once with the centre, and everything that came is looked at; how many files those were.

        A line that fails now and then is the day's own business: the next beat tries again.
        """
        facts = self._desk.syncing.exchange()
        return self._look() if facts.state is LineState.UP else 0

    def finish(self) -> bool:
        """Until nothing comes any more and everything is at the centre; whether it came to that."""
        for _ in range(MOST_ROUNDS):
            looked = self.exchange()
            facts = self._desk.syncing.look()
            if not looked and not facts.waiting and facts.state is LineState.UP:
                return facts.parked == 0
        return False

    def kept(self) -> dict[str, Kept]:
        """The counter's books, by the portal's number."""
        desk = self._desk
        with desk.ledger.reading() as r:
            cases = r.find(Application, channel=Channel.ONLINE)
            complaints = [
                str(one.details.get("external_id")) for one in r.find(Incident, kind="complaint")
            ]
        return {app.external_id: self._kept(app, complaints) for app in cases if app.external_id}

    # -- inside ----------------------------------------------------------------------------

    def _kept(self, app: Application, complaints: list[str]) -> Kept:
        paid = self._desk.online.filing(app.id).payment
        ended = app.state is ApplicationState.CANCELLED
        return Kept(
            app.external_id, app.revision, paid.ntpn, paid.amount, app.state,
            ended and app.reason == CancelReason.BY_APPLICANT, complaints.count(app.external_id),
        )  # fmt: skip

    def _look(self) -> int:
        with self._desk.ledger.reading() as r:
            waiting = r.find(Application, state=ApplicationState.RECEIVED, order="number")
        for app in waiting:
            self.looked.taken += 1
            try:
                self._judge(app)
            except Problem:
                self.looked.left += 1  # claimed, and for somebody who can ask the applicant
        return len(waiting)

    def _judge(self, app: Application) -> None:
        desk, by = self._desk, self._by
        desk.claims.claim_online(by, app.id)
        check = desk.online.pre_check(app.id)
        if check.clean:
            desk.online.verify(by, app.id)
            self.looked.verified += 1
        elif check.suggested:
            desk.online.send_back(by, app.id, check.suggested)
            self.looked.sent_back += 1
        else:
            self.looked.left += 1
