"""Plays the portal at the centre: applicants apply, pay, upload, wait, mend, complain and cancel.

Each applicant has a plan drawn from the seed and their number alone. What the centre answers may
change what they do next, never what they had in mind: against a centre that answers alike, the
same seed plays the same day.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from desktop.batch.lines import line_of
from desktop.domain.fees import FeeRule
from desktop.domain.filing import Cancellation, Filing
from desktop.training.batch_maker import Flaw, Sample, file_of, flaws_in_turn
from desktop.training.portal_tally import Sent

POOR, UNPAID, BROKEN_UPLOAD = 0.25, 0.05, 0.04
CANCELS, MOVES, COMPLAINS, GIVES_UP = 0.06, 0.06, 0.06, 0.10
READ_EVERY = 8
"""Beats between two looks at the status; one applicant arrives with each beat."""
COMPLAINTS = {
    "late": "Sudah lama tidak ada perubahan.",
    "wrong_reason": "Foto saya sudah sesuai, mengapa dikembalikan?",
    "not_received": "SIM saya belum diterima.",
}


class Portal(Protocol):
    """What is asked of the centre; see `db.central_portal.PortalLine`."""

    def picture(self, office: str, sha: str, data: bytes) -> dict[str, Any]: ...
    def submit(self, office: str, line: str) -> dict[str, Any]: ...
    def status(self, external_id: str) -> dict[str, Any]: ...
    def complain(self, external_id: str, nik: str, kind: str, words: str) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What an applicant has in mind; reads are counted from 1."""

    flaw: Flaw | None
    office: str
    pays: bool
    breaks_upload: bool
    mends: bool
    moves_to: str = ""
    cancels_at: int = 0
    complains_at: int = 0


@dataclass
class Applicant:
    """One applicant and how far they are."""

    number: int
    sample: Sample
    plan: Plan
    external_id: str
    office: str
    revision: int = 0
    reads: int = 0
    filing: Filing | None = None
    last: dict[str, Any] = field(default_factory=dict[str, Any])
    over: bool = False

    @property
    def told(self) -> str:
        """The state that was read last."""
        return str(self.last.get("state", ""))


@dataclass
class Summary:
    """What happened; `states` are those read last."""

    applicants: int = 0
    unpaid: int = 0
    poor: int = 0
    pictures: int = 0
    broken_uploads: int = 0
    filed: int = 0
    sent_back: int = 0
    mended: int = 0
    gave_up: int = 0
    moved: int = 0
    cancelled: int = 0
    complained: int = 0
    reads: int = 0
    refusals: Counter[str] = field(default_factory=Counter[str])
    states: Counter[str] = field(default_factory=Counter[str])
    percents: Counter[str] = field(default_factory=Counter[str])

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        named = {
            name: dict(sorted(value.items()))
            for name, value in vars(self).items()
            if isinstance(value, Counter)
        }
        return counts | named


