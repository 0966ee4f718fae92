-- Lines from home on their way to a counter, for pull and push. A line whose case a counter works on
-- waits for that counter: of any other the centre wouldn't take what it then says of the case.

CREATE OR REPLACE FUNCTION centre.worked_on_elsewhere(my_office text, me text, p_external_id text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centre.things a JOIN centre.claims l ON l.application = a.id
        WHERE a.office = my_office AND a.kind = 'applications' AND a.row ->> 'external_id' <> ''
          AND a.row ->> 'external_id' = p_external_id
          AND l.counter <> me AND NOT l.released AND NOT l.ended)
$$;

-- Lines for one counter: those that it holds already, and others while there is room, leased for
-- 15 minutes under a new number. Two counters never get the same one.
CREATE OR REPLACE FUNCTION centre.intake_take(my_office text, me text, most integer) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    held integer;
BEGIN
    UPDATE centre.intake i
    SET until = CASE WHEN centre.worked_on_elsewhere(my_office, me, i.external_id) THEN pg_catalog.now()
                     ELSE pg_catalog.now() + interval '15 minutes' END
    WHERE i.office = my_office AND i.counter = me AND i.done_at IS NULL AND i.until > pg_catalog.now();
    GET DIAGNOSTICS held = ROW_COUNT;
    IF held < most THEN
        -- Chosen once: a plain subquery may be run again for each row that it is joined to, and
        -- would then skip what it has locked itself.
        WITH free AS MATERIALIZED (
            SELECT w.external_id, w.type, w.revision FROM centre.intake w
            WHERE w.office = my_office AND w.done_at IS NULL
              AND (w.until IS NULL OR w.until <= pg_catalog.now())
              AND NOT centre.worked_on_elsewhere(my_office, me, w.external_id)
            ORDER BY w.at, w.external_id LIMIT most - held FOR UPDATE SKIP LOCKED
        )
        UPDATE centre.intake i
        SET counter = me, fence = i.fence + 1, until = pg_catalog.now() + interval '15 minutes'
        FROM free
        WHERE i.office = my_office AND i.external_id = free.external_id AND i.type = free.type
          AND i.revision = free.revision;
    END IF;
    RETURN (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'external_id', i.external_id, 'revision', i.revision, 'type', i.type, 'line', i.line,
                'pictures', i.pictures, 'fence', i.fence) ORDER BY i.at, i.external_id), '[]')
            FROM centre.intake i
            WHERE i.office = my_office AND i.counter = me AND i.done_at IS NULL
              AND i.until > pg_catalog.now());
END
$$;

-- A row of an online application was applied: what brought it there is done.
CREATE OR REPLACE FUNCTION centre.intake_applied(my_office text, told jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE centre.intake i SET done_at = pg_catalog.now()
    WHERE i.office = my_office AND i.external_id = told ->> 'external_id' AND i.done_at IS NULL
      AND CASE i.type WHEN 'application' THEN i.revision <= (told ->> 'revision')::integer
                      ELSE told ->> 'state' = 'cancelled' END
$$;

-- A counter couldn't take a line, or had it already (without a fault).
CREATE OR REPLACE FUNCTION centre.intake_refused(my_office text, content jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE centre.intake i SET done_at = pg_catalog.now(),
        answer = CASE WHEN content ->> 'fault' <> '' THEN pg_catalog.jsonb_build_object(
            'fault', content ->> 'fault', 'where', coalesce(content ->> 'where', '')) END
    WHERE i.office = my_office AND i.external_id = content ->> 'external_id' AND i.done_at IS NULL
      AND i.type = coalesce(content ->> 'kind', 'application')
      AND (i.type = 'cancellation' OR i.revision = (content ->> 'revision')::integer)
$$;
