-- The notary's side: PostgreSQL has SHA-256 but no Ed25519, so a job outside reads what is new in
-- order, verifies, and puts its word here. Each form of the centre that changes what follows from
-- that word runs this file again.

-- Entries that nobody verified yet, of counters whose chain isn't broken, in order.
CREATE OR REPLACE FUNCTION centre.unverified(most integer)
RETURNS TABLE (counter text, epoch integer, seq bigint, entry text, signature bytea, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.counter, j.epoch, j.seq, j.entry, j.signature, j.hash
    FROM pg_catalog.set_config('loket.office', '*', true) s
    CROSS JOIN centre.counters c
    CROSS JOIN LATERAL (
        SELECT * FROM centre.journal i
        WHERE i.counter = c.id AND (i.epoch, i.seq) > (c.noted_epoch, c.noted_seq)
        ORDER BY i.epoch, i.seq LIMIT most
    ) j
    WHERE c.broken IS NULL AND s IS NOT NULL
    ORDER BY j.counter, j.epoch, j.seq LIMIT most
$$;

-- The notary's word: verified up to (epoch, seq); with `fault`, the next entry's signature is bad,
-- and the chain stops there for good.
CREATE OR REPLACE FUNCTION centre.note(of_counter text, to_epoch integer, to_seq bigint, fault jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c centre.counters;
BEGIN
    UPDATE centre.counters SET noted_epoch = to_epoch, noted_seq = to_seq, broken = fault
    WHERE id = of_counter AND broken IS NULL RETURNING * INTO c;
    IF c.id IS NOT NULL AND fault IS NOT NULL THEN
        PERFORM pg_catalog.set_config('loket.office', '*', true);
        PERFORM centre.raise_incident('bad_signature:' || of_counter || ':' || (fault ->> 'seq'),
            'bad_signature', of_counter, ARRAY[c.office], fault || pg_catalog.jsonb_build_object('counter', of_counter));
        PERFORM centre.doubt_stand_ins(of_counter, (fault ->> 'epoch')::integer, (fault ->> 'seq')::bigint, false);
    END IF;
END
$$;

-- An approval that a revoked key signed: the entry stands, since its counter wrote it, but a
-- supervisor must look at what was approved.
CREATE OR REPLACE FUNCTION centre.doubt_approval(of_counter text, of_epoch integer, of_seq bigint, facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_catalog.set_config('loket.office', '*', true);
    PERFORM centre.raise_incident(
        'revoked_approval:' || of_counter || ':' || of_epoch || ':' || of_seq || ':' || (facts ->> 'officer'),
        'revoked_approval', facts ->> 'subject', ARRAY[c.office],
        facts || pg_catalog.jsonb_build_object('counter', of_counter, 'seq', of_seq))
    FROM centre.counters c WHERE c.id = of_counter;
    PERFORM centre.doubt_stand_ins(of_counter, of_epoch, of_seq, true);
END
$$;

-- A signed head goes down to the counter's office.
CREATE OR REPLACE FUNCTION centre.anchor(of_counter text, to_epoch integer, to_seq bigint, head_hash text, at text,
                              key_id text, signature text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_office text := (SELECT office FROM centre.counters WHERE id = of_counter);
BEGIN
    INSERT INTO centre.anchors (counter, kind, epoch, seq, hash, time, officer, key_id, signature)
    VALUES (of_counter, 'centre', to_epoch, to_seq, head_hash, at, NULL, anchor.key_id, anchor.signature)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM pg_catalog.set_config('loket.office', '*', true);
        PERFORM centre.tell(of_office, 'anchor', 'centre', NULL, NULL, of_counter, pg_catalog.jsonb_build_object('anchor',
            pg_catalog.jsonb_build_object('counter', of_counter, 'kind', 'centre', 'epoch', to_epoch, 'seq', to_seq, 'hash', head_hash,
            'time', at, 'officer', NULL, 'key_id', anchor.key_id, 'signature', anchor.signature)));
    END IF;
END
$$;

-- What has had its time: notes of refused calls, and why acts were parked that are settled since
-- (the reason stays, the facts go, here and in the feed). Entries and bodies stay: an erased body
-- without an act that says so is a fault of the journal.
-- Periods are days in centre.meta: keep_refused_days, keep_settled_days.
CREATE OR REPLACE FUNCTION centre.let_go(OUT refusals bigint, OUT reasons bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p centre.parked;
BEGIN
    PERFORM pg_catalog.set_config('loket.office', '*', true);
    DELETE FROM centre.refused r WHERE r.at < now() - centre.days_kept('keep_refused_days');
    GET DIAGNOSTICS refusals = ROW_COUNT;
    reasons := 0;
    FOR p IN SELECT w.* FROM centre.parked w
             JOIN centre.entry_ids d ON d.entry_id = w.resolved_by
             JOIN centre.journal j ON j.counter = d.counter AND j.epoch = d.epoch AND j.seq = d.seq
             WHERE w.detail <> '{}' AND j.arrived < now() - centre.days_kept('keep_settled_days')
    LOOP
        UPDATE centre.parked w SET detail = '{}'
        WHERE w.office = p.office AND w.counter = p.counter AND w.epoch = p.epoch AND w.seq = p.seq;
        DELETE FROM centre.parked_on w WHERE w.office = p.office AND w.entry_id = p.entry_id;
        UPDATE centre.feed f SET body = f.body - 'detail'
        WHERE f.office = p.office AND f.type = 'parked' AND f.id = p.entry_id;
        reasons := reasons + 1;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION centre.days_kept(period text) RETURNS interval LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN pg_catalog.make_interval(days => (SELECT m.value::integer FROM centre.meta m WHERE m.key = period));
END
$$;

REVOKE ALL ON FUNCTION centre.unverified, centre.note, centre.doubt_approval, centre.anchor, centre.let_go
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION centre.unverified, centre.note, centre.doubt_approval, centre.anchor, centre.let_go
    TO loket_notary, loket_admin;
