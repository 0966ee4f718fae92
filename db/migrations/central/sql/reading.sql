-- From texts to what they say. Everything here only reads.

-- One entry as it was sent. `problem` says why it can't be read.
CREATE TYPE centre.sent AS (
    n integer,          -- place in the batch, from 1
    counter text,
    realm text,
    epoch integer,
    seq bigint,
    entry_id text,
    day date,
    officer text,
    roles text[],       -- in which the officer acts at this office that day; null: in none
    act text,
    subject text,
    previous text,
    approvers text[],   -- officers of this office who signed it
    hash text,
    payload_fits boolean,
    payload jsonb,
    problem text
);

-- One change that an entry tells of, and how the thing stood before and stands after.
CREATE TYPE centre.change AS (
    n integer,
    ord bigint,
    entry_id text,
    act text,
    subject text,
    officer text,
    roles text[],
    approvers text[],
    fence bigint,
    kind text,
    id text,
    version integer,
    set jsonb,
    fact boolean,
    workflow text,
    start text,
    stored integer,     -- the version at the centre; null: nobody knows this thing yet
    expected integer,   -- the version that this change must bring
    before jsonb,
    after jsonb,
    last boolean        -- nothing in this window changes the thing again
);

-- The running state of a thing under its changes.
CREATE AGGREGATE centre.fold(jsonb) (SFUNC = pg_catalog.jsonb_concat, STYPE = jsonb, INITCOND = '{}');

CREATE FUNCTION centre.texts(list jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN CASE pg_catalog.jsonb_typeof(list) WHEN 'array'
    THEN ARRAY(SELECT pg_catalog.jsonb_array_elements_text(list)) ELSE '{}' END;

-- Raises where a text isn't what it should be; `read_entries` answers that.
CREATE FUNCTION centre.read_exactly(my_office text, entries text[], payloads text[], first integer)
RETURNS centre.sent[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT pg_catalog.array_agg(ROW(
        s.n, s.e ->> 'counter', s.e ->> 'realm', (s.e ->> 'epoch')::integer,
        (s.e ->> 'seq')::bigint, s.e ->> 'entry_id', pg_catalog.left(s.e ->> 'time', 10)::date,
        s.e ->> 'officer',
        CASE WHEN s.e ->> 'officer' IS NULL THEN '{program}' ELSE
            centre.roles_of(o, my_office, pg_catalog.left(s.e ->> 'time', 10)::date) END,
        s.e ->> 'act', s.e ->> 'subject', s.e ->> 'previous',
        CASE WHEN s.e -> 'approvals' <> '[]' THEN
            ARRAY(SELECT k.nrp FROM pg_catalog.jsonb_array_elements(s.e -> 'approvals') a
                  JOIN centre.officers k ON k.nrp = a ->> 'officer'
                  WHERE pg_catalog.cardinality(centre.roles_of(k, my_office,
                      pg_catalog.left(s.e ->> 'time', 10)::date)) > 0) END,
        s.hash,
        s.payload IS NULL OR s.e ->> 'payload_digest' = s.digest,
        s.payload::jsonb,
        CASE WHEN s.e ->> 'type' IS DISTINCT FROM 'entry' OR s.e ->> 'entry_id' IS NULL
               OR s.e ->> 'act' IS NULL OR s.e ->> 'subject' IS NULL OR s.e ->> 'seq' IS NULL OR s.e ->> 'epoch' IS NULL
               OR pg_catalog.length(s.e ->> 'entry_id') > 64
               OR pg_catalog.length(s.e ->> 'act') > 64
            THEN 'fields' END
    )::centre.sent ORDER BY s.n)
    FROM (
        SELECT first + i::integer - 1 AS n, entry::jsonb AS e, payload,
               pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(entry, 'UTF8')), 'hex') AS hash,
               pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(payload, 'UTF8')), 'hex') AS digest
        FROM ROWS FROM (pg_catalog.unnest(entries), pg_catalog.unnest(payloads))
            WITH ORDINALITY AS t(entry, payload, i)
        OFFSET 0
    ) s
    LEFT JOIN LATERAL (SELECT * FROM centre.officers i WHERE i.nrp = s.e ->> 'officer' OFFSET 0) o ON true);
