"""The zip around every exchanged file: manifest, signature, body, pictures.

Whatever comes in was written by somebody else: sizes are bounded while reading and not by what the
zip says of itself, names outside the described ones are refused, nothing is ever unpacked to disk,
and no byte of the body is looked at before the signature holds.

Stored members, fixed times and RFC 8785 JSON make the same content the same file.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import rfc8785

from desktop.batch.errors import BatchFault, BatchNotWritten, BatchTampered, BatchUnreadable
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, from_plain
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import Signer, verifies

FORMAT = 1
APPLICATIONS = "loket.applications"
RESULTS = "loket.results"
BODY = {APPLICATIONS: "applications.jsonl", RESULTS: "results.jsonl"}
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.jpg")

MAX_FILE = 512 * 1024 * 1024
MAX_MEMBERS = 40_000
MAX_HEAD = 64 * 1024
MAX_BODY = 64 * 1024 * 1024
MAX_PICTURE = 8 * 1024 * 1024
LONG_AGO = (1980, 1, 1, 0, 0, 0)

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for files that lie: encryption and unknown methods are RuntimeErrors."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the sender says of the file; the signature is over exactly these facts."""

    kind: str
    realm: Realm
    office: str
    batch: str
    made_at: str
    lines: int
    pictures: int
    body: str
    """SHA-256 of the body."""

    def text(self) -> bytes:
        """The canonical bytes that are signed."""
        return rfc8785.dumps(
            {
                "batch": self.batch,
                "body": self.body,
                "format": FORMAT,
                "kind": self.kind,
                "lines": self.lines,
                "made_at": self.made_at,
                "office": self.office,
                "pictures": self.pictures,
                "realm": self.realm.value,
            }
        )


class PictureLost(LookupError):
    """A picture that a line names isn't in the file, or isn't what its name says."""

    def __init__(self, *, damaged: bool) -> None:
        super().__init__("damaged" if damaged else "missing")
        self.damaged = damaged


class Envelope:
    """An opened file whose signature holds."""

    def __init__(
        self, archive: zipfile.ZipFile, manifest: Manifest, digest: str, body: bytes, key_id: str
    ) -> None:
        self._archive = archive
        self._names = {info.filename for info in archive.infolist()}
        self.manifest = manifest
        self.digest = digest
        self.body = body
        self.key_id = key_id

    def picture(self, sha: str) -> bytes:
        """The bytes of a picture, known to be those that its digest names. Raises PictureLost."""
        name = f"pictures/{sha}.jpg"
        if name not in self._names:
            raise PictureLost(damaged=False)
        try:
            data = _read(self._archive, name, MAX_PICTURE)
        except BatchUnreadable as error:
            raise PictureLost(damaged=True) from error
        if hashlib.sha256(data).hexdigest() != sha:
            raise PictureLost(damaged=True)
        return data


# -- opening -----------------------------------------------------------------------------------


@contextmanager
def open_envelope(
    path: Path, kind: str, *, trust: Trust, role: KeyRole, at: datetime
) -> Generator[Envelope]:
    """Open a file and check everything but its lines.

    Raises BatchUnreadable, BatchTampered, WrongRealm, BadCertificate (nobody vouches for the key
    in this role at `at`).
    """
    digest = _digest(path)
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise BatchUnreadable(BatchFault.NO_FILE) from error
    except _BROKEN as error:
        raise BatchUnreadable(BatchFault.NOT_A_ZIP) from error
    with archive:
        _check_members(archive, kind)
        text = _read(archive, MANIFEST, MAX_HEAD)
        manifest = read_manifest(text, kind)
        if manifest.realm is not trust.realm:
            raise WrongRealm(trust.realm.value, manifest.realm.value)
        key_id = _check_signature(_read(archive, SIGNATURE, MAX_HEAD), text, trust, role, at)
        body = _read(archive, BODY[kind], MAX_BODY)
        if hashlib.sha256(body).hexdigest() != manifest.body:
            raise BatchTampered(BODY[kind])
        yield Envelope(archive, manifest, digest, body, key_id)


