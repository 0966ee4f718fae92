"""The inspector's zip: the journal's export, its pictures, and a manifest of both.

Nothing is compressed and every time is fixed, so the archive follows from its contents alone:
checking it means building it again and comparing bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, select

from db import tables as t
from db.chain import canonical
from db.errors import JournalUnreadable

JOURNAL = "journal.jsonl"
MANIFEST = "manifest.json"
FORMAT = "loket-inspection"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf"}
_TIME = (1980, 1, 1, 0, 0, 0)
_PIECE = 1024 * 1024


def write_zip(connection: Connection, export: Path, out: Path, *, realm: str, counter: str) -> None:
    """Pack an export that was written from the same snapshot with all its pictures."""
    names = _pictures(connection)
    files = [_described(JOURNAL, export.stat().st_size, _sha(export))]
    files += [_described(name, size, sha) for name, size, sha in names]
    manifest = _manifest(realm, counter, files)
    with out.open("wb") as stream, zipfile.ZipFile(stream, "w") as archive:
        with export.open("rb") as source:
            _add(archive, JOURNAL, export.stat().st_size, source)
        _add_bytes(archive, MANIFEST, manifest)
        for name, _, sha in names:
            data = connection.execute(select(t.blobs.c.data).where(t.blobs.c.sha == sha)).scalar()
            _add_bytes(archive, name, data or b"")


def open_zip(path: Path, folder: Path) -> tuple[Path, bool]:
    """Take the export out of a zip into `folder`; also whether the zip is exactly as written.

    Raises JournalUnreadable when it isn't an inspector's zip at all.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest.get("format") != FORMAT:
                raise JournalUnreadable("manifest")
            export = folder / JOURNAL
            with archive.open(JOURNAL) as source, export.open("wb") as target:
                shutil.copyfileobj(source, target, _PIECE)
            try:
                whole = _rebuilds(path, archive, manifest, folder)
            except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
                whole = False
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError, NotImplementedError) as error:
        raise JournalUnreadable("zip") from error
    return export, whole


def _rebuilds(path: Path, archive: zipfile.ZipFile, manifest: dict[str, Any], folder: Path) -> bool:
    files = list(manifest["files"])
    wanted = [JOURNAL, MANIFEST, *(str(item["name"]) for item in files[1:])]
    if files[0]["name"] != JOURNAL or archive.namelist() != wanted:
        return False
    with tempfile.TemporaryFile(dir=folder) as again:
        with zipfile.ZipFile(again, "w") as copy:
            for item in files:
                name, size = str(item["name"]), int(item["size"])
                with archive.open(name) as source:
                    if _digest(source) != item["sha256"]:
                        return False
                with archive.open(name) as source:
                    _add(copy, name, size, source)
                if name == JOURNAL:
                    text = _manifest(manifest["realm"], manifest["counter"], files)
                    _add_bytes(copy, MANIFEST, text)
        again.seek(0)
        with path.open("rb") as original:
            return all(a == b for a, b in _pieces(original, again))


def _pieces(one: BinaryIO, other: Any) -> Iterator[tuple[bytes, bytes]]:
    while True:
        a, b = one.read(_PIECE), other.read(_PIECE)
        yield a, b
        if not a and not b:
            return


def _pictures(connection: Connection) -> list[tuple[str, int, str]]:
    query = select(t.blobs.c.sha, t.blobs.c.media_type, t.blobs.c.size).order_by(t.blobs.c.sha)
    return [
        (f"pictures/{row.sha}.{ENDINGS.get(row.media_type, 'bin')}", row.size, row.sha)
        for row in connection.execute(query)
    ]


def _manifest(realm: str, counter: str, files: Sequence[dict[str, Any]]) -> bytes:
    body = {"format": FORMAT, "version": 1, "realm": realm, "counter": counter}
    return canonical({**body, "files": list(files)}) + b"\n"


def _described(name: str, size: int, sha: str) -> dict[str, Any]:
    return {"name": name, "size": size, "sha256": sha}


def _info(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_STORED
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    info.file_size = size
    return info


def _add(archive: zipfile.ZipFile, name: str, size: int, source: Any) -> None:
    with archive.open(_info(name, size), "w") as target:
        shutil.copyfileobj(source, target, _PIECE)


def _add_bytes(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_info(name, len(data)), data)


def _sha(path: Path) -> str:
    with path.open("rb") as stream:
        return _digest(stream)


def _digest(stream: Any) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
