"""A hand that writes a counter's chain, without a counter: entries as they travel.

    pen = Pen("1374-L3")
    case = pen.case("a1", nik="…")            # ids, versions and states of one case
    batch = [case.register(), case.step("check_requirements"), …]
    answer = pen.send(line, batch)

What it writes is well formed and signed; whether the centre should take it is the test's matter.
"""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.central import Centre
from db.chain import BEGINNING, Approval, Entry, canonical, entry_body
from db.journal import payload_body
from desktop.keys.signer import SoftSigner

ANDI, DEWI, RAHMAT, SRI, BAMBANG, NYOMAN = (
    "79010001", "85020002", "78030003", "76040004", "74050005", "82060006",
)  # fmt: skip
"""Registration and production; registration; production and dispatch; approver; supervisor;
stock keeper."""

TIME = "2026-03-02T00:30:00.000000Z"
ROAD = {
    "check_requirements": "requirements_checked",
    "match_payment": "paid",
    "capture": "captured",
    "confirm_data": "confirmed",
    "approve": "approved",
    "reserve": "in_production",
    "encode": "encoded",
    "print": "printed",
    "inspect": "inspected",
    "make_ready": "ready",
    "hand_over": "handed_over",
}
"""A walk-in renewal's steps and where they lead."""


@dataclass(frozen=True)
class Sheet:
    """One entry as it travels; `hash` is what the next one names."""

    entry: str
    signature: bytes
    payload: str | None
    seq: int
    entry_id: str
    hash: str


def new(kind: str, key: str, /, **fields: Any) -> dict[str, Any]:
    """A change that tells of a new thing."""
    version = {} if kind == "movements" else {"version": 0}
    return {"kind": kind, "id": key, "set": {"id": key, **version, **fields}}


def change(kind: str, key: str, version: int, /, **fields: Any) -> dict[str, Any]:
    """A change of a known thing, from `version - 1` on."""
    return {"kind": kind, "id": key, "set": {"version": version, **fields}}


def blank(serial: str, custodian: str, **fields: Any) -> list[dict[str, Any]]:
    """A blank that is received, stored and given to a custodian: its changes and movements."""
    lines: list[dict[str, Any]] = []
    made = new(
        "blanks", serial, lot="L1", state="received", custodian="store_room", movement=1,
        application_id="", reason="", **fields,
    )  # fmt: skip
    lines += [made, movement(serial, 1, "receive", None, "received", "store_room")]
    lines += blank_step(serial, 1, 2, "store", "received", "in_stock", "store_room")
    lines += blank_step(serial, 2, 3, "assign", "in_stock", "assigned", custodian)
    return lines


def blank_step(
    serial: str, version: int, number: int, action: str, before: str, after: str, custodian: str
) -> list[dict[str, Any]]:
    """One move of a blank with its line in the stock ledger."""
    return [
        change("blanks", serial, version, state=after, movement=number, custodian=custodian),
        movement(serial, number, action, before, after, custodian),
    ]


def movement(
    serial: str, number: int, action: str, before: str | None, after: str, custodian: str
) -> dict[str, Any]:
    """A line of the stock ledger."""
    return new(
        "movements", f"m-{serial}-{number}-{custodian}", serial=serial, number=number, lot="L1",
        action=action, before=before, after=after, custodian=custodian, officer=ANDI, at=TIME,
        shift="", reason="", application_id="",
    )  # fmt: skip


