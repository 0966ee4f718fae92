"""`main.py centre init`, `upgrade`, `status`, `backup`, `restore`, `notarise`, `verify`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from db.central_backup import backup, restore
from db.central_desk import certificates, connect, status
from db.central_journal import check_centre, counters_with_journals, tally
from desktop.centre.counters import publish
from desktop.centre.notary import Notary
from desktop.centre.setup import prepare
from desktop.commands.centre import BROKEN, DONE, secret
from desktop.commands.journal import tell_verdict, trust_of
from desktop.domain.realm import Realm
from desktop.keys.authority import (
    CA,
    CERTIFICATES,
    CRL,
    MAIN,
    SERVER,
    SERVER_KEY,
    TRUST,
    AuthorityExists,
    CentreAuthority,
    certificates_in,
    notary_of,
)
from desktop.keys.certificates import read_certificate, read_trust
from desktop.sources import SystemClock
from desktop.words import Words

CONF, HBA = "postgresql.loket.conf", "pg_hba.loket.conf"

_CONF = f"""# For the centre's server; include it from postgresql.conf.
ssl = on
ssl_ca_file = '{CA}'
ssl_cert_file = '{SERVER}'
ssl_key_file = '{SERVER_KEY}'
ssl_crl_file = '{CRL}'
ssl_min_protocol_version = 'TLSv1.2'
password_encryption = 'scram-sha-256'
# People's data stand in statements and parameters: none of it goes to the log.
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_connections = on
"""
_HBA = """# Counters by certificate; a counter that joins by its one-time code; all over TLS.
hostssl    {database}  +loket_counter  all  cert
hostssl    {database}  +loket_enrol    all  scram-sha-256
hostssl    {database}  +loket_portal   all  scram-sha-256
hostssl    {database}  +loket_courier  all  scram-sha-256
hostssl    {database}  +loket_notary   all  scram-sha-256
hostssl    {database}  +loket_admin    all  scram-sha-256
hostnossl  all         all             all  reject
"""


def run(args: argparse.Namespace, words: Words) -> int:
    """Do what the arguments say; the exit code."""
    does: dict[str, Callable[[argparse.Namespace, Words], int]] = {
        "init": _init, "upgrade": _upgrade, "status": _status, "backup": _backup,
        "restore": _restore, "notarise": _notarise, "verify": _verify,
    }  # fmt: skip
    return does[args.verb](args, words)


def _init(args: argparse.Namespace, words: Words) -> int:
    now, folder = SystemClock().now(), Path(args.authority)
    realm = Realm(args.realm)
    with connect(args.dsn) as conn:
        database = conn.info.dbname
    if (folder / MAIN).exists():  # made before, and then something failed: go on with it
        opened = CentreAuthority.open(folder, secret(words("centre.passphrase")))
        if opened.realm is not realm:
            raise AuthorityExists(str(folder))
    else:
        passphrase = secret(words("centre.passphrase_new"))
        CentreAuthority.create(folder, realm, passphrase, args.host, now)
    (folder / CONF).write_text(_CONF, encoding="ascii")
    (folder / HBA).write_text(_HBA.format(database=database), encoding="utf-8")
    version = prepare(args.dsn, realm)
    with connect(args.dsn) as conn:
        for certificate in (
            *certificates_in(folder, TRUST),
            *certificates_in(folder, CERTIFICATES),
        ):
            publish(conn, certificate)
    print(words("centre.made", realm=realm.value, version=version, path=str(folder)))
    print(words("centre.made_next", conf=CONF, hba=HBA))
    return DONE


def _upgrade(args: argparse.Namespace, words: Words) -> int:
    with connect(args.dsn) as conn:
        realm = Realm(status(conn).realm)
    print(words("centre.upgraded", version=prepare(args.dsn, realm)))
    return DONE


def _status(args: argparse.Namespace, words: Words) -> int:
    with connect(args.dsn) as conn:
        found = status(conn)
    print(
        words(
            "centre.status", realm=found.realm, megabytes=found.database_bytes // 2**20,
            entries=found.entries, waiting=found.waiting, incidents=found.incidents,
            refused=found.refused, unclaimed=found.unclaimed,
        )
    )  # fmt: skip
    for one in found.counters:
        seen = (
            "-"
            if one.last_seen is None
            else f"{words.date(one.last_seen.date())} {words.time(one.last_seen)}"
        )
        print(
            words(
                "centre.counter", counter=one.counter, state=words(f"centre.state_{one.state}"),
                epoch=one.epoch, seq=one.seq, verified=one.verified, parked=one.parked, seen=seen,
            )
        )  # fmt: skip
        if one.broken:
            print(words("centre.broken", counter=one.counter))
    return BROKEN if any(one.broken for one in found.counters) else DONE


def _backup(args: argparse.Namespace, words: Words) -> int:
    made = backup(args.dsn, args.file)
    print(
        words(
            "centre.backed_up", path=made.path, megabytes=round(made.bytes / 2**20, 1),
            tables=made.tables, rows=made.rows, entries=made.entries,
        )
    )  # fmt: skip
    return DONE


def _restore(args: argparse.Namespace, words: Words) -> int:
    print(words("centre.restored", counters=restore(args.dsn, args.file)))
    return DONE


def _notarise(args: argparse.Namespace, words: Words) -> int:
    folder = Path(args.authority)
    roots = certificates_in(folder, TRUST)
    with connect(args.dsn) as conn:
        notary = Notary(conn, notary_of(folder), roots[0].realm, roots)
        report = notary.run(SystemClock().now())
    print(
        words(
            "centre.notarised", verified=report.verified, anchored=report.anchored,
            unvouched=report.unvouched,
        )
    )  # fmt: skip
    if report.revoked:
        print(words("centre.notary_revoked", approvals=report.revoked))
    if report.refusals or report.reasons:
        print(words("centre.let_go", refusals=report.refusals, reasons=report.reasons))
    for counter in sorted(report.unknown):
        print(words("centre.notary_unknown", counter=counter))
    for counter, seq, fault in report.broken:
        print(words("centre.notary_broken", counter=counter, seq=seq, fault=fault))
    return BROKEN if report.broken else DONE


def _verify(args: argparse.Namespace, words: Words) -> int:
    roots = None if args.trust is None else read_trust(args.trust)
    sound = True
    with connect(args.dsn) as conn:
        realm = Realm(status(conn).realm)
        known = [read_certificate(text) for text in certificates(conn)]
        trust = trust_of(realm, known, roots)
        for counter in [args.counter] if args.counter else counters_with_journals(conn):
            verdict = check_centre(conn, counter, realm.value, trust.key_of)
            tell_verdict(verdict, vouched=roots is not None, words=words)
            applied, parked = tally(conn, counter)
            print(words("centre.tally", applied=applied, parked=parked))
            sound = sound and verdict.sound
    return DONE if sound else BROKEN
