"""The program's own tables as plain rows, for the centre to judge by.

`main.py centre init` loads what this gives, so that no transition, role or key stands in SQL text
and the centre can't disagree with the counter about what is allowed.
"""

from __future__ import annotations

from typing import Any

from desktop.domain.application import ENDS
from desktop.domain.duties import DELEGABLE, DELEGATE_DAYS, READ_ONLY
from desktop.domain.evidence import EvidenceSource
from desktop.domain.officer import NEVER_ONE_PERSON
from desktop.domain.service import Service
from desktop.domain.stock import BlankAction, BlankState
from desktop.domain.walker import ALL_CHANNELS, ALL_SERVICES
from desktop.domain.workflow import TABLES
from desktop.ledger_rows import TOLD

CASES = frozenset(
    {"applications", "evidence", "persons", "parcels", "returns", "manifests", "holds", "batches"}
)
"""Kinds whose rows follow an act's fate; everything else is a fact that happened."""

_WORKFLOW_OF = {
    "applications": "application",
    "blanks": "blank",
    "parcels": "parcel",
    "returns": "return",
}

# What only the counter in whose box a blank lies can do with it.
_IN_HAND = frozenset(
    {BlankAction.RESERVE, BlankAction.RELEASE, BlankAction.LOAD, BlankAction.ISSUE}
)

_UNIQUE: tuple[dict[str, Any], ...] = (
    {
        "name": "evidence",
        "kind": "evidence",
        "fields": ["kind", "reference"],
        "owner_field": "application_id",
        "reason": "evidence_used",
    },
    {
        "name": "external_id",
        "kind": "applications",
        "fields": ["external_id"],
        "owner_field": None,
        "reason": "duplicate",
    },
    # A restored or cloned store draws its next numbers before it hears that they are given away;
    # the billing code is made of the number.
    {
        "name": "case_number",
        "kind": "applications",
        "fields": ["number"],
        "owner_field": None,
        "reason": "number_used",
    },
    {
        "name": "waybill",
        "kind": "parcels",
        "fields": ["awb"],
        "owner_field": None,
        "reason": "duplicate",
    },
)

_SPECIAL = {
    "application.claim": "take",
    "case.taken": "take",
    "application.release": "release",
    "case.released": "release",
    "conflict.accepted": "accept",
    "conflict.resubmitted": "resubmit",
    "intake.refused": "intake",
    "intake.skipped": "intake",
    "officer.delegated": "stand_in",
    "officer.delegation_ended": "stand_in_ends",
}


def centre_rules() -> dict[str, Any]:
    """Everything that `db.central_admin.load_rules` takes, by table."""
    starts = {table.name: str(table.start) for table in TABLES}
    kinds = sorted(TOLD)
    return {
        "kinds": [
            {
                "kind": kind,
                "fact": kind not in CASES,
                "workflow": _WORKFLOW_OF.get(kind),
                "start": starts.get(_WORKFLOW_OF.get(kind, "")),
            }
            for kind in kinds
        ],
        "workflow_steps": [_step(table.name, step) for table in TABLES for step in table.steps],
        "workflow_actions": [
            {"table_name": table.name, "act": f"{table.name}.{action}", "action": action}
            for table in TABLES
            for action in sorted({str(step.action) for step in table.steps})
        ],
        "unique_keys": [dict(row) for row in _UNIQUE],
        "special_acts": [{"act": act, "effect": effect} for act, effect in _SPECIAL.items()],
        "words": [
            *({"name": "case_ended", "word": str(state)} for state in sorted(ENDS)),
            *({"name": "case_ended", "word": state} for state in ("handed_over",)),
            *(
                {"name": "service_succeeds", "word": str(service)}
                for service in Service
                if service not in (Service.NEW_ISSUE, Service.CLASS_UPGRADE)
            ),
            {"name": "blank_left", "word": str(BlankState.TRANSFERRED)},
            {"name": "own_word", "word": str(EvidenceSource.TYPED)},
            *({"name": "handed_on", "word": str(role)} for role in sorted(DELEGABLE)),
            {"name": "handed_on_days", "word": str(DELEGATE_DAYS)},
            *({"name": "only_reads", "word": str(role)} for role in sorted(READ_ONLY)),
            *(
                {"name": "never_together", "word": "+".join(sorted(pair))}
                for pair in sorted(NEVER_ONE_PERSON, key=sorted)
            ),
        ],
    }


def _step(table: str, step: Any) -> dict[str, Any]:
    return {
        "table_name": table,
        "state": str(step.state),
        "action": str(step.action),
        "next": None if step.next is None else str(step.next),
        "roles": sorted(map(str, step.roles)),
        "not_maker": step.not_maker,
        "two_officers": step.two_officers,
        "channels": None if step.channels == ALL_CHANNELS else sorted(map(str, step.channels)),
        "services": None if step.services == ALL_SERVICES else sorted(map(str, step.services)),
        "custodian_only": table == "blank" and step.action in _IN_HAND,
    }
