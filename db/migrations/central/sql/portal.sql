-- The portal's side. What an applicant sends from home waits in centre.intake until a counter of
-- the chosen office takes it with its next pull; what the portal reads is worked out from the
-- office's own rows each time and stored nowhere. docs/portal.md is the description.
--
-- Only the form that the centre itself needs is checked here; the counter checks each line whole,
-- against docs/batch.schema.json, and its refusals come back as answers.

-- Which office has an application, keyed by the portal's own number.
CREATE TABLE centre.portal_cases (
    external_id text PRIMARY KEY,
    at_office text NOT NULL,  -- looked up before the office is known, so no wall stands here
    nik text NOT NULL,
    revision integer NOT NULL,
    digest text NOT NULL,  -- of the newest line: the same line again is no second filing
    cancelled_at timestamptz,  -- before any counter had it
    at timestamptz NOT NULL DEFAULT now()
);

-- What became of a line that a counter couldn't take: its fault and field. Null: taken, or waiting.
ALTER TABLE centre.intake ADD COLUMN answer jsonb;

CREATE TABLE centre.portal_complaints (
    external_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    office text NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    PRIMARY KEY (external_id, at)
);

-- What an applicant is told of a state, and of a reason, loaded from the program's own tables.
CREATE TABLE centre.portal_told (
    state text NOT NULL,
    by_courier boolean NOT NULL,
    parcel text NOT NULL,  -- '': no parcel
    percent integer,       -- null: ended without a card
    PRIMARY KEY (state, by_courier, parcel)
);
CREATE TABLE centre.portal_reasons (
    code text PRIMARY KEY,
    document text NOT NULL,
    text_id text NOT NULL,
    text_en text NOT NULL
);

