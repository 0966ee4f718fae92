-- At most one valid licence for a person and class in the whole country. A licence is a fact: it
-- always lands, but where another one holds the slot rightly, it lands flagged, and both offices
-- are told. Never silently.

-- The plain case: the slot is empty, or its holder was ended by the very act (judged before).
CREATE FUNCTION centre.land_slots(my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted integer;
    done integer;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.unnest(changes) c WHERE c.kind = 'licences' AND c.version = 0) THEN
        RETURN;
    END IF;
    INSERT INTO centre.licence_slots AS s (nik, licence_class, licence_id, office, application_id, entry_id)
    SELECT p.nik, c.set ->> 'licence_class', c.id,
           my_office, coalesce(c.set ->> 'application_id', ''), c.entry_id
    FROM pg_catalog.unnest(changes) c
    LEFT JOIN centre.niks(my_office, changes) p ON p.person = c.set ->> 'person_id'
    WHERE c.kind = 'licences' AND c.version = 0 AND c.set ->> 'status' = 'valid'
    ORDER BY 1, 2
    ON CONFLICT (nik, licence_class) DO UPDATE
    SET licence_id = excluded.licence_id, office = excluded.office,
        application_id = excluded.application_id, entry_id = excluded.entry_id
    WHERE EXISTS (SELECT FROM pg_catalog.unnest(changes) c
                  WHERE c.id = excluded.licence_id AND c.set -> 'superseded' ? s.licence_id);
    GET DIAGNOSTICS done = ROW_COUNT;
    SELECT pg_catalog.count(*) INTO wanted FROM pg_catalog.unnest(changes) c
    WHERE c.kind = 'licences' AND c.version = 0 AND c.set ->> 'status' = 'valid';
    IF done <> wanted THEN
        PERFORM centre.lost_race('licence slots');
    END IF;
END
$$;

-- Every other case, one licence after the other. Gives the changes with the standing that the
-- centre gives them, so that `land` can write them; what belongs to another office's licence has
-- been done there.
CREATE FUNCTION centre.settle_licences(my_office text, changes centre.change[])
RETURNS centre.change[] LANGUAGE plpgsql AS $$
DECLARE
    settled centre.change[] := '{}';
    c centre.change;
BEGIN
    FOREACH c IN ARRAY changes LOOP
        IF c.kind = 'licences' THEN
            IF c.stored IS NULL AND c.version > 0 THEN
                PERFORM centre.change_elsewhere(c);
                CONTINUE;
            END IF;
            IF c.set ? 'status' THEN
                -- A person whom the centre doesn't know (their entry is parked) is told apart by id.
                c.after := centre.settle_standing(my_office, c, coalesce((
                    SELECT p.nik FROM centre.niks(my_office, changes) p
                    WHERE p.person = c.after ->> 'person_id'), 'person:' || (c.after ->> 'person_id'), 'licence:' || c.id));
            END IF;
            -- What the centre made of a counter's word gets a version of its own and goes back to it.
            IF c.after ->> 'status' IS DISTINCT FROM coalesce(c.set ->> 'status', c.after ->> 'status')
               OR c.version <> c.expected THEN
                c.version := greatest(c.version, c.stored) + 1;
                PERFORM centre.tell(my_office, 'row', 'centre', NULL, 'licences', c.id, NULL);
            END IF;
            c.after := c.after || pg_catalog.jsonb_build_object('version', c.version);
            c.set := c.set - 'status';  -- settled: `land_slots` has nothing more to do
        END IF;
        settled := settled || c;
    END LOOP;
    RETURN settled;
END
$$;

-- What a counter says of a licence that stands in another office's books: its standing is entered
-- there, as the centre's act. One that nobody knows is left alone.
CREATE FUNCTION centre.change_elsewhere(c centre.change) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    outer_office text := pg_catalog.current_setting('loket.office', true);
    owner text;
