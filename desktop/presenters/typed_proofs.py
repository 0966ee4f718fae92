"""Proofs as they are typed; of a bank slip everything that is wrong is found at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.domain.codes import (
    CodeCheckDigitWrong,
    CodeKind,
    CodeMalformed,
    CodePattern,
    read_code,
)
from desktop.domain.errors import Problem
from desktop.domain.evidence import Evidence
from desktop.domain.validity import Stay, StayPermit, stay_of
from desktop.presenters.problems import AmountUnreadable, DateUnreadable, NtpnMissing
from desktop.presenters.walkin_base import parse_day
from desktop.services.requirements import shown_number


class SlipFaults(Problem):
    """Several fields of a slip are wrong; each of `faults` is about one of them."""

    faults: tuple[Exception, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on it; no day is today."""

    amount: int
    paid_on: date | None


def read_slip(codes: tuple[CodePattern, ...], ntpn: str, amount: str, paid_on: str) -> Slip:
    """Raises NtpnMissing, CodeMalformed, CodeCheckDigitWrong, AmountUnreadable or DateUnreadable
    where one field is wrong, SlipFaults where several are."""
    faults: list[Exception] = []
    try:
        if not ntpn.strip():
            raise NtpnMissing
        read_code(codes, CodeKind.NTPN, ntpn)
    except (NtpnMissing, CodeMalformed, CodeCheckDigitWrong) as fault:
        faults.append(fault)
    digits = "".join(ch for ch in amount if ch.isdigit())
    if not digits or len(digits) > 12:
        faults.append(AmountUnreadable())
    day = None
    try:
        day = parse_day(paid_on) if paid_on else None
    except ValueError:
        faults.append(DateUnreadable(field="paid_on"))
    if len(faults) > 1:
        raise SlipFaults(tuple(faults), len(faults))
    if faults:
        raise faults[0]
    return Slip(int(digits), day)


def stay_typed(form: Mapping[str, str]) -> Stay | None:
    """A stay permit as it was typed; None while something is missing. ValueError for no date."""
    permit, until = form.get("permit", ""), form.get("permit_until", "")
    if not permit or not until:
        return None
    return Stay(StayPermit(permit), parse_day(until), form.get("working") == "yes")


def typed_before(piece: Evidence) -> dict[str, str]:
    """A typed proof as its form had it."""
    form = {"reference": shown_number(piece), "issuer": piece.issuer}
    if piece.issued_on is not None:
        form["issued_on"] = f"{piece.issued_on:%d/%m/%Y}"
    stay = stay_of(piece.facts)
    if stay is not None:
        form |= {"permit": str(stay.permit), "permit_until": f"{stay.until:%d/%m/%Y}"}
        form["working"] = "yes" if stay.working else "no"
    return form
