"""Where things stand, and the acts that move them: the words of the workflow's tables.

They stand apart from the things themselves, so that the tables can be read before any of those.
"""

from __future__ import annotations

from enum import StrEnum


class ApplicationState(StrEnum):
    """Each state has words in both languages and at least one way on, or is an end."""

    DRAFT = "draft"
    REGISTERED = "registered"
    REQUIREMENTS_CHECKED = "requirements_checked"
    TESTED = "tested"
    PAID = "paid"
    CAPTURED = "captured"
    CONFIRMED = "confirmed"
    RECEIVED = "received"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    AWAITING_MATERIAL = "awaiting_material"
    IN_PRODUCTION = "in_production"
    ENCODED = "encoded"
    PRINTED = "printed"
    INSPECTED = "inspected"
    READY = "ready"
    IN_DELIVERY = "in_delivery"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    RECALLED = "recalled"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ENDS = frozenset(
    {
        ApplicationState.CLOSED,
        ApplicationState.REJECTED,
        ApplicationState.CANCELLED,
        ApplicationState.EXPIRED,
        ApplicationState.RECALLED,
    }
)


class BlankState(StrEnum):
    """Where a numbered blank stands (the ledger's section 4)."""

    RECEIVED = "received"
    IN_STOCK = "in_stock"
    ASSIGNED = "assigned"
    RESERVED = "reserved"
    AT_PRINTER = "at_printer"
    ISSUED = "issued"
    SPOILED = "spoiled"
    TRANSFERRED = "transferred"
    TO_BE_DESTROYED = "to_be_destroyed"
    DESTROYED = "destroyed"
    MISSING = "missing"


class BlankAction(StrEnum):
    RECEIVE = "receive"
    STORE = "store"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    RESERVE = "reserve"
    RELEASE = "release"
    LOAD = "load"
    ISSUE = "issue"
    SPOIL = "spoil"
    TRANSFER = "transfer"
    SET_ASIDE = "set_aside"
    DESTROY = "destroy"
    MISS = "miss"
    FIND = "find"
    FIND_SPOILED = "find_spoiled"


class JobState(StrEnum):
    """How far a card's production came; IN_DOUBT waits for an answer.

    From ENCODING on the chip may know a person, from PRINTING on ribbon may be spent.
    """

    INTENT = "intent"
    ENCODING = "encoding"
    ENCODED = "encoded"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


OPEN_JOBS = (JobState.INTENT, JobState.ENCODING, JobState.ENCODED, JobState.PRINTING)


class ShiftState(StrEnum):
    OPEN = "open"
    COUNTED = "counted"
    CLOSED = "closed"


class ParcelState(StrEnum):
    PACKED = "packed"
    DISPATCHED = "dispatched"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNING = "returning"
    RETURN_RECEIVED = "return_received"
    DISPUTED = "disputed"
    LOST = "lost"
    UNPACKED = "unpacked"


class ParcelAction(StrEnum):
    PACK = "pack"
    UNPACK = "unpack"
    DISPATCH = "dispatch"
    TRANSIT = "transit"
    DELIVER = "deliver"
    FAIL = "fail"
    RETURN = "return"
    RECEIVE_BACK = "receive_back"
    DISPUTE = "dispute"
    SETTLE_DELIVERED = "settle_delivered"
    DECLARE_LOST = "declare_lost"
    TURN_UP = "turn_up"


class ReturnState(StrEnum):
    RECEIVED = "received"
    VERIFIED = "verified"
    REDISPATCHED = "redispatched"
    HELD_FOR_COLLECTION = "held_for_collection"
    COLLECTED = "collected"
    REPRINTED = "reprinted"
    RECALLED = "recalled"
    DESTROYED = "destroyed"


class ReturnAction(StrEnum):
    VERIFY = "verify"
    REDISPATCH = "redispatch"
    HOLD_FOR_COLLECTION = "hold_for_collection"
    COLLECT = "collect"
    REPRINT = "reprint"
    RECALL = "recall"
    DESTROY = "destroy"