def read_manifest(text: bytes, kind: str) -> Manifest:
    """A manifest from its canonical bytes. Raises BatchUnreadable."""
    facts = _json(text)
    if facts.get("kind") != kind:
        raise BatchUnreadable(BatchFault.OTHER_KIND)
    if isinstance(facts.get("format"), int) and facts["format"] > FORMAT:
        raise BatchUnreadable(BatchFault.NEWER)
    try:
        manifest = Manifest(
            kind=kind,
            realm=Realm(facts["realm"]),
            office=_str(facts["office"]),
            batch=_str(facts["batch"]),
            made_at=_str(facts["made_at"]),
            lines=_int(facts["lines"]),
            pictures=_int(facts["pictures"]),
            body=_str(facts["body"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BatchUnreadable(BatchFault.BAD_FORM) from error
    if manifest.text() != text:
        raise BatchUnreadable(BatchFault.BAD_FORM)
    return manifest


def _digest(path: Path) -> str:
    seen = hashlib.sha256()
    try:
        if path.stat().st_size > MAX_FILE:
            raise BatchUnreadable(BatchFault.TOO_LARGE)
        with path.open("rb") as stream:
            while part := stream.read(1 << 20):
                seen.update(part)
    except OSError as error:
        raise BatchUnreadable(BatchFault.NO_FILE) from error
    return seen.hexdigest()


def _check_members(archive: zipfile.ZipFile, kind: str) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise BatchUnreadable(BatchFault.TOO_LARGE)
    names = [info.filename for info in members]
    if len(set(names)) != len(names):
        raise BatchUnreadable(BatchFault.PART_TWICE)
    fixed = {MANIFEST, SIGNATURE, BODY[kind]}
    other = {BODY[one] for one in BODY} - fixed
    for name in names:
        if name in other:
            raise BatchUnreadable(BatchFault.OTHER_KIND)
        if name not in fixed and not PICTURE.fullmatch(name):
            raise BatchUnreadable(BatchFault.PART_UNKNOWN)
    if fixed - set(names):
        raise BatchUnreadable(BatchFault.PART_MISSING)


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member's bytes; never more than `most`, whatever the zip claims."""
    try:
        with archive.open(name) as stream:
            data = stream.read(most + 1)
    except (*_BROKEN, OSError, KeyError) as error:
        raise BatchUnreadable(BatchFault.DAMAGED) from error
    if len(data) > most:
        raise BatchUnreadable(BatchFault.TOO_LARGE)
    return data


def _check_signature(
    text: bytes, manifest: bytes, trust: Trust, role: KeyRole, at: datetime
) -> str:
    """The id of the key that signed."""
    facts = _json(text)
    try:
        key, signature = _str(facts["key"]), bytes.fromhex(_str(facts["signature"]))
        plain = facts["certificates"]
        certificates = [from_plain(one) for one in cast("list[object]", plain)[:8]]
    except (KeyError, TypeError, ValueError) as error:
        raise BatchUnreadable(BatchFault.BAD_FORM) from error
    # A trust of its own: what a file brings along is not known to the counter from then on.
    local = Trust(trust.realm, trust.roots)
    for certificate in certificates:
        if certificate.realm is not trust.realm:
            raise WrongRealm(trust.realm.value, certificate.realm.value)
    if local.add_all(certificates):
        raise BadCertificate("issuer")
    holder = local.require(key, role, at)
    if not verifies(holder.public, signature, manifest):
        raise BatchTampered(MANIFEST)
    return holder.key_id


def _json(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BatchUnreadable(BatchFault.BAD_FORM) from error
    if not isinstance(value, dict):
        raise BatchUnreadable(BatchFault.BAD_FORM)
    return cast("dict[str, Any]", value)


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _int(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


# -- packing -----------------------------------------------------------------------------------


def write_envelope(
    path: Path,
    kind: str,
    *,
    realm: Realm,
    office: str,
    batch: str,
    made_at: datetime,
    lines: Sequence[bytes],
    pictures: Mapping[str, bytes],
    signer: Signer,
    certificates: Sequence[Certificate],
) -> str:
    """Write a signed file, whole or not at all; its SHA-256. Raises BatchNotWritten.

    `lines` are canonical and without line ends, `pictures` are keyed by their SHA-256.
    """
    body = b"".join(line + b"\n" for line in lines)
    manifest = Manifest(
        kind=kind,
        realm=realm,
        office=office,
        batch=batch,
        made_at=made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lines=len(lines),
        pictures=len(pictures),
        body=hashlib.sha256(body).hexdigest(),
    ).text()
    signature = rfc8785.dumps(
        {
            "certificates": [json.loads(one.text()) for one in certificates],
            "key": signer.key_id,
            "signature": signer.sign(manifest).hex(),
        }
    )
    members = {MANIFEST: manifest, SIGNATURE: signature, BODY[kind]: body}
    members |= {f"pictures/{sha}.jpg": pictures[sha] for sha in sorted(pictures)}
    return pack(path, members)


def pack(path: Path, members: Mapping[str, bytes]) -> str:
    """Write members into a zip that is the same for the same bytes; its SHA-256."""
    part = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for name, data in members.items():
                info = zipfile.ZipInfo(name, LONG_AGO)
                info.create_system = 3
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)
        part.replace(path)
        return _digest(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BatchNotWritten from error
