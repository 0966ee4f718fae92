-- What stands against a window of changes. Each rule is one function over the same changes and
-- gives the entries (`n`) that may not land as they are, the thing concerned, the reason and the
-- facts. An earlier rule's word goes first. Nothing here writes.

CREATE TYPE centre.verdict AS (n integer, rank integer, kind text, id text, reason text, detail jsonb);

-- The roles in which an officer acts on a day at an office; null: not an officer of this office.
CREATE FUNCTION centre.roles_of(nrp text, my_office text, day date) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN nrp IS NULL THEN '{program}'::text[] ELSE (
        SELECT CASE WHEN o.delegate_until >= day THEN o.roles || o.delegate_roles ELSE o.roles END
        FROM centre.officers o
        WHERE o.nrp = roles_of.nrp AND o.active
          AND (o.offices IS NULL OR my_office = ANY (o.offices))) END
$$;

-- Rule 1: the officer is known, active, and has a role here.
CREATE FUNCTION centre.judge_officers(my_office text, entries centre.sent[])
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    SELECT e.n, 1, NULL::text, NULL::text, 'officer', pg_catalog.jsonb_build_object('officer', e.officer)
    FROM (SELECT officer, day, pg_catalog.array_agg(n) AS places
          FROM pg_catalog.unnest(entries) GROUP BY officer, day) who
    CROSS JOIN LATERAL pg_catalog.unnest(who.places) AS e0(n)
    CROSS JOIN LATERAL (SELECT e0.n, who.officer) e
    WHERE who.officer IS NOT NULL
      AND coalesce(pg_catalog.cardinality(centre.roles_of(who.officer, my_office, who.day)), 0) = 0
$$;

