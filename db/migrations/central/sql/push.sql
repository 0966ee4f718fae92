-- api.push_v1: the acts of one counter, in order, once, whole.
--
-- What is refused is answered as a value ({"error": …}) and written to centre.refused: an exception
-- would undo the note with the rest. SQL errors are left for faults of the program and for 40001.

CREATE FUNCTION centre.refuse(code text, call text, me text, detail jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO centre.refused (login, counter, call, code, detail)
    VALUES (session_user, me, refuse.call, refuse.code, refuse.detail);
    RETURN pg_catalog.jsonb_build_object('error', code, 'detail', detail);
END
$$;

-- The counter that speaks, from its login and never from what it says; its row stays locked.
CREATE FUNCTION centre.speaker() RETURNS centre.counters LANGUAGE plpgsql AS $$
DECLARE
    me centre.counters;
BEGIN
    SELECT * INTO me FROM centre.counters c WHERE c.login = session_user FOR UPDATE;
    PERFORM pg_catalog.set_config('loket.office', coalesce(me.office, ''), true);
    RETURN me;
END
$$;

CREATE FUNCTION centre.now_text() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END
$$;

-- Pictures that the entries from `start` on name and this office hasn't sent whole: the place of
-- the first entry that names one, and all of them.
CREATE FUNCTION centre.missing_blobs(my_office text, batch centre.sent[], OUT place integer, OUT missing jsonb)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT pg_catalog.min(m.n)::integer, pg_catalog.jsonb_agg(DISTINCT m.sha) INTO place, missing
    FROM (SELECT s.n, b.sha FROM pg_catalog.unnest(batch) s
          CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(s.payload -> 'blobs') b(sha)
          WHERE s.payload ? 'blobs' AND s.problem IS NULL
          OFFSET 0) m
    LEFT JOIN LATERAL (SELECT k.done FROM centre.blobs k
                       WHERE k.office = my_office AND k.sha = m.sha OFFSET 0) k ON true
    WHERE k.done IS NOT TRUE;
END
$$;

-- Its plans are kept for the session and made for keys, never for reading a table whole; compiling
-- them (jit) would cost a hundred times what they do.
CREATE FUNCTION api.push_v1(head jsonb, entries text[], signatures bytea[], payloads text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    me centre.counters := centre.speaker();
    placed record;
    lacking jsonb;      -- pictures that must come first
    short integer;      -- and the first entry that names one
    batch centre.sent[];
    final centre.sent;
    parked jsonb := '[]';
    answer jsonb;
    wrong jsonb;
BEGIN
    IF me.id IS NULL OR me.state <> 'active' THEN
        RETURN centre.refuse('revoked', 'push', me.id, '{}');
    END IF;
    wrong := centre.too_large(entries, signatures, payloads);
    IF wrong IS NOT NULL THEN
        RETURN centre.refuse('too_large', 'push', me.id, wrong);
    END IF;
    IF coalesce((head ->> 'schema')::integer, 1) > centre.schema_known() THEN
        RETURN centre.refuse('schema', 'push', me.id,
            pg_catalog.jsonb_build_object('known', centre.schema_known()));
    END IF;
    IF pg_catalog.cardinality(entries) > 0 THEN
        batch := centre.read_entries(me.office, entries, payloads);
        IF EXISTS (SELECT FROM pg_catalog.unnest(batch) b WHERE b.problem = 'entry') THEN
            batch := centre.give_places(me, head, batch);
        END IF;
        SELECT * INTO placed FROM centre.place(me, head, batch);
        IF placed.error IS NOT NULL THEN
            wrong := pg_catalog.jsonb_build_object('at', placed.at,
                'epoch', me.epoch, 'seq', me.last_seq, 'hash', me.last_hash,
                'last_epoch', me.epoch, 'last_seq', me.last_seq, 'last_hash', me.last_hash);
            IF placed.error = 'gap' THEN  -- nothing wrong was tried
                RETURN pg_catalog.jsonb_build_object('error', 'gap', 'detail', wrong);
            END IF;
            RETURN centre.refuse(placed.error, 'push', me.id, wrong);
        END IF;
        IF placed.start > 1 THEN
            batch := batch[placed.start:];
        END IF;
        SELECT m.place, m.missing INTO short, lacking FROM centre.missing_blobs(me.office, batch) m;
        IF short IS NOT NULL THEN
            batch := batch[:short - placed.start];
        END IF;
        parked := centre.apply_all(me.id, me.office, batch, entries, signatures, payloads);
        IF pg_catalog.cardinality(batch) > 0 THEN
            final := batch[pg_catalog.cardinality(batch)];
            me.epoch := final.epoch;
            me.last_seq := final.seq;
            me.last_hash := final.hash;
        END IF;
    END IF;
    UPDATE centre.counters
    SET epoch = me.epoch, last_seq = me.last_seq, last_hash = me.last_hash, last_seen = now(),
        program = coalesce(pg_catalog.left(head ->> 'program', 64), program),
        schema_version = coalesce((head ->> 'schema')::integer, schema_version)
    WHERE id = me.id;
    PERFORM centre.extend_leases(me.id);
    answer := pg_catalog.jsonb_build_object(
        'epoch', me.epoch, 'seq', me.last_seq, 'hash', me.last_hash, 'time', centre.now_text(),
        'parked', parked, 'claims', centre.leases_of(me.id, ARRAY(
            SELECT DISTINCT s.subject FROM pg_catalog.unnest(batch) s)),
        'feed', (SELECT number FROM centre.heads WHERE office = me.office));
    IF short IS NOT NULL THEN
        RETURN answer || pg_catalog.jsonb_build_object('error', 'blobs', 'missing', lacking,
            'applied_to', me.last_seq, 'detail', pg_catalog.jsonb_build_object('missing', lacking));
    END IF;
    RETURN answer || '{"ok": true}';
END
$$;

CREATE FUNCTION centre.schema_known() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT value::integer FROM centre.meta WHERE key = 'schema'), 1)
$$;

