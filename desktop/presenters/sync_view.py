"""What the sync screen shows: one frozen view, facts and enums."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.officer import Role
from desktop.presenters.asked import AskingView
from desktop.presenters.second import SecondOfficers
from desktop.services.claims import HeldCase
from desktop.services.conflicts import ParkedCase, StrayWork
from desktop.services.forbidden import Forbidden
from desktop.services.orders import Consignment
from desktop.services.outage import Proposal
from desktop.services.sync_facts import SyncFacts


class SyncArea(StrEnum):
    """The screen's areas; the number is the key."""

    CONFLICTS = "conflicts"
    BESIDE = "beside"
    ELSEWHERE = "elsewhere"
    OURS = "ours"
    CONSIGNMENTS = "consignments"
    PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody else is wanted for an act that is done again; `officer` did it the first time.

    `tried` is the number of who couldn't sign it just now.
    """

    act: str
    number: str
    officer: str
    roles: tuple[Role, ...]
    officers: SecondOfficers
    tried: str = ""


@dataclass(frozen=True)
class SyncView(AskingView):
    """The whole screen."""

    area: SyncArea = SyncArea.CONFLICTS
    centre: bool = False
    facts: SyncFacts = field(default_factory=SyncFacts)
    forbids: Forbidden = field(default_factory=Forbidden)
    parked: tuple[ParkedCase, ...] = ()
    strays: tuple[StrayWork, ...] = ()
    elsewhere: tuple[HeldCase, ...] = ()
    ours: tuple[HeldCase, ...] = ()
    consignments: tuple[Consignment, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    help: Help | None = None
    supervises: bool = False
    keeps_stock: bool = False
