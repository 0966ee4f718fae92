-- What stands against a window of changes. Each rule is one function over the same changes and
-- gives the entries (`n`) that may not land as they are, the thing concerned, the reason and the
-- facts. An earlier rule's word goes first. Nothing here writes.
--
-- They are plpgsql because its plans are kept for the session; a function in SQL is planned anew at
-- each call, which costs more than these look-ups. Each look-up stands in a LATERAL of its own with
-- OFFSET 0: a plan that was made while a table was small mustn't read it whole when it has grown.

CREATE TYPE centre.verdict AS (n integer, rank integer, kind text, id text, reason text, detail jsonb);

-- Everything that stands against a window. Facts are judged without their officer (`as_facts`):
-- what happened, happened.
CREATE FUNCTION centre.judge(me text, my_office text, changes centre.change[], as_facts boolean)
RETURNS SETOF centre.verdict LANGUAGE plpgsql STABLE AS $$
DECLARE
    told text[] := centre.kinds_in(changes);
BEGIN
    RETURN QUERY SELECT * FROM centre.judge_waiting(my_office, changes);
    RETURN QUERY SELECT * FROM centre.judge_versions(changes);
    IF centre.wants_keys(changes) THEN
        RETURN QUERY SELECT * FROM centre.judge_keys(changes);
    END IF;
    IF 'applications' = ANY (told) THEN
        RETURN QUERY SELECT * FROM centre.judge_claims(me, changes);
    END IF;
    RETURN QUERY SELECT * FROM centre.judge_steps(me, my_office, changes, as_facts);
    IF 'movements' = ANY (told) THEN
        RETURN QUERY SELECT * FROM centre.judge_movements(me, changes, as_facts);
    END IF;
    IF told && '{blanks,movements}' THEN
        RETURN QUERY SELECT * FROM centre.judge_blanks(my_office, changes);
    END IF;
    IF 'licences' = ANY (told) THEN
        RETURN QUERY SELECT * FROM centre.judge_slots(my_office, changes);
    END IF;
END
$$;