@dataclass
class Pen:
    """Writes one counter's chain."""

    counter: str
    realm: str = "training"
    epoch: int = 1
    seq: int = 0
    head: str = BEGINNING
    signer: SoftSigner = field(init=False)

    def __post_init__(self) -> None:
        self.signer = SoftSigner(hashlib.sha256(self.counter.encode()).digest())
        self._count = 0

    @property
    def office(self) -> str:
        return self.counter.partition("-")[0]

    def write(
        self,
        act: str,
        subject: str = "counter",
        *,
        officer: str | None = ANDI,
        changes: Iterable[Mapping[str, Any]] = (),
        blobs: Iterable[str] = (),
        fences: Mapping[str, int] | None = None,
        content: Mapping[str, Any] | None = None,
        seconds: Sequence[str] = (),
        **instead: Any,
    ) -> Sheet:
        """The next entry. `seconds` are officers who signed too; `instead` overrides fields."""
        self._count += 1
        salt = hashlib.sha256(f"{self.counter} {self.epoch} {self._count}".encode()).digest()[:16]
        parts = {"changes": list(changes), "blobs": list(blobs), "fences": dict(fences or {})}
        payload = payload_body(content or {}, salt, parts)
        approvals = tuple(
            Approval(who, act, subject, "00" * 32, TIME, "00" * 16, "00" * 64) for who in seconds
        )
        draft = Entry(
            counter=self.counter, epoch=self.epoch, seq=self.seq + 1,
            entry_id=str(uuid.UUID(bytes=hashlib.sha256(salt).digest()[:16])), realm=self.realm,
            time=TIME, offset_ms=None, tick_us=self._count, officer=officer, session=None, act=act,
            subject=subject, version=1, approvals=approvals,
            payload_digest=hashlib.sha256(payload).hexdigest(), previous=self.head,
            key_id=self.signer.key_id, hash="", signature="",
        )  # fmt: skip
        draft = dataclasses.replace(draft, **instead)
        text = canonical(entry_body(draft))
        digest = hashlib.sha256(text).digest()
        self.seq, self.head = draft.seq, digest.hex()
        return Sheet(
            text.decode(), self.signer.sign(digest), payload.decode(), draft.seq, draft.entry_id,
            digest.hex(),
        )  # fmt: skip

    def head_of(self, sheets: Sequence[Sheet]) -> dict[str, Any]:
        """What goes ahead of a batch."""
        first = sheets[0].seq if sheets else self.seq + 1
        head: dict[str, Any] = {"epoch": self.epoch, "from_seq": first, "schema": 1}
        return {**head, "hash": sheets[-1].hash} if sheets else head

    def send(self, line: Centre, sheets: Sequence[Sheet], **head: Any) -> dict[str, Any]:
        """Push a batch; the centre's answer."""
        return line.push(
            {**self.head_of(sheets), **head},
            [sheet.entry for sheet in sheets],
            [sheet.signature for sheet in sheets],
            [sheet.payload for sheet in sheets],
        )

    def case(self, name: str, **fields: Any) -> Case:
        """A walk-in renewal that nobody has registered yet."""
        return Case(self, f"case-{self.counter}-{name}", fields)

    def open_epoch(self, sheet_before: Sheet | None, epoch: int) -> Sheet:
        """Fork from an entry: the next one is the first of a new epoch."""
        self.epoch = epoch
        self.seq, self.head = (0, BEGINNING) if sheet_before is None else (
            sheet_before.seq, sheet_before.hash,
        )  # fmt: skip
        return self.write("journal.epoch_opened", f"counter:{self.counter}", officer=None)


@dataclass
class Case:
    """One application as its counter knows it."""

    pen: Pen
    id: str
    fields: dict[str, Any]
    version: int = -1
    state: str = "draft"

    def register(self, officer: str | None = ANDI, **also: Any) -> Sheet:
        """Draft and registration in one act, as the counter writes it."""
        row: dict[str, Any] = {
            "state": "draft", "service": "renewal", "channel": "walk_in", "licence_class": "C",
            "maker": officer or "", "makers": [officer or ""], "nik": "3175046302049665",
            "person_id": f"person-{self.id}", "external_id": "", "number": self.id, "revision": 0,
            "created_at": TIME, "held_from": None, **self.fields,
        }  # fmt: skip
        action, after = ("register", "registered")
        if row["channel"] == "online":
            action, after, officer = "receive", "received", None
        first = new("applications", self.id, **row)
        then = change("applications", self.id, 1, state=after)
        self.version, self.state = 1, after
        return self.pen.write(
            f"application.{action}", self.id, officer=officer, changes=[first, then], **also
        )

    def step(self, action: str, officer: str | None = None, to: str = "", **also: Any) -> Sheet:
        """One step along the road, or to `to`."""
        self.version += 1
        self.state = to or ROAD[action]
        by = officer or (SRI if action == "approve" else ANDI)
        more = list(also.pop("changes", ()))
        fields = also.pop("fields", {})
        moved = change("applications", self.id, self.version, state=self.state, **fields)
        return self.pen.write(
            f"application.{action}", self.id, officer=by, changes=[*more, moved], **also
        )

    def walk(self, upto: str) -> list[Sheet]:
        """Registration and every step up to and with `upto`."""
        sheets = [self.register()]
        for action in ROAD:
            sheets.append(self.step(action))
            if action == upto:
                return sheets
        raise ValueError(upto)

    def prove(self, reference: str, officer: str = ANDI, source: str = "confirmed") -> Sheet:
        """A piece of evidence for this case."""
        piece = new(
            "evidence", f"e-{self.id}-{reference}", application_id=self.id, kind="payment",
            source=source, reference=reference, recorded_by=officer,
        )  # fmt: skip
        return self.pen.write("evidence.recorded", self.id, officer=officer, changes=[piece])