BEGIN
    PERFORM pg_catalog.set_config('loket.office', '*', true);
    UPDATE centre.things t
    SET version = t.version + 1, counter = 'centre', entry_id = c.entry_id, changed = now(),
        row = t.row || pg_catalog.jsonb_build_object('status', c.set ->> 'status', 'version', t.version + 1)
    FROM centre.licences l
    WHERE l.id = c.id AND t.office = l.office AND t.kind = 'licences' AND t.id = c.id
      AND c.set ->> 'status' <> 'valid' AND t.row ->> 'status' <> c.set ->> 'status'
    RETURNING t.office INTO owner;
    IF owner IS NOT NULL THEN
        PERFORM centre.tell(owner, 'row', 'centre', NULL, 'licences', c.id, NULL);
        IF c.set ->> 'status' <> 'flagged' THEN
            DELETE FROM centre.licence_slots s WHERE s.licence_id = c.id;
        END IF;
    END IF;
    PERFORM pg_catalog.set_config('loket.office', outer_office, true);
END
$$;

-- One licence's new standing: its row as it stands afterwards.
CREATE FUNCTION centre.settle_standing(my_office text, c centre.change, of_nik text) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM centre.revocations r WHERE r.kind = 'licence' AND r.id = c.id) THEN
        c.after := c.after || '{"status": "revoked"}';
    END IF;
    IF c.after ->> 'status' = 'valid' THEN
        RETURN centre.settle_valid(my_office, c, of_nik);
    END IF;
    IF c.after ->> 'status' <> 'flagged' THEN
        DELETE FROM centre.licence_slots s WHERE s.licence_id = c.id;
    END IF;
    RETURN c.after;
END
$$;