class Play:
    """A day at the portal. `wait` is called between beats and says whether to go on.

    `sent` is what the centre accepted of each application, by the portal's number.
    """

    def __init__(
        self,
        portal: Portal,
        people: Sequence[Sample],
        offices: Sequence[str],
        seed: int,
        *,
        fees: tuple[FeeRule, ...],
        when: Callable[[], tuple[date, datetime]],
        wait: Callable[[], bool],
        reads: int = 6,
    ) -> None:
        self._portal = portal
        self._fees = fees
        self._when = when
        self._wait = wait
        self._reads = reads
        self.summary = Summary()
        self.sent: dict[str, Sent] = {}
        turns = flaws_in_turn(random.Random(f"flaws:{seed}"))
        self._all: list[Applicant] = []
        for number, sample in enumerate(people, 1):
            plan = _plan(random.Random(f"{seed}:{number}"), offices, turns)
            name = f"DGK-{seed}-{number:05d}"
            self._all.append(Applicant(number, sample, plan, name, plan.office))

    def run(self) -> Summary:
        """Play to the end, or until `wait` says no. Raises LineDown, CentreRefused."""
        due = [(one.number, one.number) for one in self._all]
        beat = 0
        while due:
            at, number = heapq.heappop(due)
            while beat < at:
                beat += 1
                if not self._wait():
                    return self._told()
            one = self._all[number - 1]
            if self._step(one):
                heapq.heappush(due, (at + READ_EVERY, number))
        return self._told()

    def settle(self) -> dict[str, dict[str, Any]]:
        """How each application stands at the end, by the centre's word; the summary is told anew.

        Raises LineDown, CentreRefused.
        """
        told = {key: self._portal.status(key) for key in sorted(self.sent)}
        for one in self._all:
            one.last = told.get(one.external_id, one.last)
        self.summary.states.clear()
        self.summary.percents.clear()
        self._told()
        return told

    def _told(self) -> Summary:
        for one in self._all:
            if one.revision:
                self.summary.states[one.told or "submitted"] += 1
                percent = one.last.get("percent")
                self.summary.percents["-" if percent is None else str(percent)] += 1
        return self.summary

    # -- what an applicant does --------------------------------------------------------------

    def _step(self, one: Applicant) -> bool:
        """The next thing; False when there is none."""
        if one.revision == 0:
            return self._apply(one)
        self._read(one)
        if one.over or one.reads >= self._reads:
            return False
        plan, reads = one.plan, one.reads
        if plan.cancels_at == reads:
            self._cancel(one)
        elif plan.moves_to and reads == 1:
            self._move(one)
        elif one.told == "sent_back":
            self._mend(one)
        if plan.complains_at == reads and not one.over:
            kind = {"sent_back": "wrong_reason", "in_delivery": "not_received"}.get(
                one.told, "late"
            )
            answer = self._portal.complain(
                one.external_id, one.sample.person.nik, kind, COMPLAINTS[kind]
            )
            if self._fine(answer):
                self.summary.complained += 1
                self.sent[one.external_id].complaints += 1
        return not one.over

    def _apply(self, one: Applicant) -> bool:
        self.summary.applicants += 1
        if not one.plan.pays:
            self.summary.unpaid += 1
            return False
        self.summary.poor += one.plan.flaw is not None
        return self._file(one, 1, one.plan.flaw)

    def _file(self, one: Applicant, revision: int, flaw: Flaw | None) -> bool:
        rng = random.Random(f"{one.external_id}:{revision}")
        filing, pictures = file_of(
            self._when(), self._fees, one.sample, one.external_id, revision, flaw, rng
        )
        before = one.filing
        if before is not None:  # paid once, and delivered as first wished
            payment = before.payment
            if before.licence_class is not filing.licence_class:  # the difference is settled
                payment = replace(payment, amount=filing.payment.amount,
                                  licence_class=filing.licence_class)  # fmt: skip
            filing = replace(
                filing, payment=payment, delivery=before.delivery, address=before.address
            )
        for at, (sha, data) in enumerate(sorted(pictures.items())):
            if at == 0 and revision == 1 and one.plan.breaks_upload:
                answer = self._portal.picture(one.office, sha, data[: len(data) // 2])
                self.summary.broken_uploads += answer.get("error") == "sha"
            self.summary.pictures += self._fine(self._portal.picture(one.office, sha, data))
        answer = self._portal.submit(one.office, line_of(filing).decode())
        if not self._fine(answer):
            return False
        one.filing, one.revision = filing, revision
        known = self.sent.setdefault(
            one.external_id,
            Sent(one.external_id, revision, filing.payment.ntpn, filing.payment.amount),
        )
        known.revision, known.amount = revision, filing.payment.amount
        self.summary.filed += revision == 1 and before is None
        return True

    def _read(self, one: Applicant) -> None:
        one.reads += 1
        self.summary.reads += 1
        answer = self._portal.status(one.external_id)
        if not self._fine(answer):
            one.over = True
            return
        one.last = answer
        one.over = answer["percent"] == 100 or answer["state"] in (
            "closed", "rejected", "cancelled", "expired", "recalled",
        )  # fmt: skip

    def _mend(self, one: Applicant) -> None:
        self.summary.sent_back += 1
        if not one.plan.mends:
            self.summary.gave_up += 1
            one.over = True
        elif self._file(one, one.revision + 1, None):
            self.summary.mended += 1

    def _cancel(self, one: Applicant) -> None:
        wish = Cancellation(one.external_id, one.sample.person.nik, self._moment())
        if self._fine(self._portal.submit(one.office, line_of(wish).decode())):
            self.summary.cancelled += 1
            self.sent[one.external_id].cancelled = True

    def _move(self, one: Applicant) -> None:
        """Another office: the same file while nobody took it, else a new one."""
        former, one.office = one.office, one.plan.moves_to
        if self._file(one, one.revision + 1, one.plan.flaw):
            self.summary.moved += 1
            return
        one.office = former
        self._cancel(one)
        one.external_id += "-B"
        one.office, one.filing = one.plan.moves_to, None
        self.summary.moved += self._file(one, 1, None)

    def _moment(self) -> datetime:
        return self._when()[1].replace(microsecond=0)

    def _fine(self, answer: dict[str, Any]) -> bool:
        if "error" in answer:
            self.summary.refusals[str(answer["error"])] += 1
            return False
        return True


def _plan(rng: random.Random, offices: Sequence[str], turns: Any) -> Plan:
    office = rng.choice(offices)
    others = [one for one in offices if one != office]
    return Plan(
        flaw=next(turns) if rng.random() < POOR else None,
        office=office,
        pays=rng.random() >= UNPAID,
        breaks_upload=rng.random() < BROKEN_UPLOAD,
        mends=rng.random() >= GIVES_UP,
        moves_to=rng.choice(others) if others and rng.random() < MOVES else "",
        cancels_at=rng.randint(1, 4) if rng.random() < CANCELS else 0,
        complains_at=rng.randint(2, 5) if rng.random() < COMPLAINS else 0,
    )
