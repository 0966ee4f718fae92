-- Pictures, named by their SHA-256, in parts of 256 kB, counted from 0. Each office keeps its own: knowing a digest
-- gives nobody another office's photo.

CREATE FUNCTION api.blob_put_v1(sha text, part integer, parts integer, bytes bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    me centre.counters := centre.caller();
    kept centre.blobs;
    have integer[];
BEGIN
    IF me.id IS NULL OR me.state <> 'active' THEN
        RETURN centre.refuse('revoked', 'blob_put', me.id, '{}');
    END IF;
    IF sha IS NULL OR sha !~ '^[0-9a-f]{64}$' OR parts NOT BETWEEN 1 AND 32 OR part NOT BETWEEN 0 AND parts - 1
       OR part IS NULL OR parts IS NULL OR (bytes IS NOT NULL AND pg_catalog.octet_length(bytes) > 262144) THEN
        RETURN centre.refuse('too_large', 'blob_put', me.id, pg_catalog.jsonb_build_object(
            'limit', 'part', 'most', 262144, 'parts', 32));
    END IF;
    IF parts = 1 AND bytes IS NOT NULL THEN  -- most pictures: nothing to count, nothing to read again
        IF pg_catalog.encode(pg_catalog.sha256(bytes), 'hex') <> sha THEN
            RETURN centre.refuse('sha', 'blob_put', me.id, pg_catalog.jsonb_build_object('sha', sha));
        END IF;
        INSERT INTO centre.blobs (office, sha, parts, size, done)
        VALUES (me.office, blob_put_v1.sha, 1, pg_catalog.octet_length(bytes), true) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            INSERT INTO centre.blob_parts (office, sha, part, bytes) VALUES (me.office, blob_put_v1.sha, 0, blob_put_v1.bytes);
            RETURN '{"have": [0], "done": true}';
        END IF;
    END IF;
    INSERT INTO centre.blobs (office, sha, parts) VALUES (me.office, blob_put_v1.sha, blob_put_v1.parts)
    ON CONFLICT DO NOTHING;
    SELECT * INTO kept FROM centre.blobs b WHERE b.office = me.office AND b.sha = blob_put_v1.sha FOR UPDATE;
    IF kept.done THEN
        RETURN pg_catalog.jsonb_build_object('have', '[]'::jsonb, 'done', true);
    END IF;
    IF kept.parts <> parts THEN  -- cut differently this time: begin anew
        DELETE FROM centre.blob_parts p WHERE p.office = me.office AND p.sha = blob_put_v1.sha;
        UPDATE centre.blobs b SET parts = blob_put_v1.parts WHERE b.office = me.office AND b.sha = blob_put_v1.sha;
    END IF;
    IF bytes IS NOT NULL THEN  -- null only asks what is there
        INSERT INTO centre.blob_parts (office, sha, part, bytes)
        VALUES (me.office, blob_put_v1.sha, blob_put_v1.part, blob_put_v1.bytes) ON CONFLICT DO NOTHING;
    END IF;
    SELECT pg_catalog.array_agg(p.part ORDER BY p.part) INTO have
    FROM centre.blob_parts p WHERE p.office = me.office AND p.sha = blob_put_v1.sha;
    IF coalesce(pg_catalog.cardinality(have), 0) < parts THEN
        RETURN pg_catalog.jsonb_build_object('have', coalesce(pg_catalog.to_jsonb(have), '[]'), 'done', false);
    END IF;
    IF NOT centre.blob_is(me.office, sha) THEN
        DELETE FROM centre.blob_parts p WHERE p.office = me.office AND p.sha = blob_put_v1.sha;
        DELETE FROM centre.blobs b WHERE b.office = me.office AND b.sha = blob_put_v1.sha;
        RETURN centre.refuse('sha', 'blob_put', me.id, pg_catalog.jsonb_build_object('sha', sha));
    END IF;
    UPDATE centre.blobs b SET done = true, size = (SELECT sum(pg_catalog.octet_length(p.bytes))
        FROM centre.blob_parts p WHERE p.office = me.office AND p.sha = blob_put_v1.sha)
    WHERE b.office = me.office AND b.sha = blob_put_v1.sha;
    RETURN pg_catalog.jsonb_build_object('have', pg_catalog.to_jsonb(have), 'done', true);
END
$$;

-- Whether the parts together are what their name says.
CREATE FUNCTION centre.blob_is(of_office text, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.string_agg(p.bytes, ''::bytea ORDER BY p.part)), 'hex') = wanted
    FROM centre.blob_parts p WHERE p.office = of_office AND p.sha = wanted
$$;

-- One part of a picture of the own office, or of the country; null: there is none.
CREATE FUNCTION api.blob_get_v1(sha text, part integer) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    me centre.counters := centre.caller();
BEGIN
    IF me.id IS NULL OR me.state <> 'active' THEN
        PERFORM centre.refuse('revoked', 'blob_get', me.id, '{}');
        RETURN NULL;
    END IF;
    RETURN (SELECT p.bytes FROM centre.blob_parts p
            JOIN centre.blobs b ON b.office = p.office AND b.sha = p.sha AND b.done
            WHERE p.office IN (me.office, '*') AND p.sha = blob_get_v1.sha AND p.part = blob_get_v1.part
            ORDER BY p.office = '*' LIMIT 1);
END
$$;

REVOKE ALL ON FUNCTION api.blob_put_v1, api.blob_get_v1 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.blob_put_v1, api.blob_get_v1 TO loket_counter;
