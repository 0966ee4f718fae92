"""A counter without a store: entries made in memory, for figures and runs of millions.

Entries are what a counter sends (canonical text, signature, payload); only what the store would
cost is left out. `batch` gives the next ones in order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from desktop.keys.signer import SoftSigner
from desktop.sources import SeededIds, VirtualClock
from tests.central.model.counter import MAKER, nik_of

ACTS_A_CASE = 13
"""A registration and the steps after it; with 1, each act is somebody new."""
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """Entries in a row, as `push` takes them."""

    epoch: int
    from_seq: int
    last_hash: str
    entries: list[str]
    signatures: list[bytes]
    payloads: list[str | None]
    blobs: dict[str, bytes]

    @property
    def head(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch, "from_seq": self.from_seq, "schema": 1, "hash": self.last_hash,
        }  # fmt: skip

    @property
    def text_bytes(self) -> int:
        """The entries' own text, with its payloads, in UTF-8."""
        return sum(len(t.encode()) for t in (*self.entries, *filter(None, self.payloads)))


class Chain:
    """One counter's chain; each act registers somebody or moves a case on."""

    def __init__(
        self, counter: str, seed: int, picture_bytes: int = 0, acts_a_case: int = ACTS_A_CASE
    ) -> None:
        self.counter = counter
        self.seq = 0
        self.hash = "0" * 64
        self._seed = seed
        self._picture = picture_bytes
        self._acts = acts_a_case
        self._signer = SoftSigner(hashlib.sha256(f"chain {seed}".encode()).digest())
        self._clock = VirtualClock(START)
        self._ids = SeededIds(seed, self._clock)
        self._case: dict[str, Any] | None = None

    def batch(self, count: int) -> Sent:
        """The next `count` acts."""
        first = self.seq + 1
        made = [self._act() for _ in range(count)]
        return Sent(
            1, first, self.hash,
            [m[0] for m in made], [m[1] for m in made], [m[2] for m in made],
            {sha: data for m in made for sha, data in m[3].items()},
        )  # fmt: skip

    def _act(self) -> tuple[str, bytes, str, dict[str, bytes]]:
        self._clock.advance(7)
        now = self._clock.now()
        case = self._case
        if case is None:
            return self._register(now)
        # Set aside and taken up again: the shortest two steps that a case can go for ever.
        held = case["state"] == "on_hold"
        before, after = case["state"], case["held_from"] if held else "on_hold"
        case["version"] += 1
        case["state"] = after
        told = {
            "changed_at": _iso(now),
            "held_from": None if held else before,
            "reason": case["reason"] if held else "waiting_for_document",
            "state": after,
            "version": case["version"],
        }
        case["held_from"] = told["held_from"]
        case["acts"] += 1
        if case["acts"] >= self._acts:
            self._case = None
        changes = [{"id": case["id"], "kind": "applications", "set": told}]
        content = {"number": case["number"], "from": before, "to": after}
        act = "application.resume" if held else "application.hold"
        return self._entry(act, case["id"], content, changes, {}, now)

    def _register(self, now: datetime) -> tuple[str, bytes, str, dict[str, bytes]]:
        person = (self._seed * 131 + self.seq) % 9999
        applicant = {
            "address": "Jalan Contoh No. 1, Kel. Ciseureuh, Kec. Regol, Kota Bandung",
            "birth_date": "1980-01-01", "birth_place": "Bandung", "blood_type": "O",
            "name": f"Orang {person}", "nationality": "WNI", "nik": nik_of(person),
            "occupation": "Karyawan Swasta", "phone": "081200000000", "sex": "male",
            "stay_permit_until": None,
        }  # fmt: skip
        key, person_id = self._ids.new(), self._ids.new()
        blobs: dict[str, bytes] = {}
        photo = ""
        if self._picture:
            data = hashlib.shake_256(key.encode()).digest(self._picture)
            photo = hashlib.sha256(data).hexdigest()
            blobs[photo] = data
        number = f"{self.counter}-{self.seq:07d}"
        row = {
            "id": key, "number": number, "visit_id": self._ids.new(), "person_id": person_id,
            "service": "renewal", "licence_class": "C", "channel": "walk_in",
            "state": "registered", "applicant": applicant, "maker": MAKER.officer,
            "created_at": _iso(now), "changed_at": _iso(now), "rules_version": "1",
            "nik": applicant["nik"], "blank_serial": "", "batch_id": "", "external_id": "",
            "sim_number": "", "photo": photo, "held_from": None, "reason": "",
            "makers": [MAKER.officer], "version": 0,
        }  # fmt: skip
        known = {
            "id": person_id, "applicant": applicant, "nik": applicant["nik"],
            "folded_name": f"orang {person}", "photo": photo, "conflict": False, "version": 0,
        }  # fmt: skip
        self._case = {**row, "acts": 1} if self._acts > 1 else None
        changes = [
            {"id": person_id, "kind": "persons", "set": known},
            {"id": key, "kind": "applications", "set": row},
        ]
        return self._entry("application.register", key, {"number": number}, changes, blobs, now)

    def _entry(
        self,
        act: str,
        subject: str,
        content: dict[str, Any],
        changes: list[dict[str, Any]],
        blobs: dict[str, bytes],
        now: datetime,
    ) -> tuple[str, bytes, str, dict[str, bytes]]:
        told: dict[str, Any] = {"changes": changes, "content": content}
        told["salt"] = hashlib.sha256(f"{self._seed} {self.seq}".encode()).hexdigest()[:32]
        if blobs:
            told["blobs"] = list(blobs)
        payload = rfc8785.dumps(told)
        self.seq += 1
        body = {
            "type": "entry", "counter": self.counter, "epoch": 1, "seq": self.seq,
            "entry_id": self._ids.new(), "realm": "training", "time": _iso(now),
            "offset_ms": None, "tick_us": self.seq, "officer": MAKER.officer, "session": "m",
            "act": act, "subject": subject, "version": 1, "approvals": [],
            "payload_digest": hashlib.sha256(payload).hexdigest(),
            "previous": self.hash, "key_id": self._signer.key_id,
        }  # fmt: skip
        text = rfc8785.dumps(body)
        digest = hashlib.sha256(text).digest()
        self.hash = digest.hex()
        return text.decode(), self._signer.sign(digest), payload.decode(), blobs


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