-- The kinds that a window changes. Rules about others aren't even called: a session's first call of
-- each costs more (reading and planning it) than all that it then finds, and a counter that comes
-- back with five records has a new session. A large window is taken to change everything: looking
-- through it costs more than it saves.
CREATE FUNCTION centre.kinds_in(changes centre.change[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF pg_catalog.cardinality(changes) > 60 THEN
        RETURN '{applications,blanks,licences,movements}';
    END IF;
    RETURN ARRAY(SELECT DISTINCT c.kind FROM pg_catalog.unnest(changes) c);
END
$$;

CREATE FUNCTION centre.wants_keys(changes centre.change[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF pg_catalog.cardinality(changes) > 60 THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM centre.wanted_keys(changes));
END
$$;

-- Rule 1: the officer is known, active, and has a role here.
CREATE FUNCTION centre.judge_officers(entries centre.sent[]) RETURNS SETOF centre.verdict
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT e.n, 1, NULL::text, NULL::text, 'officer', pg_catalog.jsonb_build_object('officer', e.officer)
    FROM pg_catalog.unnest(entries) e
    WHERE coalesce(pg_catalog.cardinality(e.roles), 0) = 0;
END
$$;

-- Rule 2: nothing that the entry changes waits for a supervisor already.
CREATE FUNCTION centre.judge_waiting(my_office text, changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT c.n, 2, c.kind, c.id, 'depends_on',
           pg_catalog.jsonb_build_object('entry_id', w.entry_id, 'kind', c.kind, 'id', c.id)
    FROM pg_catalog.unnest(changes) c
    CROSS JOIN LATERAL (SELECT p.entry_id FROM centre.parked_on p
                        WHERE p.office = my_office AND p.kind = c.kind AND p.id = c.id
                          AND p.resolved_by IS NULL LIMIT 1) w;
END
$$;

-- Rule 3: the counter knew the thing as it stands at the centre. A licence that the centre knows is a
-- fact whatever version its counter knew: it is settled alone (rule 8).
CREATE FUNCTION centre.judge_versions(changes centre.change[]) RETURNS SETOF centre.verdict
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT c.n, CASE WHEN k.known THEN 8 ELSE 3 END, c.kind, c.id,
           CASE WHEN k.known THEN 'slot' ELSE 'stale' END,
           pg_catalog.jsonb_build_object('kind', c.kind, 'id', c.id, 'centre', c.stored, 'told', c.version)
    FROM pg_catalog.unnest(changes) c
    CROSS JOIN LATERAL (SELECT c.kind = 'licences' AND (c.stored IS NOT NULL OR EXISTS (
        SELECT FROM centre.licence_slots s WHERE s.licence_id = c.id)) AS known OFFSET 0) k
    WHERE c.version <> c.expected;
END
$$;

-- Rule 4: what may be used once in the country isn't used by somebody else.
CREATE FUNCTION centre.judge_keys(changes centre.change[]) RETURNS SETOF centre.verdict
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH wanted AS MATERIALIZED (
        SELECT w.*, pg_catalog.first_value(w.owner) OVER same AS first_owner,
               pg_catalog.first_value(w.id) OVER same AS first_id
        FROM centre.wanted_keys(changes) w
        WINDOW same AS (PARTITION BY w.name, w.value ORDER BY w.n)
    )
    SELECT w.n, 4, w.kind, w.id, w.reason, pg_catalog.jsonb_build_object(
               'key', w.name, 'value', w.value, 'kind', w.kind, 'id', w.id,
               'first', pg_catalog.jsonb_build_object(
                   'office', t.office, 'owner', coalesce(t.owner, w.first_owner), 'id', coalesce(t.id, w.first_id)))
    FROM wanted w
    LEFT JOIN LATERAL (SELECT * FROM centre.taken_keys k
                       WHERE k.name = w.name AND k.value = w.value OFFSET 0) t ON true
    WHERE coalesce(t.owner, w.first_owner) <> w.owner;
END
$$;

-- The national keys that the changes want, as (name, value) with the owner who may name it again.
CREATE FUNCTION centre.wanted_keys(changes centre.change[])
RETURNS TABLE (n integer, name text, value text, owner text, kind text, id text, reason text, entry_id text)
LANGUAGE sql STABLE AS $$
    SELECT c.n, k.name, pg_catalog.concat_ws('|', c.set ->> k.fields[1], c.set ->> k.fields[2]),
           coalesce(c.set ->> k.owner_field, c.id), c.kind, c.id, k.reason, c.entry_id
    FROM pg_catalog.unnest(changes) c
    JOIN centre.unique_keys k ON k.kind = c.kind
    WHERE c.set ->> k.fields[1] <> '' AND coalesce(c.set ->> k.fields[2] <> '', k.fields[2] IS NULL)
$$;

-- Rule 5: only who holds the case changes it, and under the lease it holds now.
CREATE FUNCTION centre.judge_claims(me text, changes centre.change[]) RETURNS SETOF centre.verdict
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT c.n, 5, c.kind, c.id,
           CASE WHEN l.counter = me OR c.fence < l.fence THEN 'fenced' ELSE 'claimed' END,
           pg_catalog.jsonb_build_object('application', l.application, 'counter', l.counter,
                                         'fence', l.fence, 'until', l.until, 'released', l.released)
    FROM pg_catalog.unnest(changes) c
    CROSS JOIN LATERAL (SELECT * FROM centre.claims i WHERE i.application = c.id OFFSET 0) l
    WHERE c.kind = 'applications'
      AND NOT centre.lease_holds(l.counter, l.fence, l.released, me, c.fence, c.officer);
END
$$;

-- Without a fencing number an entry is taken only from a holder who never lost the case.
CREATE FUNCTION centre.lease_holds(holder text, holders_fence bigint, released boolean,
                                   me text, fence bigint, officer text)
RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN released THEN officer IS NULL
    ELSE holder = me AND coalesce(fence, 1) = holders_fence END;

-- Rule 6: states move along the workflow tables only.
CREATE FUNCTION centre.judge_steps(me text, my_office text, changes centre.change[], as_facts boolean)
RETURNS SETOF centre.verdict LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT s.n, 6, s.kind, s.id, 'workflow', pg_catalog.jsonb_build_object(
               'kind', s.kind, 'id', s.id, 'from', s.state, 'to', s.next, 'act', s.act)
    FROM centre.case_steps(changes) s
    WHERE NOT centre.step_allowed(s.workflow, s.state, s.next, s.action, s.facts,
                                  CASE WHEN as_facts THEN '{*}' ELSE s.roles END, s.officer, s.approvers, me)
       OR centre.vouched_for_itself(my_office, s.workflow, s.state, s.action, s.id, s.officer, s.n, changes);
END
$$;

CREATE FUNCTION centre.judge_movements(me text, changes centre.change[], as_facts boolean)
RETURNS SETOF centre.verdict LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT m.n, 6, 'blanks'::text, m.set ->> 'serial', 'workflow', pg_catalog.jsonb_build_object(
               'kind', 'blanks', 'id', m.set ->> 'serial', 'serial', m.set ->> 'serial',
               'from', m.set ->> 'before', 'to', m.set ->> 'after', 'act', m.set ->> 'action')
    FROM pg_catalog.unnest(changes) m
    WHERE m.kind = 'movements' AND m.set ->> 'before' IS NOT NULL
      AND NOT centre.step_allowed('blank', m.set ->> 'before', m.set ->> 'after', m.set ->> 'action',
                                  pg_catalog.jsonb_build_object('custodian', m.set -> 'custodian'),
                                  CASE WHEN as_facts THEN '{*}' ELSE m.roles END, m.officer, m.approvers, me);
END
$$;

-- Whether an officer takes a step that is closed to the case's makers, and has vouched for a piece
-- of its evidence by their own word.
CREATE FUNCTION centre.vouched_for_itself(my_office text, workflow text, from_state text, act text, case_id text,
                                          officer text, place integer, changes centre.change[])
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN officer IS NOT NULL AND EXISTS (
        SELECT FROM centre.workflow_steps s
        WHERE s.table_name = workflow AND s.state = from_state AND s.action = act AND s.not_maker)
    AND EXISTS (
        SELECT FROM (
            SELECT e.row FROM centre.evidence e
            WHERE e.office = my_office AND e.row ->> 'application_id' = case_id
            UNION ALL
            SELECT c.after FROM pg_catalog.unnest(changes) c
            WHERE c.kind = 'evidence' AND c.n <= place AND c.last AND c.after ->> 'application_id' = case_id) v(piece)
        JOIN centre.words w ON w.name = 'own_word' AND w.word = v.piece ->> 'source'
        WHERE v.piece ->> 'recorded_by' = officer);
END
$$;

-- The steps that cases take. A case makes one step in an entry: from where it stood before the
-- entry (a new one: from the beginning) to where it stands after.
CREATE FUNCTION centre.case_steps(changes centre.change[])
RETURNS TABLE (n integer, kind text, id text, workflow text, act text, action text, officer text,
               roles text[], approvers text[], state text, next text, facts jsonb)
LANGUAGE sql STABLE AS $$
    SELECT s.n, s.kind, s.id, s.workflow, s.act, s.action, s.officer, s.roles, s.approvers, s.state, s.next, s.facts
    FROM (
        SELECT c.n, c.kind, c.id, c.workflow, c.act, a.action, c.officer, c.roles, c.approvers, c.subject, c.start,
               pg_catalog.first_value(coalesce(c.before ->> 'state', c.start)) OVER entry AS state,
               c.after ->> 'state' AS next,
               CASE WHEN c.before = '{}' THEN c.after ELSE c.before END AS facts,
               pg_catalog.lead(1) OVER entry IS NULL AS final
        FROM pg_catalog.unnest(changes) c
        LEFT JOIN centre.workflow_actions a ON a.table_name = c.workflow AND a.act = c.act
        WHERE c.workflow <> 'blank'
        WINDOW entry AS (PARTITION BY c.n, c.kind, c.id ORDER BY c.ord)
    ) s
    -- An act of the table names its step even where the state stays the same.
    WHERE s.final AND (s.state IS DISTINCT FROM s.next OR (s.action IS NOT NULL AND s.subject = s.id))
$$;

-- Whether a table has such a step for this service and channel, and whether this officer may take
-- it. The walker of the program (desktop/domain/walker.py) says the same; a test compares them.
CREATE FUNCTION centre.step_allowed(workflow text, from_state text, to_state text, act text,
                                    facts jsonb, roles text[], officer text, approvers text[], me text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM centre.workflow_steps s
        WHERE s.table_name = workflow AND s.state = from_state
          AND (s.action = act OR (act IS NULL AND workflow NOT IN ('application', 'blank')))
          AND coalesce(s.next, facts ->> 'held_from') = to_state
          AND (s.services IS NULL OR facts ->> 'service' IS NULL OR facts ->> 'service' = ANY (s.services))
          AND (s.channels IS NULL OR facts ->> 'channel' IS NULL OR facts ->> 'channel' = ANY (s.channels))
          AND (step_allowed.roles = '{*}' OR s.roles && step_allowed.roles)
          AND NOT (s.not_maker AND officer IS NOT NULL
                   AND (facts ->> 'maker' = officer OR coalesce(facts -> 'makers' ? officer, false)))
          AND NOT (s.two_officers AND step_allowed.roles <> '{*}' AND NOT EXISTS (
                   SELECT FROM pg_catalog.unnest(approvers) a WHERE a <> coalesce(officer, '')))
          AND NOT (s.custodian_only AND facts ->> 'custodian' <> me
                   AND EXISTS (SELECT FROM centre.counters k WHERE k.id = facts ->> 'custodian')));
END
$$;

-- Rule 7: a blank has one custodian in the country; each change of its state is one movement, and
-- movements are numbered without gaps.
CREATE FUNCTION centre.judge_blanks(my_office text, changes centre.change[]) RETURNS SETOF centre.verdict
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT c.n, 7, c.kind, c.id, 'blank_conflict', pg_catalog.jsonb_build_object(
               'serial', c.id, 'office', s.office, 'custodian', s.custodian, 'state', s.state,
               'movement', s.movement)
    FROM pg_catalog.unnest(changes) c
    LEFT JOIN LATERAL (SELECT * FROM centre.serials i WHERE i.serial = c.id OFFSET 0) s ON true
    WHERE c.kind = 'blanks'
      AND ((s.office <> my_office
            AND NOT EXISTS (SELECT FROM centre.words w WHERE w.name = 'blank_left' AND w.word = s.state))
        OR (c.version > 0 AND c.set ? 'state'
            AND (c.after ->> 'movement')::integer <> (c.before ->> 'movement')::integer + 1)
        OR (c.version = 0 AND c.set ->> 'state' IS DISTINCT FROM c.start));
    RETURN QUERY
    SELECT d.n, 7, 'blanks'::text, d.serial, 'blank_conflict', pg_catalog.jsonb_build_object('serial', d.serial)
    FROM centre.unmatched_movements(changes) d;
END
$$;

-- Serials of which blank and movements don't tell the same.
CREATE FUNCTION centre.unmatched_movements(changes centre.change[]) RETURNS TABLE (n integer, serial text)
LANGUAGE sql STABLE AS $$
    WITH told AS MATERIALIZED (
        SELECT * FROM pg_catalog.unnest(changes) c WHERE c.kind IN ('blanks', 'movements')
    ), ledger AS MATERIALIZED (
        SELECT m.n, m.set ->> 'serial' AS serial, m.set ->> 'number' AS number,
               coalesce(m.set ->> 'before', '') AS was, m.set ->> 'after' AS becomes, m.set ->> 'custodian' AS custodian
        FROM told m WHERE m.kind = 'movements'
    ), moved AS MATERIALIZED (
        SELECT b.n, b.id AS serial, b.after ->> 'movement' AS number,
               coalesce(b.before ->> 'state', '') AS was, b.after ->> 'state' AS becomes,
               b.after ->> 'custodian' AS custodian
        FROM told b WHERE b.kind = 'blanks' AND (b.version = 0 OR b.set ? 'state' OR b.set ? 'movement')
    )
    SELECT d.n, d.serial FROM (SELECT * FROM ledger EXCEPT SELECT * FROM moved) d
    UNION
    SELECT d.n, d.serial FROM (SELECT * FROM moved EXCEPT SELECT * FROM ledger) d
$$;

-- Rule 8: at most one valid licence for a person and class. What isn't the plain case (an empty
-- slot, or the holder of the slot ended by the very act) is looked at alone: see licences.sql.
CREATE FUNCTION centre.judge_slots(my_office text, changes centre.change[]) RETURNS SETOF centre.verdict
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.unnest(changes) c WHERE c.kind = 'licences') THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT c.n, c.id, c.version, c.after ->> 'status' AS becomes, c.before ->> 'status' AS was,
               c.after -> 'superseded' AS superseded, c.after ->> 'licence_class' AS class, p.nik
        FROM pg_catalog.unnest(changes) c
        LEFT JOIN centre.niks(my_office, changes) p ON p.person = c.after ->> 'person_id'
        WHERE c.kind = 'licences' AND c.set ? 'status'
    ), fresh AS MATERIALIZED (
        SELECT t.*, pg_catalog.count(*) OVER (PARTITION BY t.nik, t.class) AS rivals, s.licence_id AS holder
        FROM told t
        LEFT JOIN LATERAL (SELECT * FROM centre.licence_slots i
                           WHERE i.nik = t.nik AND i.licence_class = t.class OFFSET 0) s ON true
        WHERE t.version = 0 AND t.becomes = 'valid'
    )
    SELECT t.n, 8, 'licences'::text, t.id, 'slot', '{}'::jsonb
    FROM told t
    LEFT JOIN fresh f ON f.n = t.n AND f.nik = t.nik AND f.class = t.class
    WHERE NOT coalesce(CASE
        WHEN t.becomes = 'valid' THEN
            t.version = 0 AND f.rivals = 1 AND (f.holder IS NULL OR f.superseded ? f.holder)
            -- Those it ended end in this very entry, here.
            AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_object_keys(t.superseded) k(id)
                            WHERE NOT EXISTS (SELECT FROM told o WHERE o.id = k.id AND o.n = t.n
                                              AND o.becomes = 'superseded' AND o.class = t.class))
        WHEN t.becomes = 'superseded' AND t.version > 0 THEN f.superseded ? t.id
        WHEN t.becomes = 'flagged' AND t.was = 'valid' THEN true
        ELSE t.version = 0 END, false);
END
$$;

-- The NIK of each person whose licence a window changes, from the same window or as it stands at
-- the office.
CREATE FUNCTION centre.niks(my_office text, changes centre.change[]) RETURNS TABLE (person text, nik text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (c.id) c.id, c.set ->> 'nik' AS nik FROM pg_catalog.unnest(changes) c
        WHERE c.kind = 'persons' AND c.set ? 'nik' ORDER BY c.id, c.n DESC, c.ord DESC
    )
    SELECT l.id, coalesce(t.nik, p.row ->> 'nik')
    FROM (SELECT DISTINCT c.after ->> 'person_id' AS id FROM pg_catalog.unnest(changes) c
          WHERE c.kind = 'licences') l
    LEFT JOIN told t ON t.id = l.id
    LEFT JOIN LATERAL (SELECT i.row FROM centre.persons i
                       WHERE i.office = my_office AND i.kind = 'persons' AND i.id = l.id OFFSET 0) p ON true;
END
$$;
