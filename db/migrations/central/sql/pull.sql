-- api.pull_v1: what others did at this office, and what the centre says, in the order of commits.

-- One page of a feed: items in order of number, and the number up to which it was read.
CREATE FUNCTION centre.page(me text, my_office text, of_office text, after bigint, most integer, own boolean,
                            OUT items jsonb, OUT reached bigint, OUT full_page boolean)
LANGUAGE sql STABLE AS $$
    WITH page AS MATERIALIZED (
        SELECT f.* FROM centre.feed f
        WHERE f.office = of_office AND f.number > after
          AND (f.target IS NULL OR f.target = me)
          AND (own OR f.type <> 'row' OR f.origin <> me)
        ORDER BY f.number LIMIT most
    )
    SELECT coalesce(pg_catalog.jsonb_agg(centre.item(p, t) ORDER BY p.number), '[]'),
           CASE WHEN pg_catalog.count(*) < most THEN greatest(after,
                    (SELECT h.number FROM centre.heads h WHERE h.office = of_office))
                ELSE pg_catalog.max(p.number) END,
           pg_catalog.count(*) >= most
    FROM page p
    LEFT JOIN LATERAL (
        SELECT * FROM centre.things i
        WHERE p.type = 'row' AND i.office = p.office AND i.kind = p.kind AND i.id = p.id OFFSET 0
    ) t ON true
$$;

-- `counter` is null for what the centre itself did or made of a counter's word.
CREATE FUNCTION centre.item(f centre.feed, t centre.things) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.jsonb_build_object('n', f.number, 'type', f.type,
               'feed', CASE f.office WHEN '*' THEN 'national' ELSE 'office' END)
        || CASE f.type
            WHEN 'row' THEN pg_catalog.jsonb_build_object(
                'kind', f.kind, 'id', f.id, 'version', t.version, 'row', t.row,
                'counter', nullif(f.origin, 'centre'), 'entry_id', t.entry_id)
            WHEN 'parked' THEN centre.with_rows(f.office, f.body)
            ELSE coalesce(f.body, '{}') END
        || CASE WHEN f.type = 'row' AND f.kind = 'applications' THEN coalesce(
                (SELECT pg_catalog.jsonb_build_object('holder', l.counter, 'until', l.until)
                 FROM centre.claims l WHERE l.application = f.id AND NOT l.released),
                '{"holder": null, "until": null}') ELSE '{}' END
$$;

-- What a parked entry wanted to change, as it stands here: for the desk that decides.
CREATE FUNCTION centre.with_rows(my_office text, told jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.jsonb_set(told, '{detail,rows}', coalesce((
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('kind', w.kind, 'id', w.id, 'row', t.row))
        FROM centre.parked_on w
        LEFT JOIN centre.things t ON t.office = my_office AND t.kind = w.kind AND t.id = w.id
        WHERE w.office = my_office AND w.entry_id = told ->> 'entry_id'), '[]'))
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
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
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
    SELECT * INTO country FROM centre.page(me.id, me.office, '*', coalesce((cursor ->> 'national')::bigint, 0), most, own);
    SELECT * INTO mine FROM centre.page(me.id, me.office, me.office, coalesce((cursor ->> 'office')::bigint, 0), most, own);
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
