-- What a supervisor of each office must look at. The same thing raised again changes nothing.
--
-- It stands among the office's things from the start, as its counters enter it when they are told:
-- one of them closes it, and the others hear of that as of any change.

CREATE OR REPLACE FUNCTION centre.raise_incident(id text, kind text, subject text, offices text[], detail jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mine text := pg_catalog.current_setting('loket.office', true);
    one text;
BEGIN
    INSERT INTO centre.incidents (id, kind, subject, offices, detail)
    VALUES (id, kind, subject, offices, detail) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    FOR one IN SELECT DISTINCT o FROM pg_catalog.unnest(offices) o ORDER BY o LOOP
        PERFORM pg_catalog.set_config('loket.office', one, true);
        INSERT INTO centre.things (office, kind, id, version, row, counter)
        VALUES (one, 'incidents', raise_incident.id, 0,
                centre.incident_row(raise_incident.id, raise_incident.kind, subject, detail), 'centre')
        ON CONFLICT DO NOTHING;
        PERFORM centre.tell(one, 'incident', 'centre', NULL, NULL, raise_incident.id, pg_catalog.jsonb_build_object(
            'incident', pg_catalog.jsonb_build_object('id', raise_incident.id, 'kind', raise_incident.kind,
                                                      'subject', subject, 'at', pg_catalog.now(), 'details', detail)));
    END LOOP;
    PERFORM pg_catalog.set_config('loket.office', coalesce(mine, ''), true);
END
$$;

-- A new incident with all its fields, as counters keep them: what was found is told in plain texts.
CREATE OR REPLACE FUNCTION centre.incident_row(id text, kind text, subject text, detail jsonb)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.jsonb_build_object(
        'id', id, 'kind', kind, 'subject', coalesce(subject, ''), 'opened_by', '',
        'opened_at', pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'details', (SELECT coalesce(pg_catalog.jsonb_object_agg(d.key, coalesce(d.value, '')), '{}')
                    FROM pg_catalog.jsonb_each_text(detail) d),
        'statement', '', 'closed_by', '', 'closed_at', NULL, 'version', 0)
$$;

-- Raising one as an administrator makes its row too.
GRANT EXECUTE ON FUNCTION centre.incident_row TO loket_admin;
