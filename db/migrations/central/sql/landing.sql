-- Writing what was judged. Every write compares with what the judging saw: where another
-- transaction came between, 40001 is raised and the whole call is made again.

CREATE FUNCTION centre.land(me text, my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    told text[] := centre.kinds_in(changes);
BEGIN
    PERFORM centre.land_things(me, my_office, changes);
    IF centre.wants_keys(changes) THEN
        PERFORM centre.land_keys(my_office, changes);
    END IF;
    IF 'blanks' = ANY (told) THEN
        PERFORM centre.land_serials(my_office, changes);
    END IF;
    IF 'licences' = ANY (told) THEN
        PERFORM centre.land_slots(my_office, changes);
    END IF;
    IF 'applications' = ANY (told) THEN
        PERFORM centre.land_claims(me, my_office, changes);
        PERFORM centre.land_intake(my_office, changes);
    END IF;
    PERFORM centre.land_feed(me, my_office, changes);
END
$$;

CREATE FUNCTION centre.land_things(me text, my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    INSERT INTO centre.things (office, kind, id, version, row, counter, entry_id)
    SELECT my_office, c.kind, c.id, c.version, c.after, me, c.entry_id
    FROM pg_catalog.unnest(changes) c WHERE c.last AND c.stored IS NULL
    ORDER BY c.kind, c.id;
    FOR one IN SELECT u.kind, u.id, u.version, u.stored, u.after, u.entry_id FROM pg_catalog.unnest(changes) u
             WHERE u.last AND u.stored IS NOT NULL ORDER BY u.kind, u.id
    LOOP
        UPDATE centre.things t
        SET version = one.version, row = one.after, counter = me, entry_id = one.entry_id, changed = now()
        WHERE t.office = my_office AND t.kind = one.kind AND t.id = one.id AND t.version = one.stored;
        IF NOT FOUND THEN
            PERFORM centre.lost_race('things');
        END IF;
    END LOOP;
EXCEPTION WHEN unique_violation THEN
    PERFORM centre.lost_race('things');
END
$$;

CREATE FUNCTION centre.land_keys(my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted integer;
    done integer;
BEGIN
    WITH keys AS (
        SELECT DISTINCT ON (w.name, w.value) w.* FROM centre.wanted_keys(changes) w
        ORDER BY w.name, w.value, w.n
    ), kept AS (
        INSERT INTO centre.taken_keys AS t (name, value, office, kind, id, owner, entry_id)
        SELECT k.name, k.value, my_office, k.kind, k.id, k.owner, k.entry_id FROM keys k
        ORDER BY k.name, k.value
        ON CONFLICT (name, value) DO UPDATE SET entry_id = t.entry_id WHERE t.owner = excluded.owner
        RETURNING 1
    )
    SELECT (SELECT pg_catalog.count(*) FROM keys), (SELECT pg_catalog.count(*) FROM kept) INTO wanted, done;
    IF done <> wanted THEN
        PERFORM centre.lost_race('keys');
    END IF;
END
$$;

CREATE FUNCTION centre.land_serials(my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted integer;
    done integer;
BEGIN
    INSERT INTO centre.serials AS s (serial, office, custodian, state, movement, lot, entry_id)
    SELECT c.id, my_office, c.after ->> 'custodian', c.after ->> 'state',
           (c.after ->> 'movement')::integer, c.after ->> 'lot', c.entry_id
    FROM pg_catalog.unnest(changes) c WHERE c.kind = 'blanks' AND c.last
    ORDER BY c.id
    ON CONFLICT (serial) DO UPDATE
    SET office = excluded.office, custodian = excluded.custodian, state = excluded.state,
        movement = excluded.movement, lot = excluded.lot, entry_id = excluded.entry_id
    WHERE s.office = excluded.office
       OR EXISTS (SELECT FROM centre.words w WHERE w.name = 'blank_left' AND w.word = s.state);
    GET DIAGNOSTICS done = ROW_COUNT;
    SELECT pg_catalog.count(*) INTO wanted FROM pg_catalog.unnest(changes) c WHERE c.kind = 'blanks' AND c.last;
    IF done <> wanted THEN
        PERFORM centre.lost_race('serials');
    END IF;
END
$$;

-- A case that a person works on without a lease is leased to their counter; a lease held is extended.
CREATE FUNCTION centre.land_claims(me text, my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    lease_end timestamptz := centre.lease_end();
    one record;
BEGIN
    INSERT INTO centre.claims (application, office, counter, until)
    SELECT c.id, my_office, me, lease_end
    FROM pg_catalog.unnest(changes) c
    WHERE c.kind = 'applications' AND c.officer IS NOT NULL
    GROUP BY c.id ORDER BY c.id
    ON CONFLICT DO NOTHING;
    FOR one IN SELECT u.id, u.after ->> 'state' AS state, EXISTS (
                 SELECT FROM pg_catalog.unnest(changes) o
                 WHERE o.kind = 'applications' AND o.id = u.id AND o.officer IS NOT NULL) AS by_a_person
             FROM pg_catalog.unnest(changes) u WHERE u.kind = 'applications' AND u.last ORDER BY u.id
    LOOP
        UPDATE centre.claims l SET until = lease_end, ended = EXISTS (
            SELECT FROM centre.words w WHERE w.name = 'case_ended' AND w.word = one.state)
        WHERE l.application = one.id AND l.counter = me AND NOT l.released;
        IF NOT FOUND AND one.by_a_person THEN
            PERFORM centre.lost_race('claims');
        END IF;
    END LOOP;
END
$$;

-- An online application that has arrived in a counter's books needn't be handed out again.
CREATE FUNCTION centre.land_intake(my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM centre.intake_applied(my_office, c.after)
    FROM pg_catalog.unnest(changes) c
    WHERE c.kind = 'applications' AND c.last AND c.after ->> 'external_id' <> '';
END
$$;

CREATE FUNCTION centre.land_feed(me text, my_office text, changes centre.change[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    count bigint;
    first bigint;
BEGIN
    SELECT pg_catalog.count(*) INTO count FROM pg_catalog.unnest(changes) c WHERE c.last;
    IF count > 0 THEN
        first := centre.next_numbers(my_office, count);
        INSERT INTO centre.feed (office, number, type, origin, kind, id)
        SELECT my_office, first - 1 + pg_catalog.row_number() OVER (ORDER BY c.n, c.ord), 'row', me, c.kind, c.id
        FROM pg_catalog.unnest(changes) c WHERE c.last;
    END IF;
END
$$;
