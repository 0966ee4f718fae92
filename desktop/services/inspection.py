"""The journal checked and written out, for the window and the command line alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from db.inspection import write_zip
from db.journal import certificates_of
from db.journal_check import Verdict, check_store
from db.journal_export import Exported, write_export
from db.store import Store
from desktop.keys.certificates import KeyRole, Trust, read_certificate
from desktop.keys.errors import BadCertificate
from desktop.profile import Profile


def verify_journal(profile: Profile, store: Store) -> Verdict:
    """Judge the counter's own store by the roots that its profile trusts."""
    trust = Trust(profile.realm, profile.trust.roots)
    known = list(profile.certificates)
    with store.read() as connection:
        for text in certificates_of(connection):
            try:
                known.append(read_certificate(text))
            except BadCertificate:
                continue  # its key stays unknown, and what it signed is named
        trust.add_all(c for c in known if c.role is not KeyRole.ROOT)
        return check_store(
            connection,
            counter=profile.counter,
            realm=profile.realm.value,
            key_of=trust.key_of,
        )


def export_journal(
    profile: Profile,
    store: Store,
    out: Path,
    *,
    at: datetime,
    zipped: bool = False,
    written: Callable[[], None] | None = None,
) -> Exported:
    """Write the journal (or the inspector's zip) to `out`, whole or not at all.

    `written` is called when the whole is beside its place, under its own name: nothing but the
    move is left then. Raises StoreProblem, OSError.
    """
    if out.is_dir():
        raise IsADirectoryError(out)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder, store.read() as connection:
        whole = Path(folder, "whole") / out.name
        whole.parent.mkdir()
        lines = Path(folder) / "journal.jsonl" if zipped else whole
        with lines.open("wb") as stream:
            done = write_export(
                connection,
                stream,
                counter=profile.counter,
                realm=profile.realm.value,
                signer=profile.signer(KeyRole.COUNTER),
                at=at,
                certificates=[c.text() for c in profile.public_certificates()],
            )
        if zipped:
            realm = profile.realm.value
            write_zip(connection, lines, whole, realm=realm, counter=profile.counter)
        if written is not None:
            written()
        whole.replace(out)
    return done
