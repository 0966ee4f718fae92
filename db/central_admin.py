"""What administrators do to the centre: its schema, its rules, who may speak to it.

Functions take an open psycopg connection (autocommit or not) of a superuser or of the database's
owner; each is one transaction. Rules arrive as plain rows: what they mean is the program's
business, and `db` knows no domain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

CENTRAL = Path(__file__).parent / "migrations" / "central"

RULE_TABLES: dict[str, tuple[str, ...]] = {
    "kinds": ("kind", "fact", "workflow", "start"),
    "workflow_steps": (
        "table_name", "state", "action", "next", "roles", "not_maker", "two_officers",
        "channels", "services", "custodian_only",
    ),
    "workflow_actions": ("table_name", "act", "action"),
    "unique_keys": ("name", "kind", "fields", "owner_field", "reason"),
    "special_acts": ("act", "effect"),
    "words": ("name", "word"),
}  # fmt: skip

Connection = psycopg.Connection[Any]


def login_of(counter: str) -> str:
    """The role under which a counter logs in."""
    return f"c_{counter.lower().replace('-', '_')}"


def upgrade(dsn: str, realm: str, to: str = "head") -> None:
    """Make or bring forward the schema; `realm` is fixed at the first time.

    Raises ValueError where the database belongs to the other realm.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    settings = Config()
    settings.set_main_option("script_location", str(CENTRAL).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool
    )
    with engine.begin() as connection:
        text = (CENTRAL / "sql" / "roles.sql").read_text("utf-8")
        connection.exec_driver_sql(text, execution_options={"no_parameters": True})
        connection.exec_driver_sql("SET LOCAL ROLE loket_owner")
        settings.attributes["connection"] = connection
        command.upgrade(settings, to)
    engine.dispose()
    with psycopg.connect(dsn) as plain:
        secure_database(plain)
        plain.execute(
            "INSERT INTO centre.meta (key, value) VALUES ('realm', %s) ON CONFLICT DO NOTHING",
            [realm],
        )
        found = plain.execute("SELECT value FROM centre.meta WHERE key = 'realm'").fetchone()
        if found is None or found[0] != realm:
            raise ValueError("the centre belongs to another realm")


def secure_database(connection: Connection) -> None:
    """What stands with the database and not in it: who may connect at all."""
    name = sql.Identifier(connection.info.dbname)
    with connection.transaction():
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(
            sql.SQL(
                "GRANT CONNECT ON DATABASE {} TO loket_counter, loket_portal, loket_notary,"
                " loket_enrol, loket_courier, loket_admin"
            ).format(name)
        )


def load_rules(
    connection: Connection, rules: Mapping[str, Sequence[Mapping[str, Any]]], version: str
) -> None:
    """Put the program's tables in the place of those that stand; `version` names them."""
    with connection.transaction():
        for table, columns in RULE_TABLES.items():
            target = sql.Identifier("centre", table)
            connection.execute(sql.SQL("DELETE FROM {}").format(target))
            names = [*columns, *(("rules_version",) if table == "workflow_steps" else ())]
            text = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                target,
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join([sql.Placeholder()] * len(names)),
            )
            rows = [
                [
                    *(row.get(column) for column in columns),
                    *([version] if len(names) > len(columns) else []),
                ]
                for row in rules[table]
            ]
            with connection.cursor() as cursor:
                cursor.executemany(text, rows)


def put_office(
    connection: Connection, office: str, name: str, *, zone: str = "Asia/Jakarta", row: Any = None
) -> None:
    """An office and the head of its feed."""
    with connection.transaction():
        connection.execute(
            "SELECT centre.put_office(%s, %s, %s, %s)", [office, name, zone, json.dumps(row or {})]
        )


def enrol_counter(
    connection: Connection, counter: str, office: str, *, public_key: str = ""
) -> str:
    """A counter and its login, which its client certificate must name; gives the login.

    One that was revoked is active again, with its old chain.
    """
    with connection.transaction():
        login = let_in(connection, counter)
        connection.execute(
            "INSERT INTO centre.counters (id, office, login, public_key) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET state = 'active', public_key = excluded.public_key",
            [counter, office, login, public_key],
        )
    return login