END
$$;

-- What payloads tell beside their content has the right form: changes as a list of (kind, id, set)
-- of known kinds, pictures as a list, fences as numbers. The first entry that doesn't; else null.
CREATE FUNCTION centre.tells_badly(batch centre.sent[]) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT pg_catalog.min(b.n) FROM (
            SELECT s.n FROM pg_catalog.unnest(batch) s
            WHERE pg_catalog.jsonb_typeof(s.payload) <> 'object'
               OR pg_catalog.jsonb_typeof(s.payload -> 'changes') <> 'array'
               OR pg_catalog.jsonb_typeof(s.payload -> 'blobs') <> 'array'
               OR pg_catalog.jsonb_typeof(s.payload -> 'fences') <> 'object'
            UNION ALL
            SELECT s.n FROM pg_catalog.unnest(batch) s
            CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(s.payload -> 'changes') c
            LEFT JOIN centre.kinds k ON k.kind = c ->> 'kind'
            WHERE k.kind IS NULL
               OR pg_catalog.jsonb_typeof(c -> 'id') IS DISTINCT FROM 'string'
               OR pg_catalog.jsonb_typeof(c -> 'set') IS DISTINCT FROM 'object'
               OR pg_catalog.jsonb_typeof(c -> 'set' -> 'version') <> 'number'
               OR pg_catalog.length(c ->> 'id') NOT BETWEEN 1 AND 64
            UNION ALL
            SELECT s.n FROM pg_catalog.unnest(batch) s
            CROSS JOIN LATERAL pg_catalog.jsonb_each(s.payload -> 'fences') f
            WHERE pg_catalog.jsonb_typeof(f.value) <> 'number'
        ) b);
END
$$;

-- All entries of a call. The whole batch is read at once; only if something in it can't be read
-- is each text tried by itself, so that the poisoned one is known and the others stand.
CREATE FUNCTION centre.read_entries(my_office text, entries text[], payloads text[]) RETURNS centre.sent[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found centre.sent[];
    one centre.sent;
BEGIN
    BEGIN
        found := centre.read_exactly(my_office, entries, payloads, 1);
        IF centre.tells_badly(found) IS NULL
           AND NOT EXISTS (SELECT FROM pg_catalog.unnest(found) s WHERE s.problem IS NOT NULL) THEN
            RETURN found;
        END IF;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        NULL;  -- told apart below
    END;
    found := '{}';
    FOR i IN 1 .. pg_catalog.cardinality(entries) LOOP
        found := found || centre.read_one(my_office, entries[i], payloads[i], i);
    END LOOP;
    RETURN found;
END
$$;

-- One entry by itself. Of one that can't be read, its hash can still be said, or, where only the
-- payload is broken, the entry itself.
CREATE FUNCTION centre.read_one(my_office text, entry text, payload text, place integer) RETURNS centre.sent
LANGUAGE plpgsql STABLE AS $$
DECLARE
    one centre.sent;
BEGIN
    BEGIN
        one := (centre.read_exactly(my_office, ARRAY[entry], ARRAY[payload], place))[1];
        IF one.problem IS NULL AND centre.tells_badly(ARRAY[one]) IS NOT NULL THEN
            one.problem := 'payload';
        END IF;
        IF one.problem IS DISTINCT FROM 'fields' THEN
            RETURN one;
        END IF;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        NULL;
    END;
    BEGIN
        one := (centre.read_exactly(my_office, ARRAY[entry], ARRAY[NULL::text], place))[1];
        one.payload_fits := entry::jsonb ->> 'payload_digest'
            = pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(payload, 'UTF8')), 'hex');
        IF one.problem IS NULL THEN
            one.problem := 'payload';
            RETURN one;
        END IF;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        NULL;
    END;
    one := NULL;
    one.n := place;
    one.hash := pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(entry, 'UTF8')), 'hex');
    one.payload_fits := true;
    one.problem := 'entry';
    RETURN one;
