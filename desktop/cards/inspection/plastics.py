"""The plastic itself: its chip and its serial against what was ordered."""

from __future__ import annotations

import json
from typing import Any, cast

from desktop.cards.inspection.facts import Brought, CardCheck
from desktop.cards.inspection.looking import Judge
from desktop.cards.record import CardRecord


def check_plastic(brought: Brought | None, record: CardRecord, judge: Judge) -> None:
    """Chip against face, serial against ledger, as far as they were read."""
    if brought is None:
        return
    if brought.serial:
        judge(CardCheck.SERIAL, float(brought.serial != record.blank_serial))
    other_chip = bool(
        brought.chip_uid
        and brought.chip_uid_ordered
        and brought.chip_uid != brought.chip_uid_ordered
    )
    if other_chip:
        judge(CardCheck.CHIP, 1.0, note="uid")
    if brought.chip is None:
        return
    if brought.chip_ordered is not None and not other_chip:
        same = brought.chip == brought.chip_ordered
        judge(CardCheck.CHIP, float(not same), note="" if same else "bytes")
    if brought.chip_told is not None:
        differing = chip_differences(brought.chip_told, record)
        if brought.chip_torn:
            differing = (brought.chip_torn, *differing)
        judge(CardCheck.CHIP_PERSON, float(len(differing)), note=",".join(differing[:3]))


def chip_differences(told: bytes, record: CardRecord) -> tuple[str, ...]:
    """The facts on a chip that aren't the face's, by name; "unreadable" where it says none."""
    try:
        held: Any = json.loads(told)
    except ValueError:
        return ("unreadable",)
    if not isinstance(held, dict):
        return ("unreadable",)
    facts = cast("dict[str, object]", held)
    pairs = {
        "number": record.number,
        "class": record.licence_class.value,
        "name": record.name,
        "serial": record.blank_serial,
        "birth_date": record.birth_date.isoformat(),
        "issued_on": record.issued_on.isoformat(),
        "valid_until": record.valid_until.isoformat(),
    }
    found: list[str] = []
    for name, value in pairs.items():
        there = facts.get(name)
        if there is not None and str(there).casefold() != value.casefold():
            found.append(name)
    return tuple(found)