-- A licence that wants to be the valid one: its row as it stands afterwards.
CREATE FUNCTION centre.settle_valid(my_office text, c centre.change, of_nik text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    slot centre.licence_slots;
    class text := c.after ->> 'licence_class';
BEGIN
    SELECT * INTO slot FROM centre.licence_slots s
    WHERE s.nik = of_nik AND s.licence_class = class FOR UPDATE;
    IF slot.licence_id IS NOT NULL AND slot.licence_id <> c.id THEN
        IF NOT centre.may_succeed(my_office, c, slot) THEN
            PERFORM centre.tell_second_licence(my_office, c, slot);
            RETURN c.after || '{"status": "flagged"}';
        END IF;
        PERFORM centre.supersede(slot, c.entry_id);
    END IF;
    INSERT INTO centre.licence_slots AS s (nik, licence_class, licence_id, office, application_id, entry_id)
    VALUES (of_nik, class, c.id, my_office, coalesce(c.after ->> 'application_id', ''), c.entry_id)
    ON CONFLICT (nik, licence_class) DO UPDATE
    SET licence_id = excluded.licence_id, office = excluded.office,
        application_id = excluded.application_id, entry_id = excluded.entry_id
    WHERE s.licence_id IS NOT DISTINCT FROM slot.licence_id OR s.licence_id = excluded.licence_id;
    IF NOT FOUND THEN
        PERFORM centre.lost_race('licence slot');
    END IF;
    RETURN c.after;
END
$$;

-- Whether the new licence may take the place of the slot's holder: it names it as the one it ended,
-- or its service follows a predecessor, and that was issued before this case began, in a case that
-- began earlier and has ended.
CREATE FUNCTION centre.may_succeed(my_office text, c centre.change, slot centre.licence_slots)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    mine jsonb;
    theirs jsonb;
    held jsonb;
    outer_office text := pg_catalog.current_setting('loket.office', true);
    may boolean;
BEGIN
    IF c.after -> 'superseded' ? slot.licence_id THEN
        RETURN true;
    END IF;
    PERFORM pg_catalog.set_config('loket.office', '*', true);
    SELECT t.row INTO mine FROM centre.things t
    WHERE t.office = my_office AND t.kind = 'applications' AND t.id = c.after ->> 'application_id';
    SELECT t.row INTO theirs FROM centre.things t
    WHERE t.office = slot.office AND t.kind = 'applications' AND t.id = slot.application_id;
    SELECT t.row INTO held FROM centre.things t
    WHERE t.office = slot.office AND t.kind = 'licences' AND t.id = slot.licence_id;
    PERFORM pg_catalog.set_config('loket.office', outer_office, true);
    may := EXISTS (SELECT FROM centre.words w WHERE w.name = 'service_succeeds' AND w.word = mine ->> 'service')
        AND (held ->> 'issued_on')::date < (mine ->> 'created_at')::timestamptz::date
        AND (theirs IS NULL OR (
            (theirs ->> 'created_at')::timestamptz < (mine ->> 'created_at')::timestamptz
            AND EXISTS (SELECT FROM centre.words w WHERE w.name = 'case_ended' AND w.word = theirs ->> 'state')));
    RETURN coalesce(may, false);
END
$$;

-- The predecessor ends where it stands, perhaps at another office, which is told.
CREATE FUNCTION centre.supersede(slot centre.licence_slots, by_entry text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    outer_office text := pg_catalog.current_setting('loket.office', true);
BEGIN
    PERFORM pg_catalog.set_config('loket.office', slot.office, true);
    UPDATE centre.things t
    SET version = t.version + 1, row = t.row || pg_catalog.jsonb_build_object(
            'status', 'superseded', 'version', t.version + 1),
        counter = 'centre', entry_id = by_entry, changed = now()
    WHERE t.office = slot.office AND t.kind = 'licences' AND t.id = slot.licence_id
      AND t.row ->> 'status' = 'valid';
    IF FOUND THEN
        PERFORM centre.tell(slot.office, 'row', 'centre', NULL, 'licences', slot.licence_id, NULL);
    END IF;
    PERFORM pg_catalog.set_config('loket.office', outer_office, true);
END
$$;

-- By order of the centre a licence counts no more: it is entered as revoked in its office's books and
-- that office is told, and its place in the country is free for a new one. False where no office has
-- it (its card is refused all the same), or where it had ended already.
CREATE FUNCTION centre.revoke_licence(of_licence text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on AS $$
DECLARE
    owner text;
BEGIN
    PERFORM set_config('loket.office', '*', true);
    UPDATE centre.things t
    SET version = t.version + 1, counter = 'centre', changed = now(),
        row = t.row || jsonb_build_object('status', 'revoked', 'version', t.version + 1)
    FROM centre.licences l
    WHERE l.id = of_licence AND t.office = l.office AND t.kind = 'licences' AND t.id = l.id
      AND t.row ->> 'status' IN ('valid', 'flagged')
    RETURNING t.office INTO owner;
    IF owner IS NULL THEN
        RETURN false;
    END IF;
    PERFORM centre.tell(owner, 'row', 'centre', NULL, 'licences', of_licence, NULL);
    DELETE FROM centre.licence_slots s WHERE s.licence_id = of_licence;
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION centre.revoke_licence FROM PUBLIC;
GRANT EXECUTE ON FUNCTION centre.revoke_licence TO loket_admin;

CREATE FUNCTION centre.tell_second_licence(my_office text, c centre.change, slot centre.licence_slots)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM centre.raise_incident(
        'second_licence:' || c.id, 'second_licence', c.id, ARRAY[my_office, slot.office],
        pg_catalog.jsonb_build_object(
            'licence_class', slot.licence_class,
            'flagged', pg_catalog.jsonb_build_object('licence', c.id, 'office', my_office,
                'application', c.after ->> 'application_id', 'serial', c.after ->> 'blank_serial'),
            'standing', pg_catalog.jsonb_build_object('licence', slot.licence_id, 'office', slot.office,
                'application', slot.application_id)));
END
$$;