END
$$;

-- What the rules look at in a case, a blank or a licence.
CREATE FUNCTION centre.looked_at(told jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
    'state', told -> 'state', 'service', told -> 'service', 'channel', told -> 'channel',
    'maker', told -> 'maker', 'makers', told -> 'makers', 'held_from', told -> 'held_from',
    'movement', told -> 'movement', 'custodian', told -> 'custodian', 'status', told -> 'status',
    'person_id', told -> 'person_id', 'licence_class', told -> 'licence_class',
    'superseded', told -> 'superseded'));

-- The changes of a window of entries, folded over what stands at the centre. Several versions of
-- one thing in a window are ordinary: each is judged against the one before it. `after` is the
-- whole row only where it is the thing's last in the window; elsewhere, as `before`, it is what the
-- rules look at. Small changes are folded among themselves first and laid over the whole row once.
CREATE FUNCTION centre.read_changes(my_office text, window_of centre.sent[], facts_only boolean)
RETURNS centre.change[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(pg_catalog.array_agg(ROW(
        c.n, c.ord, c.entry_id, c.act, c.subject, c.officer, c.roles, c.approvers, c.fence, c.kind,
        c.id, c.version, c.set, c.fact, c.workflow, c.start, c.stored, c.expected,
        c.before,
        CASE WHEN NOT c.last THEN c.before || c.looked
             WHEN c.folded = '{}' THEN c.base
             ELSE c.base || c.folded END,
        c.last
    )::centre.change ORDER BY c.n, c.ord), '{}')
    FROM (
        SELECT t.*, s.version AS stored,
               coalesce(pg_catalog.lag(t.version) OVER thing + 1, s.version + 1, 0) AS expected,
               CASE WHEN t.judged THEN coalesce(s.looked, '{}') || centre.fold(t.looked) OVER before_it END AS before,
               coalesce(s.row, pg_catalog.first_value(t.set) OVER thing) AS base,
               centre.fold(CASE WHEN t.version = 0 THEN '{}' ELSE t.set END) OVER thing AS folded,
               pg_catalog.lead(1) OVER thing IS NULL AS last
        FROM (
            SELECT e.n, c.ord, e.entry_id, e.act, e.subject, e.officer, e.roles, e.approvers,
                   (e.payload -> 'fences' ->> (c.told ->> 'id'))::bigint AS fence,
                   k.kind, c.told ->> 'id' AS id,
                   coalesce((c.told -> 'set' ->> 'version')::integer, 0) AS version,
                   c.told -> 'set' AS set, k.fact, k.workflow, k.start,
                   k.workflow IS NOT NULL OR k.kind = 'licences' AS judged,
                   -- A short change is taken as it is: looking for what could be left out of it
                   -- costs more than leaving it in.
                   CASE WHEN k.workflow IS NULL AND k.kind <> 'licences' THEN '{}'
                       WHEN pg_catalog.pg_column_size(c.told) < 400 THEN c.told -> 'set'
                       ELSE centre.looked_at(c.told -> 'set') END AS looked
            FROM pg_catalog.unnest(window_of) e
            CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(e.payload -> 'changes')
                WITH ORDINALITY AS c(told, ord)
            JOIN centre.kinds k ON k.kind = c.told ->> 'kind'
            WHERE k.fact OR NOT facts_only
            OFFSET 0
        ) t
        -- One look-up for each change by the whole key, whatever the planner thinks of the sizes.
        LEFT JOIN LATERAL (
            SELECT i.version, i.row, CASE WHEN t.judged THEN centre.looked_at(i.row) END AS looked
            FROM centre.things i
            WHERE i.office = my_office AND i.kind = t.kind AND i.id = t.id OFFSET 0
        ) s ON true
        WINDOW thing AS (PARTITION BY t.kind, t.id ORDER BY t.n, t.ord),
               before_it AS (thing ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) c);
END
$$;
