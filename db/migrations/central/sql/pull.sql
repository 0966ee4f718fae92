-- api.pull_v1: what others did at this office, and what the centre says, in the order of commits.

-- One page of a feed: items in order of number, and the number up to which it was read. A row's
-- `counter` is null for what the centre itself did or made of a counter's word.
CREATE FUNCTION centre.page(me text, of_office text, after bigint, most integer, own boolean,
                            OUT items jsonb, OUT reached bigint, OUT full_page boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    called text := CASE of_office WHEN '*' THEN 'national' ELSE 'office' END;
    head bigint := (SELECT h.number FROM centre.heads h WHERE h.office = of_office);
    found bigint;
BEGIN
    SELECT coalesce(pg_catalog.jsonb_agg(CASE
               WHEN p.type = 'row' AND p.kind = 'applications' THEN pg_catalog.jsonb_build_object(
                   'n', p.number, 'type', 'row', 'feed', called, 'kind', p.kind, 'id', p.id,
                   'version', t.version, 'row', t.row, 'counter', nullif(p.origin, 'centre'),
                   'entry_id', t.entry_id, 'holder', l.counter, 'until', l.until)
               WHEN p.type = 'row' THEN pg_catalog.jsonb_build_object(
                   'n', p.number, 'type', 'row', 'feed', called, 'kind', p.kind, 'id', p.id,
                   'version', t.version, 'row', t.row, 'counter', nullif(p.origin, 'centre'),
                   'entry_id', t.entry_id)
               ELSE pg_catalog.jsonb_build_object('n', p.number, 'type', p.type, 'feed', called)
                   || CASE p.type WHEN 'parked' THEN centre.with_rows(of_office, p.body)
                      ELSE coalesce(p.body, '{}') END
           END ORDER BY p.number), '[]'), pg_catalog.max(p.number), pg_catalog.count(*)
    INTO items, reached, found
    FROM (
        SELECT f.* FROM centre.feed f
        WHERE f.office = of_office AND f.number > after
          AND (f.target IS NULL OR f.target = me)
          AND (own OR f.type <> 'row' OR f.origin <> me)
        ORDER BY f.number LIMIT most
    ) p
    LEFT JOIN LATERAL (
        SELECT i.version, i.row, i.entry_id FROM centre.things i
        WHERE p.type = 'row' AND i.office = of_office AND i.kind = p.kind AND i.id = p.id OFFSET 0
    ) t ON true
    LEFT JOIN LATERAL (
        SELECT c.counter, c.until FROM centre.claims c
        WHERE p.kind = 'applications' AND c.application = p.id AND NOT c.released OFFSET 0
    ) l ON true;
    full_page := found >= most;
    IF NOT full_page THEN
        reached := greatest(after, head);
    END IF;
END
$$;

-- What a parked entry wanted to change, as it stands here: for the desk that decides.
CREATE FUNCTION centre.with_rows(my_office text, told jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.jsonb_set(told, '{detail,rows}', coalesce((
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('kind', w.kind, 'id', w.id, 'row', t.row))
        FROM centre.parked_on w
        LEFT JOIN LATERAL (SELECT i.row FROM centre.things i
                           WHERE i.office = my_office AND i.kind = w.kind AND i.id = w.id OFFSET 0) t ON true
        WHERE w.office = my_office AND w.entry_id = told ->> 'entry_id'), '[]'))
$$;

-- The counter that calls; nothing is locked or written.
CREATE FUNCTION centre.caller() RETURNS centre.counters LANGUAGE plpgsql AS $$
DECLARE
    me centre.counters;
BEGIN
    SELECT * INTO me FROM centre.counters c WHERE c.login = session_user;
    PERFORM pg_catalog.set_config('loket.office', coalesce(me.office, ''), true);
    RETURN me;
END
$$;

-- The counter that listens. Its row is written at most once a minute: looking must cost nothing.
CREATE FUNCTION centre.listener() RETURNS centre.counters LANGUAGE plpgsql AS $$
DECLARE
    me centre.counters;
BEGIN
    SELECT * INTO me FROM centre.counters c WHERE c.login = session_user;
    PERFORM pg_catalog.set_config('loket.office', coalesce(me.office, ''), true);
    IF me.state = 'active' AND (me.last_seen IS NULL OR me.last_seen < now() - interval '1 minute') THEN
        UPDATE centre.counters SET last_seen = now() WHERE id = me.id;
        PERFORM centre.extend_leases(me.id);
    END IF;
    RETURN me;
END
$$;

CREATE FUNCTION api.pull_v1(cursor jsonb, page_limit integer, wait_ms integer DEFAULT 0) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    me centre.counters := centre.listener();
    own boolean := coalesce((cursor ->> 'own')::boolean, false);
    most integer := greatest(1, least(coalesce(page_limit, 500), 2000));
    mine record;
    country record;
BEGIN
    IF me.id IS NULL OR me.state <> 'active' THEN
        RETURN centre.refuse('revoked', 'pull', me.id, '{}');
    END IF;
    PERFORM centre.wait_for(me.office, coalesce((cursor ->> 'office')::bigint, 0), wait_ms);
    SELECT * INTO country FROM centre.page(me.id, '*', coalesce((cursor ->> 'national')::bigint, 0), most, own);
    SELECT * INTO mine FROM centre.page(me.id, me.office, coalesce((cursor ->> 'office')::bigint, 0), most, own);
    RETURN pg_catalog.jsonb_build_object(
        'items', country.items || mine.items,
        'cursor', cursor || pg_catalog.jsonb_build_object('office', mine.reached, 'national', country.reached),
        'more', mine.full_page OR country.full_page,
        'time', centre.now_text(),
        'head', (SELECT number FROM centre.heads WHERE office = me.office),
        'claims', centre.leases_of(me.id, NULL),
        'intake', centre.intake_take(me.office, me.id, 20),
        'counter', pg_catalog.jsonb_build_object('epoch', me.epoch, 'seq', me.last_seq, 'hash', me.last_hash));
END
$$;

-- For screens that wait: looks every 20 ms whether the office's head has moved. Each look is a
-- statement of its own and sees what was committed meanwhile.
CREATE FUNCTION centre.wait_for(my_office text, after bigint, wait_ms integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    until timestamptz := pg_catalog.clock_timestamp()
        + pg_catalog.make_interval(secs => greatest(0, least(coalesce(wait_ms, 0), 20000)) / 1000.0);
BEGIN
    WHILE pg_catalog.clock_timestamp() < until LOOP
        EXIT WHEN (SELECT number FROM centre.heads WHERE office = my_office) > after;
        PERFORM pg_catalog.pg_sleep(0.02);
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION api.pull_v1 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.pull_v1 TO loket_counter;
