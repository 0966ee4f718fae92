"""One database for many tests: after each, every table is as it was before the first.

Copying the template costs a quarter of a second and dropping the copy a tenth, and most tests write
a few rows. So the copy is kept: what was written, changed or deleted in a table is seen by the
transaction that did it (`xmin`) and by the number of rows; such tables are emptied and filled again
from a copy of their own. A test that changed the schema itself is told by an event trigger, and the
database is made anew.
"""

from __future__ import annotations

import psycopg

from tests.central.rigs.postgres import PostgresRig

NAME = "centre_kept"

SETUP = """
CREATE SCHEMA reset;
REVOKE ALL ON SCHEMA reset FROM PUBLIC;
CREATE TABLE reset.tables (name text PRIMARY KEY, rows bigint NOT NULL);
CREATE TABLE reset.since (xid bigint NOT NULL);
CREATE TABLE reset.ddl (tag text NOT NULL);
GRANT USAGE ON SCHEMA reset TO loket_owner;
GRANT INSERT ON reset.ddl TO loket_owner;

CREATE FUNCTION reset.note() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reset.ddl VALUES (tg_tag);
END
$$;

-- Whether everything is as at first; false: the schema was changed.
CREATE FUNCTION reset.back() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    one record;
    changed boolean;
    dirty text[] := '{}';
BEGIN
    IF EXISTS (SELECT FROM reset.ddl) THEN
        RETURN false;
    END IF;
    FOR one IN SELECT * FROM reset.tables LOOP
        EXECUTE format(
            'SELECT count(*) <> %s OR coalesce(bool_or(xmin::text::bigint >= %s), false) FROM %s',
            one.rows, (SELECT xid FROM reset.since), one.name) INTO changed;
        IF changed THEN
            dirty := dirty || one.name;
        END IF;
    END LOOP;
    IF dirty && '{centre.offices,centre.counters}' THEN  -- one refers to the other
        dirty := dirty || '{centre.offices,centre.counters}'::text[];
    END IF;
    IF dirty <> '{}' THEN
        EXECUTE format('TRUNCATE %s RESTART IDENTITY',
                       array_to_string(ARRAY(SELECT DISTINCT unnest(dirty)), ', '));
        FOR one IN SELECT t.* FROM reset.tables t WHERE t.name = ANY (dirty) AND t.rows > 0
                   ORDER BY t.name DESC LOOP  -- offices before counters
            EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE SELECT * FROM reset.%I',
                           one.name, one.name);
        END LOOP;
    END IF;
    UPDATE reset.since SET xid = txid_current() + 1;
    RETURN true;
END
$$;

DO $$
DECLARE
    one text;
    kept bigint;
BEGIN
    FOR one IN SELECT c.oid::regclass::text
               FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
               WHERE c.relkind = 'r' AND s.nspname !~ '^(pg_|information_schema$|reset$)' LOOP
        EXECUTE format('CREATE TABLE reset.%I AS TABLE %s', one, one);
        GET DIAGNOSTICS kept = ROW_COUNT;
        INSERT INTO reset.tables VALUES (one, kept);
    END LOOP;
END
$$;
INSERT INTO reset.since SELECT txid_current() + 1;
REVOKE ALL ON FUNCTION reset.note, reset.back FROM PUBLIC;
CREATE EVENT TRIGGER reset_note ON ddl_command_end EXECUTE FUNCTION reset.note();
"""


def kept_database(server: PostgresRig, template: str) -> str:
    """The database's name: as the template is, whatever the test before did to it."""
    try:
        with psycopg.connect(server.dsn(NAME), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if admin.execute("SELECT reset.back()").fetchone() == (True,):
                return NAME
    except psycopg.OperationalError:
        pass  # not made yet, or a test dropped it
    server.drop_database(NAME)
    server.create_database(NAME, template)
    with psycopg.connect(server.dsn(NAME), autocommit=True) as admin:
        admin.execute(SETUP)  # type: ignore[arg-type]
    return NAME