CREATE FUNCTION centre.portal_refusal(code text, detail jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- The line itself is never kept here: it is a person's.
    INSERT INTO centre.refused (login, call, code, detail)
    VALUES (session_user, 'portal', code, detail);
    RETURN pg_catalog.jsonb_build_object('error', code, 'detail', detail);
END
$$;

CREATE FUNCTION centre.portal_office(my_office text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('loket.office', coalesce(my_office, ''), true);
    RETURN EXISTS (SELECT FROM centre.offices o WHERE o.office = my_office AND o.active);
END
$$;

-- A picture before the line that names it: up to 8 MB of JPEG or PNG, for one office.
CREATE FUNCTION portal.picture_v1(p_office text, p_sha text, p_bytes bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size integer := octet_length(p_bytes);
    part_size constant integer := 262144;
    parts integer := (size + part_size - 1) / part_size;
BEGIN
    IF NOT centre.portal_office(p_office) THEN
        RETURN centre.portal_refusal('office');
    END IF;
    IF size IS NULL OR size > 8 * 1024 * 1024 THEN
        RETURN centre.portal_refusal('too_large', jsonb_build_object('most', 8 * 1024 * 1024));
    END IF;
    IF coalesce(p_sha, '') !~ '^[0-9a-f]{64}$' OR encode(sha256(p_bytes), 'hex') <> p_sha THEN
        RETURN centre.portal_refusal('sha');
    END IF;
    IF substring(p_bytes FROM 1 FOR 3) <> '\xffd8ff'::bytea
       AND substring(p_bytes FROM 1 FOR 8) <> '\x89504e470d0a1a0a'::bytea THEN
        RETURN centre.portal_refusal('not_a_picture');
    END IF;
    IF EXISTS (SELECT FROM centre.blobs b WHERE b.office = p_office AND b.sha = p_sha AND b.done) THEN
        RETURN jsonb_build_object('ok', true, 'known', true);
    END IF;
    INSERT INTO centre.blobs (office, sha, parts, size, done) VALUES (p_office, p_sha, parts, size, true)
    ON CONFLICT (office, sha) DO UPDATE SET parts = excluded.parts, size = excluded.size, done = true;
    DELETE FROM centre.blob_parts b WHERE b.office = p_office AND b.sha = p_sha;
    INSERT INTO centre.blob_parts (office, sha, part, bytes)
    SELECT p_office, p_sha, i, substring(p_bytes FROM i * part_size + 1 FOR part_size)
    FROM generate_series(0, parts - 1) i;
    RETURN jsonb_build_object('ok', true, 'known', false);
END
$$;

-- The newest row of an application at its office, if a counter took it.
CREATE FUNCTION centre.portal_row(my_office text, p_external_id text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT a.row || pg_catalog.jsonb_build_object('id', a.id)
    FROM centre.things a
    WHERE a.office = my_office AND a.kind = 'applications' AND a.row ->> 'external_id' = p_external_id
    LIMIT 1
$$;

-- Lines that wait for a counter are taken back; false if a counter works on one.
CREATE FUNCTION centre.portal_withdraw(my_office text, p_external_id text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT i.type, i.revision, i.until FROM centre.intake i
        WHERE i.office = my_office AND i.external_id = p_external_id AND i.done_at IS NULL FOR UPDATE
    LOOP
        IF one.until > pg_catalog.now() THEN
            RETURN false;
        END IF;
    END LOOP;
    UPDATE centre.intake i SET done_at = pg_catalog.now(), answer = '{"withdrawn": true}'
    WHERE i.office = my_office AND i.external_id = p_external_id AND i.done_at IS NULL;
    RETURN true;
END
$$;

-- An application, its mended filing, or its cancellation: one line of a batch, and the office.
CREATE FUNCTION portal.submit_v1(p_office text, p_line text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    line jsonb;
BEGIN
    IF NOT centre.portal_office(p_office) THEN
        RETURN centre.portal_refusal('office');
    END IF;
    IF p_line IS NULL OR octet_length(p_line) > 65536 THEN
        RETURN centre.portal_refusal('too_long', jsonb_build_object('most', 65536));
    END IF;
    BEGIN
        line := p_line::jsonb;
    EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
        RETURN centre.portal_refusal('not_json');
    END;
    IF jsonb_typeof(line) <> 'object' OR p_line ~ '[\n\r]' THEN
        RETURN centre.portal_refusal('against_schema');
    END IF;
    IF coalesce(line ->> 'external_id', '') !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$' THEN
        RETURN centre.portal_refusal('against_schema', '{"where": "external_id"}');
    END IF;
    IF line ->> 'kind' = 'cancellation' THEN
        RETURN centre.portal_cancel(p_office, line ->> 'external_id', p_line, line);
    END IF;
    RETURN centre.portal_file(p_office, line ->> 'external_id', p_line, line);
END
$$;

CREATE FUNCTION centre.portal_file(my_office text, p_external_id text, p_line text, line jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    told_nik text := line -> 'applicant' ->> 'nik';
    told integer;
    told_digest text := pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_line, 'UTF8')), 'hex');
    shown text[];
    missing text[];
    known centre.portal_cases;
    present jsonb;
BEGIN
    IF coalesce(told_nik, '') !~ '^[0-9]{16}$' THEN
        RETURN centre.portal_refusal('against_schema', '{"where": "applicant.nik"}');
    END IF;
    IF coalesce(line ->> 'revision', '') !~ '^[1-9][0-9]?$' THEN
        RETURN centre.portal_refusal('against_schema', '{"where": "revision"}');
    END IF;
    IF pg_catalog.jsonb_typeof(line -> 'pictures') IS DISTINCT FROM 'object' THEN
        RETURN centre.portal_refusal('against_schema', '{"where": "pictures"}');
    END IF;
    told := (line ->> 'revision')::integer;
    SELECT pg_catalog.array_agg(DISTINCT p.value) INTO shown
    FROM pg_catalog.jsonb_each_text(line -> 'pictures') p;
    SELECT pg_catalog.array_agg(s.sha ORDER BY s.sha) INTO missing FROM pg_catalog.unnest(shown) s(sha)
    WHERE NOT EXISTS (SELECT FROM centre.blobs b WHERE b.office = my_office AND b.sha = s.sha AND b.done);
    IF missing IS NOT NULL THEN
        RETURN pg_catalog.jsonb_build_object('error', 'pictures',
            'detail', pg_catalog.jsonb_build_object('missing', missing));
    END IF;
    INSERT INTO centre.portal_cases (external_id, at_office, nik, revision, digest)
    VALUES (p_external_id, my_office, told_nik, 0, '') ON CONFLICT (external_id) DO NOTHING;
    SELECT * INTO known FROM centre.portal_cases c WHERE c.external_id = p_external_id FOR UPDATE;
    IF known.nik <> told_nik THEN
        RETURN centre.portal_refusal('other_person');
    END IF;
    IF known.cancelled_at IS NOT NULL THEN
        RETURN centre.portal_refusal('cancelled');
    END IF;
    IF told = known.revision AND told_digest = known.digest AND my_office = known.at_office THEN
        RETURN pg_catalog.jsonb_build_object('ok', true, 'known', true, 'revision', told);
    END IF;
    -- A file that no counter has seen yet may go to another office, mended or not.
    IF my_office <> known.at_office THEN
        PERFORM pg_catalog.set_config('loket.office', known.at_office, true);
        IF centre.portal_row(known.at_office, p_external_id) IS NOT NULL
           OR NOT centre.portal_withdraw(known.at_office, p_external_id) THEN
            RETURN centre.portal_refusal('taken', pg_catalog.jsonb_build_object('office', known.at_office));
        END IF;
        PERFORM pg_catalog.set_config('loket.office', my_office, true);
    ELSIF known.revision > 0 THEN
        IF told <= known.revision THEN
            RETURN centre.portal_refusal('revision', pg_catalog.jsonb_build_object('newest', known.revision));
        END IF;
        present := centre.portal_row(my_office, p_external_id);
        IF present IS NOT NULL AND present ->> 'state' <> 'sent_back' THEN
            RETURN centre.portal_refusal('not_sent_back',
                pg_catalog.jsonb_build_object('state', present ->> 'state'));
        END IF;
        IF NOT centre.portal_withdraw(my_office, p_external_id) THEN
            RETURN centre.portal_refusal('taken', pg_catalog.jsonb_build_object('office', my_office));
        END IF;
    END IF;
    -- A file that comes back to an office where it waited before finds its own row there.
    INSERT INTO centre.intake (office, external_id, revision, type, line, pictures)
    VALUES (my_office, p_external_id, told, 'application', p_line, coalesce(shown, '{}'))
    ON CONFLICT (office, external_id, type, revision) DO UPDATE
        SET line = excluded.line, pictures = excluded.pictures, at = pg_catalog.now(), counter = NULL,
            until = NULL, done_at = NULL, answer = NULL;
    UPDATE centre.portal_cases c SET at_office = my_office, revision = told, digest = told_digest
    WHERE c.external_id = p_external_id;
    RETURN pg_catalog.jsonb_build_object('ok', true, 'known', false, 'revision', told);
END
$$;

CREATE FUNCTION centre.portal_cancel(my_office text, p_external_id text, p_line text, line jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    known centre.portal_cases;
BEGIN
    SELECT * INTO known FROM centre.portal_cases c WHERE c.external_id = p_external_id FOR UPDATE;
    IF known.external_id IS NULL OR known.at_office <> my_office THEN
        RETURN centre.portal_refusal('cancel_unknown');
    END IF;
    IF known.nik IS DISTINCT FROM line ->> 'nik' THEN
        RETURN centre.portal_refusal('other_person');
    END IF;
    IF known.cancelled_at IS NOT NULL THEN
        RETURN pg_catalog.jsonb_build_object('ok', true, 'known', true, 'ended', true);
    END IF;
    IF centre.portal_row(my_office, p_external_id) IS NULL
       AND centre.portal_withdraw(my_office, p_external_id) THEN
        UPDATE centre.portal_cases c SET cancelled_at = pg_catalog.now() WHERE c.external_id = p_external_id;
        RETURN pg_catalog.jsonb_build_object('ok', true, 'known', false, 'ended', true);
    END IF;
    INSERT INTO centre.intake (office, external_id, revision, type, line)
    VALUES (my_office, p_external_id, known.revision, 'cancellation', p_line)
    ON CONFLICT (office, external_id, type, revision) DO NOTHING;
    RETURN pg_catalog.jsonb_build_object('ok', true, 'known', NOT found, 'ended', false);
END
$$;

-- How an application stands, as its applicant is told; docs/portal-status.schema.json.
CREATE FUNCTION portal.status_v1(p_external_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known centre.portal_cases;
    present jsonb;
    shipped jsonb;
    fault jsonb;
    stands text;
    counts_as text;
BEGIN
    SELECT * INTO known FROM centre.portal_cases c WHERE c.external_id = p_external_id;
    IF known.external_id IS NULL THEN
        RETURN jsonb_build_object('error', 'unknown', 'detail', '{}'::jsonb);
    END IF;
    PERFORM set_config('loket.office', known.at_office, true);
    present := centre.portal_row(known.at_office, p_external_id);
    SELECT p.row INTO shipped FROM centre.things p
    WHERE p.office = known.at_office AND p.kind = 'parcels' AND p.row ->> 'application_id' = present ->> 'id'
    ORDER BY p.id DESC LIMIT 1;
    IF shipped ->> 'state' = 'unpacked' THEN
        shipped := NULL;
    END IF;
    SELECT i.answer || jsonb_build_object('kind', i.type, 'revision', i.revision) INTO fault
    FROM centre.intake i
    WHERE i.office = known.at_office AND i.external_id = p_external_id AND i.answer ? 'fault'
    ORDER BY i.done_at DESC LIMIT 1;
    stands := CASE WHEN known.cancelled_at IS NOT NULL THEN 'cancelled'
                  ELSE coalesce(present ->> 'state', 'submitted') END;
    -- On hold an application counts as where it was held.
    counts_as := coalesce(CASE stands WHEN 'on_hold' THEN nullif(present ->> 'held_from', '') END, stands);
    RETURN jsonb_build_object(
        'external_id', p_external_id,
        'office', known.at_office,
        'number', coalesce(present ->> 'number', ''),
        'revision', known.revision,
        'state', stands,
        'percent', (SELECT t.percent FROM centre.portal_told t
                    WHERE t.state = counts_as
                      AND t.by_courier = coalesce(present ->> 'delivery' = 'courier', false)
                      AND t.parcel = coalesce(shipped ->> 'state', '')),
        'changed_at', coalesce(present ->> 'changed_at',
            to_char(coalesce(known.cancelled_at, known.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
        'reasons', CASE WHEN stands = 'sent_back' THEN centre.portal_points(present -> 'sent_back') ELSE '[]' END,
        'reject_reason', CASE WHEN stands IN ('rejected', 'cancelled', 'expired')
                              THEN coalesce(present ->> 'reason', '') ELSE '' END,
        'courier', coalesce(shipped ->> 'courier', ''),
        'waybill', coalesce(shipped ->> 'awb', ''),
        'parcel', coalesce(shipped ->> 'state', ''),
        -- Who took it is the courier's to know; the applicant is told the relation.
        'delivered', CASE WHEN jsonb_typeof(shipped -> 'proof') = 'object' THEN jsonb_build_object(
            'at', shipped -> 'proof' ->> 'at', 'relation', shipped -> 'proof' ->> 'relation',
            'reference', coalesce(shipped -> 'proof' ->> 'reference', '')) END,
        'refused', fault);
END
$$;

CREATE FUNCTION centre.portal_points(points jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'code', p ->> 'reason', 'document', coalesce(r.document, ''),
               'text_id', coalesce(r.text_id, ''), 'text_en', coalesce(r.text_en, ''),
               'note', coalesce(p ->> 'note', ''), 'mark', p -> 'mark') ORDER BY place), '[]')
    FROM pg_catalog.jsonb_array_elements(points) WITH ORDINALITY AS t(p, place)
    LEFT JOIN centre.portal_reasons r ON r.code = p ->> 'reason'
$$;

-- An applicant complains; the office has it as an incident to answer.
CREATE FUNCTION portal.complain_v1(p_external_id text, p_nik text, p_kind text, p_words text)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known centre.portal_cases;
BEGIN
    SELECT * INTO known FROM centre.portal_cases c WHERE c.external_id = p_external_id;
    IF known.external_id IS NULL OR known.nik IS DISTINCT FROM p_nik THEN
        RETURN centre.portal_refusal('unknown');
    END IF;
    IF p_kind IS NULL OR p_kind NOT IN ('late', 'wrong_reason', 'not_received', 'other') THEN
        RETURN centre.portal_refusal('against_schema', '{"where": "kind"}');
    END IF;
    IF coalesce(length(p_words), 0) NOT BETWEEN 1 AND 1000 THEN
        RETURN centre.portal_refusal('against_schema', '{"where": "words"}');
    END IF;
    PERFORM set_config('loket.office', known.at_office, true);
    INSERT INTO centre.portal_complaints (external_id, office, kind, words)
    VALUES (p_external_id, known.at_office, p_kind, p_words);
    PERFORM centre.raise_incident(
        'complaint-' || p_external_id || '-' || (SELECT count(*) FROM centre.portal_complaints c
                                                 WHERE c.external_id = p_external_id),
        'complaint', coalesce(centre.portal_row(known.at_office, p_external_id) ->> 'id', p_external_id),
        ARRAY[known.at_office],
        jsonb_build_object('external_id', p_external_id, 'complaint', p_kind, 'words', p_words));
    RETURN jsonb_build_object('ok', true);
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA portal FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA portal TO loket_portal;
