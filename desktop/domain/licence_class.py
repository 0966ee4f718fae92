"""The eleven domestic licence classes (golongan SIM) and their families.

Ages, holding periods and what covers what are dated rules, not code: see `classes.py`.
"""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """Classes of one family stand on one card: an upgrade replaces the lower one."""

    CAR = "car"
    MOTORCYCLE = "motorcycle"
    DISABLED = "disabled"


class LicenceClass(StrEnum):
    """A class as the regulation names it (Perpol 5/2021 Art. 3)."""

    A = "A"
    A_UMUM = "A Umum"
    BI = "BI"
    BI_UMUM = "BI Umum"
    BII = "BII"
    BII_UMUM = "BII Umum"
    C = "C"
    CI = "CI"
    CII = "CII"
    D = "D"
    DI = "DI"

    @property
    def family(self) -> Family:
        """Which card of a person this class stands on."""
        if self.value.startswith("C"):
            return Family.MOTORCYCLE
        if self.value.startswith("D"):
            return Family.DISABLED
        return Family.CAR

    @property
    def is_public(self) -> bool:
        """Driving for hire (umum)."""
        return self.value.endswith("Umum")
