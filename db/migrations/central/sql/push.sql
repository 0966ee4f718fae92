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

-- Where the entries belong: known ones are skipped, the rest must follow the head without a gap.
-- `start` is the first new one; `error` says what is wrong, and then nothing is applied.
CREATE FUNCTION centre.place(me centre.counters, head jsonb, batch centre.sent[],
                             OUT start integer, OUT error text, OUT at jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    s centre.sent;
    realm text := (SELECT value FROM centre.meta WHERE key = 'realm');
    e integer := me.epoch;
    q bigint := me.last_seq;
    h text := me.last_hash;
    known text;
BEGIN
    start := 1;
    <<reading>>
    FOR i IN 1 .. pg_catalog.cardinality(batch) LOOP
        s := batch[i];
        error := CASE WHEN s.counter IS DISTINCT FROM me.id THEN 'forged'
                      WHEN s.realm IS DISTINCT FROM realm THEN 'realm'
                      WHEN NOT coalesce(s.payload_fits, false) THEN 'payload' END;
        EXIT reading WHEN error IS NOT NULL;
        IF s.epoch < e OR (s.epoch = e AND s.seq <= q) THEN
            SELECT j.hash INTO known FROM centre.journal j
            WHERE j.counter = me.id AND j.epoch = s.epoch AND j.seq = s.seq;
            error := CASE WHEN start < i THEN 'chain' WHEN known IS DISTINCT FROM s.hash THEN 'forked' END;
            EXIT reading WHEN error IS NOT NULL;
            start := i + 1;
            CONTINUE;
        END IF;
        -- Of an unreadable one its place is all that is known; the next one's `previous` vouches for it.
        error := CASE WHEN s.problem = 'entry' AND s.seq = q + 1 THEN NULL ELSE centre.follows(me.id, s, e, q, h) END;
        EXIT reading WHEN error IS NOT NULL;
        e := s.epoch;
        q := s.seq;
        h := s.hash;
    END LOOP;
    -- The end of a batch has no successor to vouch for its text.
    IF error IS NULL AND ((head ? 'hash' AND head ->> 'hash' <> s.hash) OR (s.problem = 'entry' AND NOT head ? 'hash')) THEN
        error := 'chain';
    END IF;
    IF error IS NULL AND centre.ids_known(CASE start WHEN 1 THEN batch ELSE batch[start:] END) THEN
        error := 'doubled';
    END IF;
    at := pg_catalog.jsonb_build_object('epoch', s.epoch, 'seq', s.seq);
END
$$;

-- Where unreadable entries stand: after the one before, the first where the head says.
CREATE FUNCTION centre.give_places(me centre.counters, head jsonb, batch centre.sent[]) RETURNS centre.sent[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    s centre.sent;
    epoch integer := coalesce((head ->> 'epoch')::integer, me.epoch);
    seq bigint := coalesce((head ->> 'from_seq')::bigint, me.last_seq + 1);
BEGIN
    FOR i IN 1 .. pg_catalog.cardinality(batch) LOOP
        s := batch[i];
        IF s.problem = 'entry' THEN
            s.counter := me.id;
            s.realm := (SELECT value FROM centre.meta WHERE key = 'realm');
            s.epoch := epoch;
            s.seq := seq;
            batch[i] := s;
        END IF;
        epoch := s.epoch;
        seq := s.seq + 1;
    END LOOP;
    RETURN batch;
END
$$;

-- Whether an entry's id was seen before, at the centre or in this very call.
CREATE FUNCTION centre.ids_known(batch centre.sent[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_catalog.unnest(batch) b
                   CROSS JOIN LATERAL (SELECT FROM centre.entry_ids d WHERE d.entry_id = b.entry_id OFFSET 0) d)
        OR EXISTS (SELECT FROM pg_catalog.unnest(batch) b WHERE b.entry_id IS NOT NULL
                   GROUP BY b.entry_id HAVING pg_catalog.count(*) > 1);
END
$$;

-- Whether a new entry follows the head (epoch, seq, hash): the hash chain over the texts as sent.
CREATE FUNCTION centre.follows(me text, s centre.sent, head_epoch integer, head_seq bigint, head_hash text)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF s.epoch = head_epoch OR s.seq > head_seq + 1 THEN
        RETURN CASE WHEN s.seq > head_seq + 1 THEN 'gap'
                    WHEN s.previous IS DISTINCT FROM head_hash THEN 'chain' END;
    END IF;
    -- A new epoch goes on from an entry that is known, and says so first of all.
    IF s.act = 'journal.epoch_opened' AND (
        (s.seq = head_seq + 1 AND s.previous = head_hash)
        OR (s.seq = 1 AND s.previous = pg_catalog.repeat('0', 64))
        OR EXISTS (SELECT FROM centre.journal j
                   WHERE j.counter = me AND j.seq = s.seq - 1 AND j.hash = s.previous)) THEN
        RETURN NULL;
    END IF;
    RETURN 'epoch';
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

-- Applies the entries of a window that nothing stands against, up to the first that something does.
-- Gives how many; null where a value can't even be judged (a number that is none, say).
CREATE FUNCTION centre.apply_clean(me text, my_office text, window_of centre.sent[], entries text[],
                                   signatures bytea[], payloads text[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    changes centre.change[];
    total integer := pg_catalog.cardinality(window_of);
    clean integer;
BEGIN
    changes := centre.read_changes(my_office, window_of, false);
    SELECT pg_catalog.min(v.n) - (window_of[1]).n INTO clean FROM (
        SELECT n FROM centre.judge_officers(window_of)
        UNION ALL SELECT n FROM centre.judge(me, my_office, changes, false)) v;
    IF clean = 0 THEN
        RETURN 0;
    END IF;
    IF clean < total THEN
        window_of := window_of[:clean];
        changes := centre.read_changes(my_office, window_of, false);
    END IF;
    PERFORM centre.land(me, my_office, changes);
    PERFORM centre.keep_entries(me, my_office, window_of, entries, signatures, payloads, 'applied', NULL);
    RETURN coalesce(clean, total);
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
    RETURN NULL;
END
$$;

-- Applies entries in order: as many at once as nothing stands against, and one that something
-- stands against alone. Gives what was parked.
CREATE FUNCTION centre.apply_all(me text, my_office text, batch centre.sent[], entries text[],
                                 signatures bytea[], payloads text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    parked jsonb := '[]';
    told jsonb;
    alone integer[] := ARRAY(
        SELECT i FROM pg_catalog.generate_subscripts(batch, 1) i
        WHERE (batch[i]).problem IS NOT NULL
           OR EXISTS (SELECT FROM centre.special_acts s WHERE s.act = (batch[i]).act) ORDER BY i);
    total integer := pg_catalog.cardinality(batch);
    width integer := 500;
    at integer := 1;
    upto integer;
    landed integer;
BEGIN
    WHILE at <= total LOOP
        upto := least(at + width - 1, total,
                      coalesce((SELECT pg_catalog.min(a) FROM pg_catalog.unnest(alone) a WHERE a >= at), total + 1) - 1);
        IF upto >= at THEN
            landed := centre.apply_clean(me, my_office,
                CASE WHEN at = 1 AND upto = total THEN batch ELSE batch[at:upto] END, entries, signatures, payloads);
            IF landed IS NULL AND upto > at THEN
                width := (upto - at + 1) / 2;  -- which one it is will be seen
                CONTINUE;
            END IF;
            IF landed > 0 THEN
                at := at + landed;
                width := least(width * 2, 500);
                CONTINUE WHEN at > upto;
            END IF;
        END IF;
        told := centre.apply_alone(me, my_office, batch[at], entries, signatures, payloads);
        IF told IS NOT NULL THEN
            parked := parked || told;
            width := 16;  -- where one is parked, others often are
        END IF;
        at := at + 1;
    END LOOP;
    RETURN parked;
END
$$;

CREATE FUNCTION api.push_v1(head jsonb, entries text[], signatures bytea[], payloads text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
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
