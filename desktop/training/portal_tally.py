"""Whether a day at the portal adds up: what the portal sent, held against the centre and the books.

Nobody's word is taken for another's. The portal knows what was accepted of it, the centre says how
each application stands (`portal.status_v1`), the counter's own store has the case with the file
that the applicant signed. Whoever filed, paid, mended, cancelled or complained must be found again;
each who isn't is named by the portal's number, never by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TAKES_NONE = "submitted"
"""The centre's word for what no counter has taken yet."""
CANCELLED = "cancelled"
WISHED = "by_applicant"


class Count(StrEnum):
    """What is counted."""

    FILED = "filed"
    PAID = "paid"
    RUPIAH = "rupiah"
    MENDED = "mended"
    CANCELLED = "cancelled"
    COMPLAINED = "complained"


@dataclass(slots=True)
class Sent:
    """One application as the portal holds it: what the centre accepted of it."""

    external_id: str
    revision: int
    payment: str
    amount: int
    cancelled: bool = False
    complaints: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The same application in a counter's books."""

    external_id: str
    revision: int
    payment: str
    amount: int
    state: str
    withdrawn: bool = False
    """Cancelled because the applicant wished it."""
    complaints: int = 0


@dataclass(frozen=True, slots=True)
class TallyLine:
    """One count: the portal's, and where the centre and the counter have them.

    `at_centre` waits there or was ended there, and no counter has it; `refused` was answered with a
    fault. They add up to `sent`, or `missing` names who doesn't.
    """

    count: Count
    sent: int
    at_counter: int
    at_centre: int
    refused: int
    missing: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.missing and self.sent == self.at_counter + self.at_centre + self.refused


def compare(
    sent: Mapping[str, Sent],
    told: Mapping[str, Mapping[str, Any]],
    kept: Mapping[str, Kept] | None = None,
) -> tuple[TallyLine, ...]:
    """Every count. `told` are the centre's answers; without `kept`, the books weren't looked into,
    and what the centre calls taken counts as at the counter.
    """
    judges = {
        Count.FILED: _filed, Count.PAID: _paid, Count.RUPIAH: _rupiah, Count.MENDED: _mended,
        Count.CANCELLED: _cancelled, Count.COMPLAINED: _complained,
    }  # fmt: skip
    strangers = sorted(set(kept or ()) - set(sent))
    lines: list[TallyLine] = []
    for count, judge in judges.items():
        parts = {"sent": 0, "at_counter": 0, "at_centre": 0, "refused": 0}
        missing = list(strangers) if count is Count.FILED else []
        for key, one in sorted(sent.items()):
            status = told.get(key, {"error": "unknown"})
            here = _as_told(one, status) if kept is None else kept.get(key)
            wanted, place, found = judge(one, status, here)
            parts["sent"] += wanted
            parts[place] += found
            if wanted != found:
                missing.append(key)
        lines.append(TallyLine(count, **parts, missing=tuple(missing)))
    return tuple(lines)


# -- inside: how many there should be, where they are, and how many were found ---------------------

Judged = tuple[int, str, int]


def _as_told(one: Sent, status: Mapping[str, Any]) -> Kept | None:
    """What the centre's answer says of the books."""
    if "error" in status or not status.get("number"):
        return None
    return Kept(
        one.external_id, int(status["revision"]), one.payment, one.amount, str(status["state"]),
        status.get("reject_reason") == WISHED, one.complaints,
    )  # fmt: skip


def _place(status: Mapping[str, Any], here: Kept | None) -> str:
    """Where an application is: its case, or the centre alone, or nowhere ('' )."""
    if here is not None:
        return "at_counter"
    if "error" in status:
        return ""
    refused = status.get("refused")
    if refused and refused.get("kind") == "application":
        return "refused"
    return "at_centre" if status.get("state") in (TAKES_NONE, CANCELLED) else ""


def _counted(wanted: int, place: str, found: int) -> Judged:
    return (wanted, place, found) if place else (wanted, "at_centre", 0)


def _filed(one: Sent, status: Mapping[str, Any], here: Kept | None) -> Judged:
    return _counted(1, _place(status, here), 1)


def _paid(one: Sent, status: Mapping[str, Any], here: Kept | None) -> Judged:
    same = here is None or here.payment == one.payment
    return _counted(1, _place(status, here), int(same))


def _rupiah(one: Sent, status: Mapping[str, Any], here: Kept | None) -> Judged:
    return _counted(one.amount, _place(status, here), one.amount if here is None else here.amount)


def _mended(one: Sent, status: Mapping[str, Any], here: Kept | None) -> Judged:
    wanted, place = one.revision - 1, _place(status, here)
    if here is None or here.revision == one.revision:
        return _counted(wanted, place, wanted)
    refused = status.get("refused") or {}
    answered = refused.get("kind") == "application" and refused.get("revision") == one.revision
    waits = status.get("revision") == one.revision and (answered or here.state == "sent_back")
    return _counted(wanted, place, wanted if waits else here.revision - 1)


def _cancelled(one: Sent, status: Mapping[str, Any], here: Kept | None) -> Judged:
    if here is None:
        ended = status.get("state") == CANCELLED
        return (0, "at_centre", int(ended)) if not one.cancelled else (1, "at_centre", int(ended))
    if here.withdrawn or not one.cancelled:
        return (int(one.cancelled), "at_counter", int(here.withdrawn))
    refused = status.get("refused") or {}
    return (1, "refused", int(refused.get("kind") == "cancellation"))


def _complained(one: Sent, status: Mapping[str, Any], here: Kept | None) -> Judged:
    found = one.complaints if here is None else here.complaints
    return _counted(one.complaints, _place(status, here), found)
