"""From home to the officer and back: one applicant at a real centre and a real counter."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.central_portal import PortalLine
from db.trail import Wanted, look
from desktop.batch.lines import line_of
from desktop.desk import open_desk
from desktop.domain.application import Application, ApplicationState
from desktop.domain.filing import Cancellation
from desktop.domain.officer import Actor
from desktop.domain.reasons import RejectReason
from desktop.services.desk import Desk
from desktop.services.sync_facts import LineState
from desktop.training.batch_maker import Flaw, Sample, file_of
from desktop.training.home_centre import DATABASE, PORTAL, HomeCentre
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.training.residents import read_residents, residents_of
from main import main

pytestmark = pytest.mark.central
ANDI = next(one for one in SAMPLE_OFFICERS if one.nrp == "79010001")
OFFICE = "1374"


@dataclass
class Round:
    """A counter with its centre, an officer at it, and the portal's line."""

    desk: Desk
    andi: Actor
    portal: PortalLine
    people: list[Sample]

    def send(self, number: int, revision: int = 1, flaw: Flaw | None = None) -> dict[str, Any]:
        frame = self.desk.frame
        filing, pictures = file_of(
            (frame.today(), self.desk.clock.now()), frame.rules().fees, self.people[number],
            f"R-{number}", revision, flaw, random.Random(number),
        )  # fmt: skip
        for sha, data in pictures.items():
            assert self.portal.picture(OFFICE, sha, data)["ok"]
        return self.portal.submit(OFFICE, line_of(filing).decode())

    def exchange(self) -> None:
        facts = self.desk.syncing.exchange()
        assert (facts.state, facts.parked) == (LineState.UP, 0), facts

    def case(self, number: int) -> Application:
        with self.desk.ledger.reading() as r:
            found = r.first(Application, external_id=f"R-{number}")
        assert found is not None
        return found

    def status(self, number: int) -> dict[str, Any]:
        return self.portal.status(f"R-{number}")

    def refusals(self) -> int:
        """How many lines this counter has answered with a fault."""
        wanted = Wanted(acts=("intake.refused",))
        with self.desk.ledger.reading() as r:
            return len(look(r.conn, r.ledger.journal.counter, wanted, limit=100))

    def cancel(self, number: int) -> dict[str, Any]:
        nik = self.people[number].person.nik
        wish = Cancellation(f"R-{number}", nik, self.desk.clock.now().replace(microsecond=0))
        return self.portal.submit(OFFICE, line_of(wish).decode())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    folder: Path = tmp_path_factory.mktemp("round") / "profile"
    desk = open_desk(folder, pace=0.0)
    home = HomeCentre(desk.profile, desk.clock)
    try:
        desk.connect_to(home.start("Satpas Contoh", desk.profile.trust.known))
        assert home._running is not None
        line = PortalLine.open(home._running.dsn(PORTAL, home._secrets["portal"], DATABASE))
        by = desk.duty.sign_in(ANDI.nrp, ANDI.password).actor
        people = read_residents(residents_of(desk), desk.frame.today())
        yield Round(desk, by, line, people)
        line.close()
    finally:
        desk.close()
        home.remove()


def test_a_file_goes_to_the_officer_and_back_and_comes_mended(world: Round) -> None:
    assert world.send(0, flaw=Flaw.EYES_CLOSED)["ok"]
    assert world.status(0)["state"] == "submitted"
    world.exchange()
    case = world.case(0)
    assert world.status(0)["state"] == "received"
    assert world.status(0)["number"] == case.number

    world.desk.claims.claim_online(world.andi, case.id)
    check = world.desk.online.pre_check(case.id)
    assert not check.clean
    world.desk.online.send_back(world.andi, case.id, check.suggested)
    assert world.status(0)["state"] == "received"  # the centre doesn't know yet
    world.exchange()
    told = world.status(0)
    assert told["state"] == "sent_back"
    assert [reason["code"] for reason in told["reasons"]] == [
        point.reason.value for point in check.suggested
    ]

    assert world.send(0, revision=2)["ok"]
    world.exchange()
    again = world.case(0)
    assert (again.id, again.revision, again.state) == (case.id, 2, ApplicationState.RECEIVED)
    assert world.desk.online.pre_check(case.id).clean
    assert world.status(0)["state"] == "received"


def test_a_change_of_mind_ends_the_case_at_the_counter(world: Round) -> None:
    world.send(1)
    world.exchange()
    assert world.cancel(1)["ended"] is False
    world.exchange()
    assert world.case(1).state is ApplicationState.CANCELLED
    told = world.status(1)
    assert (told["state"], told["percent"]) == ("cancelled", None)
    assert told["refused"] is None


def test_a_line_that_the_counter_cannot_read_is_answered_and_stops_nobody(world: Round) -> None:
    broken = {
        "external_id": "R-77", "revision": 1, "pictures": {},
        "applicant": {"nik": world.people[2].person.nik},
    }  # fmt: skip
    assert world.portal.submit(OFFICE, json.dumps(broken, sort_keys=True))["ok"]
    assert world.send(3)["ok"]
    world.exchange()
    assert world.case(3).state is ApplicationState.RECEIVED
    refused = world.portal.status("R-77")["refused"]
    assert (refused["kind"], refused["revision"]) == ("application", 1)
    assert refused["fault"] in ("against_schema", "not_canonical")


def test_a_cancellation_that_comes_too_late_is_answered_once(world: Round) -> None:
    world.send(4)
    world.exchange()
    case = world.case(4)
    world.desk.claims.claim_online(world.andi, case.id)
    world.desk.intake.reject(world.andi, case.id, RejectReason.DOCUMENT_FALSE)
    world.exchange()
    assert world.cancel(4)["ended"] is False
    world.exchange()
    refused = world.status(4)["refused"]
    assert (refused["kind"], refused["fault"]) == ("cancellation", "cancel_too_late")
    before = world.refusals()
    world.exchange()
    assert world.refusals() == before, "it doesn't come again"


@pytest.mark.long
def test_a_day_of_applicants_is_held_against_the_counter_s_books(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "day.json"
    words = ["--applicants", "3", "--seed", "7", "--reads", "2", "--lang", "en"]
    assert main(["portal", "play", "--home", *words, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Everybody is accounted for." in said
    tally = {line["count"]: line for line in json.loads(out.read_text())["tally"]}
    assert tally["filed"]["at_counter"] > 0, "some of them came to the counter"
    assert all(line["sound"] for line in tally.values())