def let_in(connection: Connection, counter: str) -> str:
    """The counter's login role, which may log in and call what counters may; gives its name."""
    login = login_of(counter)
    role = sql.Identifier(login)
    with connection.transaction():
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [login]).fetchone()
        word = (
            f"{'CREATE' if known is None else 'ALTER'} ROLE {{}} LOGIN INHERIT CONNECTION LIMIT 8"
        )
        connection.execute(sql.SQL(word).format(role))
        connection.execute(sql.SQL("GRANT loket_counter TO {}").format(role))
        # A session that falls asleep between two statements mustn't hold its office's head.
        asleep = "ALTER ROLE {} SET idle_in_transaction_session_timeout = '15s'"
        connection.execute(sql.SQL(asleep).format(role))
    return login


def revoke_counter(connection: Connection, counter: str) -> None:
    """From now on the counter is nobody here: no login, no open session, no answer."""
    login = login_of(counter)
    with connection.transaction():
        connection.execute("UPDATE centre.counters SET state = 'revoked' WHERE id = %s", [counter])
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(login)))
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login]
    )
    if not connection.autocommit:
        connection.commit()


def put_officer(
    connection: Connection,
    nrp: str,
    name: str,
    *,
    rank: str = "",
    roles: Iterable[str],
    offices: Sequence[str] | None,
    active: bool = True,
    delegate_roles: Iterable[str] = (),
    delegate_until: str | None = None,
) -> None:
    """An officer with roles and offices (None: every one); told to those offices.

    Whoever stands in for them by their own word goes on where they still hold the role.
    """
    fields = [
        nrp,
        name,
        rank,
        sorted(roles),
        offices,
        active,
        sorted(delegate_roles),
        delegate_until,
    ]
    with connection.transaction():
        found = connection.execute(
            "INSERT INTO centre.officers AS o (nrp, name, rank, roles, offices, active,"
            " delegate_roles, delegate_until) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (nrp) DO UPDATE SET name = excluded.name, rank = excluded.rank,"
            " roles = excluded.roles, offices = excluded.offices, active = excluded.active,"
            " delegate_roles = excluded.delegate_roles, delegate_until = excluded.delegate_until,"
            " version = o.version + 1 RETURNING to_jsonb(o)",
            fields,
        ).fetchone()
        assert found is not None
        for office in offices if offices is not None else ["*"]:
            tell(connection, office, "officer", nrp, {"officer": found[0]})
        connection.execute("SELECT centre.stand_ins_after(%s)", [nrp])


def tell_officer(connection: Connection, nrp: str, counter: str, code: Mapping[str, Any]) -> bool:
    """Tell one counter of an officer, with what it needs to let them in first; False where either
    isn't known."""
    with connection.transaction():
        found = connection.execute(
            "SELECT to_jsonb(o), c.office, centre.stand_ins_of(o.nrp, c.office)"
            " FROM centre.officers o, centre.counters c"
            " WHERE o.nrp = %s AND o.active AND c.id = %s AND c.state = 'active'"
            " AND (o.offices IS NULL OR c.office = ANY (o.offices))",
            [nrp, counter],
        ).fetchone()
        if found is None:
            return False
        body = {"officer": {**found[0], "code": dict(code)}, "stand_ins": found[2]}
        connection.execute(
            "INSERT INTO centre.officers_told (office, nrp) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [found[1], nrp],
        )
        connection.execute(
            "SELECT centre.tell(%s, 'officer', 'centre', %s, NULL, %s, %s)",
            [found[1], counter, nrp, json.dumps(body)],
        )
    return True


def tell(connection: Connection, office: str, kind: str, key: str, body: Mapping[str, Any]) -> None:
    """An item for an office's feed, or for the country's ('*')."""
    with connection.transaction():
        connection.execute(
            "SELECT centre.tell(%s, %s, 'centre', NULL, NULL, %s, %s)",
            [office, kind, key, json.dumps(dict(body))],
        )


def put_hold(connection: Connection, hold: Mapping[str, Any], *, binding: bool) -> None:
    """A hold (binding) or a notice; every office is told. `hold` has id, nik, kind, active, …"""
    with connection.transaction():
        found = connection.execute(
            "INSERT INTO centre.holds AS h (id, nik, kind, binding, active, row)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET"
            " active = excluded.active, row = excluded.row, version = h.version + 1"
            " RETURNING h.version",
            [
                hold["id"],
                hold["nik"],
                hold["kind"],
                binding,
                hold["active"],
                json.dumps(dict(hold)),
            ],
        ).fetchone()
        assert found is not None
        body = {"row": {**hold, "version": found[0]}}
        tell(connection, "*", "hold" if binding else "notice", str(hold["id"]), body)