-- Limits of one call; what is over them, or null.
CREATE FUNCTION centre.too_large(entries text[], signatures bytea[], payloads text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    total bigint := 0;
    longest bigint := 0;
BEGIN
    IF pg_catalog.cardinality(entries) IS DISTINCT FROM pg_catalog.cardinality(signatures)
       OR pg_catalog.cardinality(entries) IS DISTINCT FROM pg_catalog.cardinality(payloads)
       OR pg_catalog.array_ndims(entries) > 1 OR pg_catalog.array_ndims(signatures) > 1
       OR pg_catalog.array_ndims(payloads) > 1
       OR pg_catalog.array_position(entries, NULL) IS NOT NULL
       OR pg_catalog.array_position(signatures, NULL) IS NOT NULL
       OR EXISTS (SELECT FROM pg_catalog.unnest(signatures) s WHERE pg_catalog.octet_length(s) <> 64) THEN
        RETURN pg_catalog.jsonb_build_object('limit', 'shape');
    END IF;
    IF pg_catalog.cardinality(entries) > 500 THEN
        RETURN pg_catalog.jsonb_build_object('limit', 'entries', 'most', 500);
    END IF;
    SELECT coalesce(sum(pg_catalog.octet_length(t)), 0), coalesce(max(pg_catalog.octet_length(t)), 0)
    INTO total, longest
    FROM (SELECT pg_catalog.unnest(entries) UNION ALL SELECT pg_catalog.unnest(payloads)) x(t);
    IF longest > 16777216 THEN
        RETURN pg_catalog.jsonb_build_object('limit', 'payload', 'most', 16777216);
    ELSIF total > 33554432 THEN
        RETURN pg_catalog.jsonb_build_object('limit', 'call', 'most', 33554432);
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION api.push_v1 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.push_v1 TO loket_counter;
