"""Four ways in which a centre like ours goes wrong quietly, put into a test's own database.

PLAIN_SEQUENCE   feed numbers from a sequence, in the order of the acts and not of the commits
NO_CHAIN         entries follow by their numbers alone
NO_FENCING       whoever once held a case may go on with it
BY_APPLICATION   each application's licence is unique for itself
"""

from __future__ import annotations

from typing import Any

import psycopg

PLAIN_SEQUENCE = "plain_sequence"
NO_CHAIN = "no_chain"
NO_FENCING = "no_fencing"
BY_APPLICATION = "by_application"

_BODIES = {
    PLAIN_SEQUENCE: {
        "next_numbers": """
        DECLARE first bigint;
        BEGIN
            first := nextval('centre.plain_numbers');
            FOR i IN 2 .. count LOOP PERFORM nextval('centre.plain_numbers'); END LOOP;
            RETURN first;
        END
        """,
    },
    NO_CHAIN: {
        "follows": """
        BEGIN
            RETURN CASE WHEN s.seq > head_seq + 1 THEN 'gap' END;
        END
        """,
    },
    NO_FENCING: {
        "lease_holds": "BEGIN RETURN true; END",
        "land_claims": "BEGIN END",
    },
    BY_APPLICATION: {
        "niks": """
        BEGIN
            RETURN QUERY SELECT c.after ->> 'person_id', pg_catalog.gen_random_uuid()::text
            FROM pg_catalog.unnest(changes) c WHERE c.kind = 'licences';
        END
        """,
    },
}
MUTANTS = tuple(_BODIES)


def mutate(connection: psycopg.Connection[Any], mutant: str) -> None:
    """Put one in; its functions keep their names, arguments and results."""
    if mutant == PLAIN_SEQUENCE:
        connection.execute("CREATE SEQUENCE centre.plain_numbers")
        connection.execute("GRANT USAGE ON SEQUENCE centre.plain_numbers TO PUBLIC")
    for name, body in _BODIES[mutant].items():
        [(arguments, result)] = connection.execute(
            "SELECT pg_get_function_arguments(oid), pg_get_function_result(oid) FROM pg_proc"
            " WHERE pronamespace = 'centre'::regnamespace AND proname = %s",
            (name,),
        ).fetchall()
        statement = (
            f"CREATE OR REPLACE FUNCTION centre.{name}({arguments}) RETURNS {result}"
            f" LANGUAGE plpgsql VOLATILE AS $mutant$ {body} $mutant$"
        )
        connection.execute(statement)  # type: ignore[arg-type]
