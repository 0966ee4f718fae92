"""What the simulator panel shows: a device as it truly is, what it can suffer, and who may come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.licence_class import LicenceClass
from desktop.domain.requirements import RequirementKind
from desktop.outside.simulators import Manner
from desktop.presenters.base import View
from devices.device import DeviceKind
from devices.simulators.faults import Fault, Orderable


class Hand(StrEnum):
    """What a person can do to a simulated device."""

    LOAD_BLANKS = "load_blanks"
    TAKE_OUTPUT = "take_output"
    SCAN_CARD = "scan_card"
    EMPTY_REJECT = "empty_reject"
    CHANGE_RIBBON = "change_ribbon"
    LOAD_UNNUMBERED = "load_unnumbered"
    PULL_CARD = "pull_card"
    LAY_EID = "lay_eid"
    TAKE_EID = "take_eid"
    SIT = "sit"
    STAND = "stand"
    SIGN = "sign"
    WIPE = "wipe"
    LAY_CARD = "lay_card"
    LAY_THEIRS = "lay_theirs"
    TAKE_CARD = "take_card"
    LAY_FINGER = "lay_finger"
    LIFT_FINGER = "lift_finger"
    LOAD_PAPER = "load_paper"
    TAKE_PAPERS = "take_papers"
    OPEN_COVER = "open_cover"
    CLOSE_COVER = "close_cover"
    UNPLUG = "unplug"
    PLUG = "plug"
    CUT_POWER = "cut_power"
    RESTORE_POWER = "restore_power"


class Truth(StrEnum):
    """What is so about a simulated device; words `simulator.truth.<value>` with the facts."""

    CABLE_IN = "cable_in"
    CABLE_OUT = "cable_out"
    POWER_OFF = "power_off"
    FEEDER = "feeder"
    INSIDE = "inside"
    INSIDE_NONE = "inside_none"
    OUTPUT = "output"
    OUTPUT_NONE = "output_none"
    REJECT = "reject"
    BESIDE = "beside"
    RIBBON = "ribbon"
    UNNUMBERED = "unnumbered"
    COUNTED = "counted"
    COVER = "cover"
    JAM = "jam"
    CARD_HERE = "card_here"
    CARD_NONE = "card_none"
    EID_HERE = "eid_here"
    EID_NONE = "eid_none"
    SITS = "sits"
    SITS_NONE = "sits_none"
    SIGNED = "signed"
    SIGNED_NONE = "signed_none"
    PAPER = "paper"
    PAPERS_OUT = "papers_out"
    FINGER = "finger"
    FINGER_NONE = "finger_none"
    LISTENS = "listens"


@dataclass(frozen=True, slots=True)
class TrueFact:
    """One line of the truth."""

    what: Truth
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who may come: a drawn person's name, the licences held, and those revoked."""

    name: str = field(repr=False)
    licences: tuple[LicenceClass, ...] = ()
    gone: tuple[LicenceClass, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who vouches for a kind of evidence, and how that party behaves."""

    kind: RequirementKind
    manner: Manner


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that stands until somebody acts, or one that still waits for its step."""

    fault: Fault
    standing: bool


@dataclass(frozen=True)
class SimulatorView(View):
    """One simulated device, the faults it offers, and the people who may come."""

    names: tuple[str, ...] = ()
    current: str = ""
    kind: DeviceKind | None = None
    truths: tuple[TrueFact, ...] = ()
    hands: tuple[Hand, ...] = ()
    orderable: tuple[Orderable, ...] = ()
    faults: tuple[Struck, ...] = ()
    visitors: tuple[Visitor, ...] = ()
    visitor: int = 0
    present: bool = False
    codes: tuple[str, ...] = field(default=(), repr=False)
    issuers: tuple[Issuer, ...] = ()
    issuer: int = 0
