"""What must have a picture: every screen, page and sheet of the program, and the picture's name.

`main.py screenshots` fails where a picture of this list wasn't drawn, or didn't show what it is
named for; a test fails where a screen, a page or a sheet isn't in the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from desktop.presenters.cards_view import CardStep
from desktop.presenters.devices_view import Side
from desktop.presenters.first_run import FirstStep
from desktop.presenters.online_view import ManifestPane, OnlineArea, PrintPane
from desktop.presenters.returns_view import ReturnStep
from desktop.presenters.sign_in_view import SignInMode
from desktop.presenters.stock_view import Area
from desktop.presenters.supervisor_view import Watch
from desktop.presenters.sync_view import SyncArea
from desktop.presenters.walkin_view import WalkStep


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture showed: the open screen's key and the kinds of the sheets over it."""

    screen: str
    sheets: frozenset[str] = frozenset()


SCREENS: Mapping[str, str] = {
    "queue": "queue",
    "walk_in": "walk-in-idle",
    "online": "online-files",
    "sync": "sync-conflicts",
    "returns": "returns",
    "cards": "cards",
    "stock": "stock",
    "devices": "devices",
    "supervisor": "supervisor-approvals-many",
}
"""By the screen's key."""

PAGES: Mapping[type[Enum], Mapping[Any, str]] = {
    SignInMode: {SignInMode.SIGN_IN: "sign-in", SignInMode.LOCKED: "lock"},
    FirstStep: {step: f"first-{step}" for step in FirstStep},
    WalkStep: {
        WalkStep.IDENTITY: "walk-in-1-identity",
        WalkStep.REQUIREMENTS: "walk-in-2-requirements",
        WalkStep.TESTS: "walk-in-3-tests",
        WalkStep.PAYMENT: "walk-in-3-payment",
        WalkStep.CAPTURE: "walk-in-4-capture",
        WalkStep.CONFIRM: "walk-in-5-confirm",
        WalkStep.APPROVAL: "walk-in-6-approval",
        WalkStep.PRODUCTION: "walk-in-7-production",
        WalkStep.HANDOVER: "walk-in-8-handover",
        WalkStep.DONE: "walk-in-9-done",
    },
    OnlineArea: {
        OnlineArea.VERIFY: "online-file",
        OnlineArea.PRINT: "online-print",
        OnlineArea.PACK: "online-pack",
        OnlineArea.MANIFEST: "online-manifest",
    },
    PrintPane: {PrintPane.QUEUE: "online-print-done", PrintPane.INSPECT: "online-inspect"},
    ManifestPane: {
        ManifestPane.PACKED: "online-manifest-recount", ManifestPane.OUT: "online-with-courier",
    },
    SyncArea: {area: f"sync-{area}" for area in SyncArea},
    ReturnStep: {
        ReturnStep.SCAN: "returns",
        ReturnStep.SEAL: "returns-seal",
        ReturnStep.CARD: "returns-card",
        ReturnStep.DECIDE: "returns-decide",
        ReturnStep.OTHER_CARD: "returns-other-card",
        ReturnStep.HELD: "returns-held",
        ReturnStep.DESTROY: "returns-destroy",
        ReturnStep.DONE: "returns-done",
    },
    CardStep: {
        CardStep.LIST: "cards",
        CardStep.RECORD: "cards-record",
        CardStep.TYPING: "cards-typing",
        CardStep.COMPARE: "cards-compare",
        CardStep.GIVEN: "cards-given",
    },
    Area: {
        Area.STOCK: "stock", Area.CLOSE: "stock-close-difference",
        Area.LETTERS: "stock-letters", Area.DESTROY: "stock-destroy",
    },
    Side: {Side.DETAIL: "devices", Side.LOG: "devices-log", Side.SIMULATOR: "devices-simulator"},
    Watch: {
        Watch.APPROVALS: "supervisor-approvals-many",
        **{one: f"supervisor-{one}" for one in Watch if one is not Watch.APPROVALS},
    },
}  # fmt: skip
"""By the enum that a screen turns its pages with."""

SHEETS: Mapping[str, str] = {
    "AskForm": "stock-transfer",
    "CardReadingDialog": "returns-details",
    "CommandPalette": "find",
    "CrashDialog": "crash",
    "DeviceChooserForm": "devices-choose",
    "FacesDialog": "walk-in-5-faces",
    "GivenCodeDialog": "supervisor-code",
    "InternationalSheet": "find-international",
    "LinesDialog": "returns-address",
    "LookSheet": "look",
    "ProblemDialog": "problem",
    "ReasonDialog": "walk-in-7-spoil",
    "RecordSheet": "find-person",
    "RibbonForm": "devices-ribbon",
    "SecondOfficerDialog": "cards-second-officer",
    "ShortcutOverlay": "keys",
    "StageSheet": "training-stage",
    "TicketDialog": "queue-new-ticket",
    "YesDialog": "sync-ask",
}
"""By the class of the sheet."""

BESIDE = ("applicant", "help", "sign-in-wrong", "sign-in-checking", "sign-in-choose")
"""What is neither screen nor sheet, and states of the sign-in that everybody meets."""

FAULTS = (
    "walk-in-7-in-doubt", "walk-in-7-fault", "walk-in-7-fault-pass", "walk-in-7-fault-second",
    "online-inspect-fault", "online-print-jam", "stock-uncollected",
    "walk-in-2-lost-or-seized",
)  # fmt: skip
"""What is seen only where something went wrong, and must be understood then."""


def wanted() -> frozenset[str]:
    """Every picture that there must be."""
    paged = {name for pages in PAGES.values() for name in pages.values()}
    return frozenset({*SCREENS.values(), *paged, *SHEETS.values(), *BESIDE, *FAULTS})


def lacks(seen: Mapping[str, Seen]) -> list[str]:
    """What the drawn pictures lack, a line each: missing, or not showing what they should."""
    lines = [f"{name}: not drawn" for name in sorted(wanted() - seen.keys())]
    lines += [
        f"{name}: shows {seen[name].screen or 'no screen'}, not {key}"
        for key, name in SCREENS.items()
        if name in seen and seen[name].screen != key
    ]
    lines += [
        f"{name}: no {kind} on it"
        for kind, name in SHEETS.items()
        if name in seen and kind not in seen[name].sheets
    ]
    return lines