def put_revocation(
    connection: Connection, kind: str, key: str, since: str, reason: str = "", order: str = ""
) -> bool:
    """A key, document signer, licence or card that counts no more, from a moment on, by order.

    A licence is entered as revoked in its office's books in the same moment; the answer says
    whether one stood there in force.
    """
    with connection.transaction():
        connection.execute(
            "INSERT INTO centre.revocations (kind, id, since, reason, by_order)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [kind, key, since, reason, order],
        )
        ended = kind == "licence" and _revoke_licence(connection, key)
        body = {"kind": kind, "id": key, "from": since, "reason": reason, "order": order}
        tell(connection, "*", "revocation", key, body)
    return ended


def _revoke_licence(connection: Connection, key: str) -> bool:
    row = connection.execute("SELECT centre.revoke_licence(%s)", [key]).fetchone()
    return row is not None and bool(row[0])


def licences_named(connection: Connection, name: str) -> list[str]:
    """Ids of licences in force with this id, this number on the card, or this blank."""
    rows = connection.execute(
        "SELECT l.id FROM centre.licences l"
        " WHERE l.id = lower(%(name)s) OR (l.row ->> 'status' IN ('valid', 'flagged')"
        " AND (l.row ->> 'sim_number' = %(name)s OR l.row ->> 'blank_serial' = upper(%(name)s)))"
        " ORDER BY l.id",
        {"name": name},
    ).fetchall()
    return [str(row[0]) for row in rows]


def put_rules(
    connection: Connection,
    name: str,
    version: str,
    valid_from: str,
    toml: str,
    *,
    area: str = "",
    signature: str | None = None,
) -> None:
    """A rule file with its date; every counter is told."""
    with connection.transaction():
        connection.execute(
            "INSERT INTO centre.rules (name, version, valid_from, area, toml, signature)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [name, version, valid_from, area, toml, signature],
        )
        body = {
            "name": name, "version": version, "valid_from": valid_from, "area": area,
            "text": toml, "signature": signature,
        }  # fmt: skip
        tell(connection, "*", "rules", name, body)


def put_consignment(connection: Connection, consignment: Mapping[str, Any]) -> None:
    """Stock on its way to an office: `id`, `office`, `lot`, and `first`/`last` or `serials`."""
    with connection.transaction():
        connection.execute(
            "INSERT INTO centre.consignments (id, office, lot, row) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                consignment["id"],
                consignment["office"],
                consignment["lot"],
                json.dumps(dict(consignment)),
            ],
        )
        told = {"consignment": dict(consignment)}
        tell(connection, str(consignment["office"]), "consignment", str(consignment["id"]), told)


def put_courier_event(connection: Connection, event: Mapping[str, Any]) -> str | None:
    """What a courier says of a waybill (`awb`, `event`, `at`, …); gives the office told, or None
    where no office knows the waybill. The same event again changes nothing.
    """
    with connection.transaction():
        owner = connection.execute(
            "SELECT office FROM centre.taken_keys WHERE name = 'waybill' AND value = %s",
            [event["awb"]],
        ).fetchone()
        office = None if owner is None else str(owner[0])
        new = connection.execute(
            "INSERT INTO centre.courier_events (awb, event, at, row, office)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
            [event["awb"], event["event"], event["at"], json.dumps(dict(event)), office],
        ).fetchone()
        if new is not None and office is not None:
            tell(connection, office, "courier", str(event["awb"]), {"courier": dict(event)})
    return office


def put_certificate(
    connection: Connection, *, key_id: str, role: str, subject: str, body: str
) -> None:
    """A public key's certificate, for the notary and for every counter."""
    with connection.transaction():
        new = connection.execute(
            "INSERT INTO centre.certificates (key_id, role, subject, body) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING key_id",
            [key_id, role, subject, body],
        ).fetchone()
        if new is not None:
            tell(connection, "*", "certificate", key_id, {"certificate": json.loads(body)})