-- Rule 2: nothing that the entry changes waits for a supervisor already.
CREATE FUNCTION centre.judge_waiting(my_office text, changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    SELECT c.n, 2, c.kind, c.id, 'depends_on',
           pg_catalog.jsonb_build_object('entry_id', w.entry_id, 'kind', c.kind, 'id', c.id)
    FROM pg_catalog.unnest(changes) c
    JOIN centre.parked_on w ON w.office = my_office AND w.kind = c.kind AND w.id = c.id
                           AND w.resolved_by IS NULL
$$;

-- Rule 3: the counter knew the thing as it stands at the centre.
CREATE FUNCTION centre.judge_versions(changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE sql IMMUTABLE AS $$
    -- A licence is a fact whatever version its counter knew: it is settled alone.
    SELECT c.n, CASE c.kind WHEN 'licences' THEN 8 ELSE 3 END, c.kind, c.id,
           CASE c.kind WHEN 'licences' THEN 'slot' ELSE 'stale' END,
           pg_catalog.jsonb_build_object('kind', c.kind, 'id', c.id, 'centre', c.stored, 'told', c.version)
    FROM pg_catalog.unnest(changes) c
    WHERE c.version <> c.expected OR (c.kind = 'movements' AND c.stored IS NOT NULL)
$$;

-- Rule 4: what may be used once in the country isn't used by somebody else.
CREATE FUNCTION centre.judge_keys(changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    WITH wanted AS (SELECT * FROM centre.wanted_keys(changes))
    SELECT w.n, 4, w.kind, w.id, w.reason, pg_catalog.jsonb_build_object(
               'key', w.name, 'value', w.value, 'kind', w.kind, 'id', w.id,
               'first', pg_catalog.jsonb_build_object('office', t.office, 'owner', t.owner, 'id', t.id))
    FROM wanted w
    JOIN centre.taken_keys t ON t.name = w.name AND t.value = w.value
    WHERE t.owner <> w.owner
    UNION ALL
    SELECT w.n, 4, w.kind, w.id, w.reason, pg_catalog.jsonb_build_object(
               'key', w.name, 'value', w.value, 'kind', w.kind, 'id', w.id,
               'first', pg_catalog.jsonb_build_object('owner', w.first_owner, 'id', w.first_id))
    FROM (SELECT *, pg_catalog.first_value(owner) OVER same AS first_owner,
                 pg_catalog.first_value(id) OVER same AS first_id
          FROM wanted WINDOW same AS (PARTITION BY name, value ORDER BY n)) w
    WHERE w.owner <> w.first_owner
$$;

-- The national keys that the changes want, as (name, value) with the owner who may name it again.
CREATE FUNCTION centre.wanted_keys(changes centre.change[])
RETURNS TABLE (n integer, name text, value text, owner text, kind text, id text, reason text, entry_id text)
LANGUAGE sql STABLE AS $$
    SELECT c.n, k.name, v.value, coalesce(c.set ->> k.owner_field, c.id), c.kind, c.id, k.reason, c.entry_id
    FROM pg_catalog.unnest(changes) c
    JOIN centre.unique_keys k ON k.kind = c.kind
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(c.set ->> f.field, '|' ORDER BY f.place) AS value,
               pg_catalog.bool_and(coalesce(c.set ->> f.field, '') <> '') AS whole
        FROM pg_catalog.unnest(k.fields) WITH ORDINALITY AS f(field, place)
    ) v
    WHERE v.whole
$$;

-- Rule 5: only who holds the case changes it, and under the lease it holds now.
CREATE FUNCTION centre.judge_claims(me text, changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    SELECT c.n, 5, c.kind, c.id,
           CASE WHEN l.counter = me OR c.fence < l.fence THEN 'fenced' ELSE 'claimed' END,
           pg_catalog.jsonb_build_object('application', l.application, 'counter', l.counter,
                                         'fence', l.fence, 'until', l.until, 'released', l.released)
    FROM pg_catalog.unnest(changes) c
    JOIN centre.claims l ON l.application = c.id
    WHERE c.kind = 'applications'
      AND NOT centre.lease_holds(l, me, c.fence, c.officer)
$$;

-- Without a fencing number an entry is taken only from a holder who never lost the case.
CREATE FUNCTION centre.lease_holds(lease centre.claims, me text, fence bigint, officer text)
RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN lease.released THEN officer IS NULL
    ELSE lease.counter = me AND coalesce(fence, 1) = lease.fence END;

-- Rule 6: states move along the workflow tables only.
-- Facts are judged without their officer (`as_facts`): what happened, happened.
CREATE FUNCTION centre.judge_steps(me text, my_office text, changes centre.change[], as_facts boolean)
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    SELECT s.n, 6, s.kind, s.id, 'workflow', pg_catalog.jsonb_build_object(
               'kind', s.kind, 'id', s.id, 'from', s.state, 'to', s.next, 'act', s.act)
    FROM centre.read_steps(changes) s
    WHERE NOT centre.step_allowed(s.workflow, s.state, s.next, s.action, s.before,
                                  CASE WHEN as_facts THEN '{*}' ELSE
                                      centre.roles_of(s.officer, my_office, s.day) END,
                                  s.officer, s.approvers, me)
    UNION ALL
    -- A new thing begins at the beginning.
    SELECT c.n, 6, c.kind, c.id, 'workflow', pg_catalog.jsonb_build_object(
               'kind', c.kind, 'id', c.id, 'from', NULL, 'to', c.set ->> 'state', 'act', c.act)
    FROM pg_catalog.unnest(changes) c
    WHERE c.workflow IS NOT NULL AND c.version = 0 AND c.set ->> 'state' IS DISTINCT FROM c.start
$$;

-- The steps that a window takes. A case makes one step in an entry, from where it stood before the
-- entry to where it stands after; a blank makes one for each movement.
CREATE FUNCTION centre.read_steps(changes centre.change[])
RETURNS TABLE (n integer, kind text, id text, workflow text, act text, action text, officer text,
               day date, approvers text[], state text, next text, before jsonb)
LANGUAGE sql STABLE AS $$
    WITH c AS MATERIALIZED (
        SELECT u.n, u.ord, u.kind, u.id, u.workflow, u.act, u.subject, u.officer, u.day, u.approvers,
               u.version, u.set, u.start, u.before, u.after, a.action
        FROM pg_catalog.unnest(changes) u
        LEFT JOIN centre.workflow_actions a ON a.table_name = u.workflow AND a.act = u.act
        WHERE u.workflow IS NOT NULL
    )
    SELECT c.n, c.kind, c.id, c.workflow, c.act, c.action, c.officer, c.day, c.approvers,
           c.state, c.next, c.before
    FROM (
        SELECT c.*, pg_catalog.first_value(coalesce(c.before ->> 'state', c.start)) OVER whole AS state,
               c.after ->> 'state' AS next,
               pg_catalog.row_number() OVER (PARTITION BY c.n, c.kind, c.id ORDER BY c.ord DESC) AS back
        FROM c WHERE c.workflow <> 'blank'
        WINDOW whole AS (PARTITION BY c.n, c.kind, c.id ORDER BY c.ord)
    ) c
    WHERE c.back = 1
      -- An act of the table names its step even where the state stays the same.
      AND (c.state IS DISTINCT FROM c.next OR (c.action IS NOT NULL AND c.subject = c.id))
      AND NOT (c.version = 0 AND c.state = c.start AND c.next = c.start)
    UNION ALL
    SELECT b.n, b.kind, b.id, b.workflow, b.act, m.set ->> 'action', b.officer, b.day, b.approvers,
           b.before ->> 'state', b.after ->> 'state', b.before
    FROM c b
    LEFT JOIN pg_catalog.unnest(changes) m
      ON m.kind = 'movements' AND m.n = b.n AND m.set ->> 'serial' = b.id
     AND m.set -> 'number' = b.after -> 'movement'
    WHERE b.workflow = 'blank' AND b.version > 0 AND b.set ? 'state'
$$;

-- Whether a table has such a step for this service and channel, and whether this officer may take
-- it. The walker of the program (desktop/domain/walker.py) says the same; a test compares them.
CREATE FUNCTION centre.step_allowed(workflow text, from_state text, to_state text, act text,
                                    facts jsonb, roles text[], officer text, approvers text[], me text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centre.workflow_steps s
        WHERE s.table_name = workflow AND s.state = from_state
          AND (s.action = act OR (act IS NULL AND workflow NOT IN ('application', 'blank')))
          AND coalesce(s.next, facts ->> 'held_from') = to_state
          AND (s.services IS NULL OR facts ->> 'service' IS NULL OR facts ->> 'service' = ANY (s.services))
          AND (s.channels IS NULL OR facts ->> 'channel' IS NULL OR facts ->> 'channel' = ANY (s.channels))
          AND (roles = '{*}' OR s.roles && roles)
          AND NOT (s.not_maker AND officer IS NOT NULL
                   AND (facts ->> 'maker' = officer OR facts -> 'makers' ? officer))
          AND NOT (s.two_officers AND roles <> '{*}' AND NOT EXISTS (
                   SELECT FROM pg_catalog.unnest(approvers) a WHERE a <> coalesce(officer, '')))
          AND NOT (s.custodian_only AND facts ->> 'custodian' <> me
                   AND EXISTS (SELECT FROM centre.counters k WHERE k.id = facts ->> 'custodian'))
    )
$$;

-- Rule 7: a blank has one custodian in the country, and its movements are numbered without gaps.
CREATE FUNCTION centre.judge_blanks(me text, my_office text, changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    SELECT c.n, 7, c.kind, c.id, 'blank_conflict', pg_catalog.jsonb_build_object(
               'serial', c.id, 'office', s.office, 'custodian', s.custodian, 'state', s.state,
               'movement', s.movement)
    FROM pg_catalog.unnest(changes) c
    LEFT JOIN LATERAL (SELECT * FROM centre.serials i WHERE i.serial = c.id OFFSET 0) s ON true
    WHERE c.kind = 'blanks'
      AND ((s.office IS NOT NULL AND s.office <> my_office
            AND NOT EXISTS (SELECT FROM centre.words w WHERE w.name = 'blank_left' AND w.word = s.state))
        OR (c.version > 0 AND c.set ? 'state'
            AND (c.after ->> 'movement')::integer <> (c.before ->> 'movement')::integer + 1))
    UNION ALL
    SELECT m.n, 7, m.kind, m.id, 'blank_conflict', pg_catalog.jsonb_build_object(
               'serial', m.set ->> 'serial', 'movement', m.set -> 'number')
    FROM pg_catalog.unnest(changes) m
    WHERE m.kind = 'movements' AND NOT EXISTS (
        SELECT FROM pg_catalog.unnest(changes) b
        WHERE b.kind = 'blanks' AND b.n = m.n AND b.id = m.set ->> 'serial'
          AND b.after -> 'movement' = m.set -> 'number' AND b.after -> 'state' = m.set -> 'after'
          AND b.after -> 'custodian' = m.set -> 'custodian'
          AND (b.version = 0 OR b.before -> 'state' IS NOT DISTINCT FROM m.set -> 'before'))
$$;

-- Rule 8: at most one valid licence for a person and class. What isn't the plain case (an empty
-- slot, or the holder of the slot ended by the very act) is looked at alone: see licences.sql.
CREATE FUNCTION centre.judge_slots(my_office text, changes centre.change[])
RETURNS SETOF centre.verdict LANGUAGE sql STABLE AS $$
    WITH told AS MATERIALIZED (
        SELECT c.n, c.kind, c.id, c.version, c.before ->> 'status' AS was, c.after ->> 'status' AS becomes,
               c.after -> 'superseded' AS superseded, c.set ? 'status' AS tells,
               centre.nik_of(my_office, c.after ->> 'person_id', changes) AS nik,
               c.after ->> 'licence_class' AS class
        FROM pg_catalog.unnest(changes) c WHERE c.kind = 'licences'
    )
    SELECT t.n, 8, t.kind, t.id, 'slot', '{}'::jsonb
    FROM told t
    LEFT JOIN centre.licence_slots s ON s.nik = t.nik AND s.licence_class = t.class
    WHERE t.tells AND NOT CASE
        WHEN t.becomes = 'valid' AND t.version = 0 THEN
            (SELECT pg_catalog.count(*) FROM told o WHERE o.nik = t.nik AND o.class = t.class
                AND o.becomes = 'valid' AND o.tells) = 1
            AND (s.licence_id IS NULL OR t.superseded ? s.licence_id)
            -- Those it ended end in this very entry, here.
            AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_object_keys(t.superseded) k(id)
                            WHERE NOT EXISTS (SELECT FROM told o WHERE o.id = k.id AND o.n = t.n
                                              AND o.becomes = 'superseded'))
        WHEN t.becomes = 'valid' THEN false
        WHEN t.becomes = 'superseded' AND t.version > 0 THEN EXISTS (
            SELECT FROM told o WHERE o.n = t.n AND o.becomes = 'valid' AND o.version = 0 AND o.nik = t.nik
               AND o.superseded ? t.id AND o.class = t.class)
        WHEN t.was = 'valid' AND t.becomes = 'flagged' THEN true
        ELSE t.version = 0 END
$$;

-- A person's NIK, from the same window or as it stands at the office.
CREATE FUNCTION centre.nik_of(my_office text, person text, changes centre.change[])
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT c.set ->> 'nik' FROM pg_catalog.unnest(changes) c
         WHERE c.kind = 'persons' AND c.id = person AND c.set ? 'nik' ORDER BY c.n DESC, c.ord DESC LIMIT 1),
        (SELECT p.row ->> 'nik' FROM centre.things p
         WHERE p.office = my_office AND p.kind = 'persons' AND p.id = person))
$$;

-- Everything that stands against a window.
CREATE FUNCTION centre.judge(me text, my_office text, changes centre.change[], as_facts boolean)
RETURNS SETOF centre.verdict LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT * FROM centre.judge_versions(changes);
    RETURN QUERY SELECT * FROM centre.judge_claims(me, changes);
    RETURN QUERY SELECT * FROM centre.judge_steps(me, my_office, changes, as_facts);
    RETURN QUERY SELECT * FROM centre.judge_keys(changes);
    RETURN QUERY SELECT * FROM centre.judge_blanks(me, my_office, changes);
    RETURN QUERY SELECT * FROM centre.judge_waiting(my_office, changes);
    RETURN QUERY SELECT * FROM centre.judge_slots(my_office, changes);
END
$$;
