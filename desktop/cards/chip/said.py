"""What a chip says in plain words, whichever sort it is; believed only where it was proven."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from desktop.cards.chip.tlv import ChipUnreadable


@dataclass(frozen=True, slots=True)
class ChipSaid:
    """The facts of a licence as its chip has them; the portrait only where the chip holds one."""

    serial: str
    number: str = field(repr=False)
    licence_class: str
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    issued_on: date
    valid_until: date
    realm: str
    portrait: bytes = field(default=b"", repr=False)


def said_in(domestic: bytes, portrait: bytes = b"") -> ChipSaid:
    """The facts text by text (`documents.sim.chip_content`). Raises ChipUnreadable."""
    try:
        held = cast("dict[str, Any]", json.loads(domestic))
        return ChipSaid(
            str(held["serial"]),
            str(held["number"]),
            str(held["class"]),
            str(held["name"]),
            date.fromisoformat(held["birth_date"]),
            date.fromisoformat(held["issued_on"]),
            date.fromisoformat(held["valid_until"]),
            str(held.get("realm", "")),
            portrait,
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ChipUnreadable("facts") from error
