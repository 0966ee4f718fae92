"""Batch files as a portal writes them, and as somebody may spoil them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785
from PIL import Image

from desktop.batch import envelope as env
from desktop.batch.lines import GoodLine, read_lines
from desktop.domain.online import RefusedLine
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, issue
from desktop.keys.signer import SoftSigner

NOW = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
ROOT = SoftSigner(b"r" * 32)
PORTAL = SoftSigner(b"p" * 32)


def vouched(
    signer: SoftSigner, role: KeyRole, *, realm: Realm = Realm.TRAINING, by: SoftSigner = ROOT
) -> Certificate:
    return issue(
        by, realm=realm, role=role, subject="1374", public=signer.public,
        not_before=NOW - timedelta(days=1), not_after=NOW + timedelta(days=100),
    )  # fmt: skip


TRUST = Trust(Realm.TRAINING, [vouched(ROOT, KeyRole.ROOT)])


def picture(colour: str = "blue") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 64), colour).save(out, "JPEG")
    return out.getvalue()


PICTURES = {name: picture(name) for name in ("blue", "white", "green", "grey")}
DIGESTS = {name: hashlib.sha256(data).hexdigest() for name, data in PICTURES.items()}


def application(**changes: Any) -> dict[str, Any]:
    """A line that is right in every respect."""
    line: dict[str, Any] = {
        "external_id": "SNR-1",
        "revision": 1,
        "submitted_at": "2026-03-01T08:00:00Z",
        "service": "renewal",
        "licence_class": "C",
        "sim_number": "13749001000011",
        "applicant": {
            "nik": "3273014101909001",
            "name": "CONTOH SATU",
            "birth_place": "Bandung",
            "birth_date": "1990-01-01",
            "sex": "male",
            "blood_type": "O",
            "address": "Jalan Contoh No. 1",
            "occupation": "Guru",
        },
        "delivery": "collect",
        "medical": {"number": "KES-1", "issued_on": "2026-02-27", "issuer": "Klinik Contoh"},
        "psychology": {"number": "PSI-1", "issued_on": "2026-02-20", "issuer": "Biro Contoh"},
        "payment": {
            "ntpn": "1A2B3C4D5E6F7A8B",
            "amount": 75000,
            "bank": "Bank Contoh",
            "paid_at": "2026-03-01T07:00:00Z",
        },
        "pictures": {
            "photo": DIGESTS["blue"],
            "signature": DIGESTS["white"],
            "identity_card": DIGESTS["green"],
            "old_licence": DIGESTS["grey"],
        },
    }
    line.update(changes)
    return line


def with_applicant(**changes: Any) -> dict[str, Any]:
    return application(applicant={**application()["applicant"], **changes})


def write(
    path: Path,
    lines: list[bytes],
    *,
    pictures: dict[str, bytes] | None = None,
    signer: SoftSigner = PORTAL,
    certificates: list[Certificate] | None = None,
    realm: Realm = Realm.TRAINING,
    office: str = "1374",
) -> Path:
    env.write_envelope(
        path,
        env.APPLICATIONS,
        realm=realm,
        office=office,
        batch="B-1",
        made_at=NOW,
        lines=lines,
        pictures={DIGESTS[name]: PICTURES[name] for name in PICTURES}
        if pictures is None
        else pictures,
        signer=signer,
        certificates=[vouched(PORTAL, KeyRole.PORTAL)] if certificates is None else certificates,
    )
    return path


def read(path: Path, trust: Trust = TRUST) -> list[GoodLine | RefusedLine]:
    with env.open_envelope(
        path, env.APPLICATIONS, trust=trust, role=KeyRole.PORTAL, at=NOW
    ) as opened:
        return list(read_lines(opened))


def one_line(path: Path, line: dict[str, Any]) -> GoodLine | RefusedLine:
    [found] = read(write(path / "batch.zip", [rfc8785.dumps(line)]))
    return found


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same file with some members changed, as somebody on the way might."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    env.pack(path, members)
    return path
