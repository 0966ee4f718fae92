"""The portal's applicants: what they have in mind, and how they answer what they read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from desktop.batch.lines import filing_of
from desktop.rulebook_late import LateRulebook
from desktop.training.batch_maker import Flaw, Sample
from desktop.training.portal_play import Plan, Play, Summary
from desktop.training.residents import drawn_residents, read_residents

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PLAIN = Plan(flaw=None, office="1374", pays=True, breaks_upload=False, mends=True)


class Office:
    """The far end: takes everything, and tells the states that it was given, one a reading."""

    def __init__(self, *states: str, taken: bool = False) -> None:
        self._states = list(states) or ["received"]
        self._taken = taken
        self.lines: list[tuple[str, dict[str, Any]]] = []
        self.complaints: list[tuple[str, str]] = []
        self.pictures: list[tuple[str, str]] = []
        self._reads: dict[str, int] = {}

    def picture(self, office: str, sha: str, data: bytes) -> dict[str, Any]:
        if hashlib.sha256(data).hexdigest() != sha:
            return {"error": "sha", "detail": {}}
        self.pictures.append((office, sha))
        return {"ok": True, "known": False}

    def submit(self, office: str, line: str) -> dict[str, Any]:
        facts = json.loads(line)
        moved = any(o != office and f["external_id"] == facts["external_id"]
                    for o, f in self.lines)  # fmt: skip
        if self._taken and moved:
            return {"error": "taken", "detail": {"office": "1374"}}
        self.lines.append((office, facts))
        return {"ok": True, "known": False, "revision": facts.get("revision", 1)}

    def status(self, external_id: str) -> dict[str, Any]:
        at = self._reads[external_id] = self._reads.get(external_id, 0) + 1
        state = self._states[min(at, len(self._states)) - 1]
        percent = {"closed": 100, "cancelled": None}.get(state, 40)
        return {"state": state, "percent": percent, "external_id": external_id}

    def complain(self, external_id: str, nik: str, kind: str, words: str) -> dict[str, Any]:
        self.complaints.append((external_id, kind))
        return {"ok": True}


@pytest.fixture(scope="module")
def people() -> list[Sample]:
    return drawn_residents(5, 6, TODAY)


def play(
    office: Office, people: list[Sample], seed: int = 3, plan: Plan | None = None, **more: Any
) -> Summary:
    made = Play(
        office, people, more.pop("offices", ["1374"]), seed,
        fees=LateRulebook(training=True).on(TODAY).fees, when=lambda: (TODAY, NOW),
        wait=more.pop("wait", lambda: True), **more,
    )  # fmt: skip
    if plan is not None:
        for one in made._all:
            one.plan, one.office = plan, plan.office
    return made.run()


def test_the_same_seed_plays_the_same_day(people: list[Sample]) -> None:
    days = [Office("received", "sent_back", "claimed") for _ in range(3)]
    offices = ["1374", "3275"]
    told = [play(day, people, seed, offices=offices).plain()
            for day, seed in zip(days, (3, 3, 4), strict=True)]  # fmt: skip
    assert told[0] == told[1]
    assert days[0].lines == days[1].lines
    assert days[0].lines != days[2].lines


def test_what_they_send_is_an_application(people: list[Sample]) -> None:
    office = Office()
    summary = play(office, people[:2], plan=PLAIN, reads=1)
    assert (summary.applicants, summary.filed, summary.pictures) == (2, 2, 8)
    for _, line in office.lines:
        filing = filing_of(line)  # raises where it doesn't fit the schema
        assert {sha for _, sha in office.pictures} >= set(filing.pictures.values())


def test_a_file_that_was_sent_back_is_mended_and_paid_once(people: list[Sample]) -> None:
    office = Office("sent_back", "received", "closed")
    summary = play(office, people[:1], plan=replace(PLAIN, flaw=Flaw.WRONG_CLASS))
    (_, first), (_, second) = office.lines
    assert (summary.sent_back, summary.mended) == (1, 1)
    assert second["revision"] == 2
    assert second["payment"]["ntpn"] == first["payment"]["ntpn"]
    assert second["licence_class"] == str(people[0].licence.licence_class)
    assert summary.states == {"closed": 1}


def test_some_give_up(people: list[Sample]) -> None:
    office = Office("sent_back")
    summary = play(office, people[:1], plan=replace(PLAIN, mends=False))
    assert (summary.gave_up, summary.mended, len(office.lines)) == (1, 0, 1)


def test_who_never_pays_never_sends(people: list[Sample]) -> None:
    office = Office()
    summary = play(office, people[:1], plan=replace(PLAIN, pays=False))
    assert (summary.unpaid, summary.filed, office.lines, office.pictures) == (1, 0, [], [])


def test_a_broken_upload_is_sent_again(people: list[Sample]) -> None:
    summary = play(Office(), people[:1], plan=replace(PLAIN, breaks_upload=True), reads=1)
    assert (summary.broken_uploads, summary.pictures, summary.filed) == (1, 4, 1)


def test_a_change_of_mind_is_a_cancellation(people: list[Sample]) -> None:
    office = Office("received", "cancelled")
    summary = play(office, people[:1], plan=replace(PLAIN, cancels_at=1))
    assert office.lines[-1][1]["kind"] == "cancellation"
    assert summary.cancelled == 1
    assert summary.percents == {"-": 1}


@pytest.mark.parametrize("taken", [False, True])
def test_another_office_by_the_same_file_or_by_a_new_one(people: list[Sample], taken: bool) -> None:
    office = Office(taken=taken)
    plan = replace(PLAIN, moves_to="3275")
    summary = play(office, people[:1], plan=plan, reads=2, offices=["1374", "3275"])
    assert summary.moved == 1
    last, line = office.lines[-1]
    assert last == "3275"
    assert (line["revision"], line["external_id"].endswith("-B")) == (
        (1, True) if taken else (2, False)
    )
    cancelled = [line for _, line in office.lines if line.get("kind") == "cancellation"]
    assert len(cancelled) == taken


def test_a_complaint_fits_what_was_read(people: list[Sample]) -> None:
    office = Office("claimed", "sent_back", "claimed")
    plan = replace(PLAIN, complains_at=2)
    assert play(office, people[:1], plan=plan, reads=4).complained == 1
    assert [kind for _, kind in office.complaints] == ["wrong_reason"]


def test_the_day_ends_when_it_is_told_to(people: list[Sample]) -> None:
    beats = iter([True, True, False])
    summary = play(Office(), people, plan=PLAIN, wait=lambda: next(beats))
    assert summary.applicants == 2


@pytest.mark.parametrize("text", ["{", "[1]", '{"name": "x"}'])
def test_a_list_of_residents_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_residents(text, TODAY)
