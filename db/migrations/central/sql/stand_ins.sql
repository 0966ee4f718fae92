-- Who stands in for an absent approver or supervisor of an office, as that officer signed for it at
-- a counter (act `officer.delegated`). What an administrator orders stands with the officer, in
-- centre.officers, and counts beside it.
--
-- Nobody hands on what they don't hold in their own right at this office when the act arrives; a
-- stand-in hands nothing on. The giver's signature over the very content is in the entry and counts
-- once; whether it is theirs is the notary's to find, as with every approval.

CREATE TABLE centre.stand_ins (
    office text NOT NULL,
    nrp text NOT NULL,
    role text NOT NULL,
    entry_id text NOT NULL,
    giver text NOT NULL,
    since date NOT NULL,  -- in UTC, as the days by which entries are judged
    until date NOT NULL,
    ended timestamptz,
    in_order boolean NOT NULL DEFAULT false,  -- ended by an officer's word: its days up to `until` count
    PRIMARY KEY (office, nrp, role, entry_id)
);
CREATE UNIQUE INDEX stand_ins_now ON centre.stand_ins (office, nrp, role) WHERE ended IS NULL;
CREATE INDEX stand_ins_given ON centre.stand_ins (giver) WHERE ended IS NULL;

-- Offices in whose own feed an officer was told. A counter takes the country's feed first: whatever
-- changes an officer later is told there again, or the older word would come last.
CREATE TABLE centre.officers_told (
    office text NOT NULL,
    nrp text NOT NULL,
    PRIMARY KEY (office, nrp)
);

ALTER TABLE centre.special_acts DROP CONSTRAINT special_acts_effect_check;
ALTER TABLE centre.special_acts ADD CONSTRAINT special_acts_effect_check CHECK (
    effect IN ('take', 'release', 'accept', 'resubmit', 'intake', 'stand_in', 'stand_in_ends'));

-- The entries behind a place with the roles that hold now: one before them changed who stands in.
CREATE FUNCTION centre.roles_anew(my_office text, batch centre.sent[], entries text[], behind integer)
RETURNS centre.sent[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    one centre.sent;
BEGIN
    FOR i IN behind + 1 .. pg_catalog.cardinality(batch) LOOP
        one := batch[i];
        CONTINUE WHEN one.officer IS NULL OR one.problem = 'entry';
        one.roles := (SELECT centre.roles_of(o, my_office, one.day) FROM centre.officers o WHERE o.nrp = one.officer);
        IF one.approvers IS NOT NULL THEN
            one.approvers := ARRAY(
                SELECT k.nrp FROM pg_catalog.jsonb_array_elements(entries[one.n]::jsonb -> 'approvals') a
                JOIN centre.officers k ON k.nrp = a ->> 'officer'
                WHERE pg_catalog.cardinality(centre.roles_of(k, my_office, one.day)) > 0);
        END IF;
        batch[i] := one;
    END LOOP;
    RETURN batch;
END
$$;

-- What the giver signed: the SHA-256 of the content's canonical text (RFC 8785).
CREATE FUNCTION centre.stand_in_digest(told jsonb) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
        '{"from":' || pg_catalog.to_json(told ->> 'from')
        || ',"officer":' || pg_catalog.to_json(told ->> 'officer')
        || ',"reason":' || pg_catalog.to_json(told ->> 'reason')
        || ',"roles":[' || (SELECT pg_catalog.string_agg(pg_catalog.to_json(r.role)::text, ',' ORDER BY r.place)
                            FROM pg_catalog.jsonb_array_elements_text(told -> 'roles') WITH ORDINALITY r(role, place))
        || '],"until":' || pg_catalog.to_json(told ->> 'until') || '}', 'UTF8')), 'hex')
$$;

-- The giver's signature over this delegation, out of the entry; null where there is none.
CREATE FUNCTION centre.stand_in_signature(one centre.sent, entry text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT a ->> 'signature' FROM pg_catalog.jsonb_array_elements(entry::jsonb -> 'approvals') a
    WHERE a ->> 'officer' = one.officer AND a ->> 'act' = 'officer.delegate' AND a ->> 'subject' = one.subject
      AND a ->> 'digest' = centre.stand_in_digest(one.payload -> 'content')
    LIMIT 1
$$;

-- Of the roles that a delegation names, those that it hands on anew: the others stand already, to
-- the same day, and are named since an officer has one list of them at a counter.
CREATE FUNCTION centre.handed_on(my_office text, one centre.sent, taker centre.officers) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    told jsonb := one.payload -> 'content';
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT r FROM pg_catalog.unnest(centre.texts(told -> 'roles')) r
        WHERE NOT (taker.delegate_until IS NOT DISTINCT FROM (told ->> 'until')::date AND r = ANY (taker.delegate_roles))
          AND NOT EXISTS (SELECT FROM centre.stand_ins s
                          WHERE s.office = my_office AND s.nrp = taker.nrp AND s.role = r
                            AND s.until = (told ->> 'until')::date AND s.ended IS NULL));
END
$$;

-- Whether an officer's own duties at this office go with those of somebody else.
CREATE FUNCTION centre.may_take(taker centre.officers, my_office text, handed text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(centre.serves(taker, my_office), false)
        AND NOT EXISTS (SELECT FROM centre.words w WHERE w.name = 'only_reads' AND w.word = ANY (taker.roles))
        AND NOT EXISTS (SELECT FROM centre.words w WHERE w.name = 'never_together'
                        AND pg_catalog.string_to_array(w.word, '+') <@ (taker.roles || handed)
                        AND NOT pg_catalog.string_to_array(w.word, '+') <@ taker.roles)
$$;

-- Why a delegation doesn't count; null: it does. Both officers' rows are locked by the caller.
CREATE FUNCTION centre.against_stand_in(my_office text, one centre.sent, entry text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    told jsonb := one.payload -> 'content';
    giver centre.officers;
    taker centre.officers;
    handed text[];
    signed text := centre.stand_in_signature(one, entry);
    until date := (told ->> 'until')::date;
    -- As the office's calendar had it.
    day date := ((entry::jsonb ->> 'time')::timestamptz AT TIME ZONE (
        SELECT o.zone FROM centre.offices o WHERE o.office = my_office))::date;
BEGIN
    SELECT * INTO giver FROM centre.officers o WHERE o.nrp = one.officer;
    SELECT * INTO taker FROM centre.officers o WHERE o.nrp = one.subject;
    handed := centre.handed_on(my_office, one, taker);
    IF one.officer IS NULL OR told ->> 'from' IS DISTINCT FROM one.officer OR told ->> 'officer' IS DISTINCT FROM one.subject
       OR coalesce(pg_catalog.cardinality(centre.texts(told -> 'roles')), 0) = 0 THEN
        RETURN 'form';
    ELSIF EXISTS (SELECT FROM centre.counters c WHERE c.id = one.counter AND c.broken IS NOT NULL) THEN
        RETURN 'counter';
    ELSIF NOT coalesce(centre.serves(giver, my_office) AND handed <@ giver.roles, false)
       OR EXISTS (SELECT FROM pg_catalog.unnest(handed) r WHERE NOT EXISTS (
           SELECT FROM centre.words w WHERE w.name = 'handed_on' AND w.word = r)) THEN
        RETURN 'giver';
    ELSIF one.officer = one.subject OR NOT centre.may_take(taker, my_office, handed) THEN
        RETURN 'taker';
    ELSIF until IS NULL OR NOT until BETWEEN day AND day + (
        SELECT pg_catalog.min(w.word::integer) FROM centre.words w WHERE w.name = 'handed_on_days') THEN
        RETURN 'dates';
    ELSIF signed IS NULL OR EXISTS (SELECT FROM centre.taken_keys k WHERE k.name = 'stand_in' AND k.value = signed) THEN
        RETURN 'signature';
    END IF;
    RETURN NULL;
END
$$;

-- An officer's word ends some of it: the days before it go on counting, since another counter's line may
-- be down and its acts of those days come later. A clock ahead adds no day.
CREATE FUNCTION centre.end_in_order(my_office text, of_nrp text, of_roles text[], day date) RETURNS void
LANGUAGE sql AS $$
    UPDATE centre.stand_ins s SET ended = pg_catalog.now(), in_order = true,
        until = least(s.until, day - 1, (pg_catalog.now() AT TIME ZONE 'UTC')::date - 1)
    WHERE s.office = my_office AND s.nrp = of_nrp AND s.ended IS NULL
      AND (s.role = ANY (of_roles) OR s.until < day)
$$;

-- From now on the officer stands in.
CREATE FUNCTION centre.stands_in(my_office text, one centre.sent, entry text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    taker centre.officers;
    handed text[];
BEGIN
    SELECT * INTO taker FROM centre.officers o WHERE o.nrp = one.subject;
    handed := centre.handed_on(my_office, one, taker);
    INSERT INTO centre.taken_keys (name, value, office, kind, id, owner, entry_id)
    VALUES ('stand_in', centre.stand_in_signature(one, entry), my_office, 'officers', one.subject, one.officer,
            one.entry_id);
    PERFORM centre.end_in_order(my_office, one.subject, handed, one.day);
    INSERT INTO centre.stand_ins (office, nrp, role, entry_id, giver, since, until)
    SELECT my_office, one.subject, r, one.entry_id, one.officer, one.day, (one.payload -> 'content' ->> 'until')::date
    FROM pg_catalog.unnest(handed) r;
END
$$;

-- Why a delegation isn't ended; null: it is.
CREATE FUNCTION centre.against_stand_in_end(my_office text, one centre.sent) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    taker centre.officers;
BEGIN
    SELECT * INTO taker FROM centre.officers o WHERE o.nrp = one.subject;
    IF one.officer IS NULL OR NOT coalesce('supervisor' = ANY (one.roles)
        OR ARRAY(SELECT s.role FROM centre.stand_ins s
                 WHERE s.office = my_office AND s.nrp = one.subject AND s.ended IS NULL
                   AND s.until >= one.day) <@ one.roles, false) THEN
        RETURN 'giver';
    ELSIF taker.delegate_until >= one.day AND taker.offices IS DISTINCT FROM ARRAY[my_office] THEN
        RETURN 'elsewhere';  -- ordered at the centre, and for other offices as well
    ELSIF taker.delegate_until >= one.day AND NOT 'supervisor' = ANY (one.roles)
       AND NOT taker.delegate_roles <@ one.roles THEN
        RETURN 'giver';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION centre.stands_in_no_more(my_office text, one centre.sent) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM centre.end_in_order(my_office, one.subject, ARRAY(
        SELECT s.role FROM centre.stand_ins s
        WHERE s.office = my_office AND s.nrp = one.subject AND s.ended IS NULL), one.day);
    UPDATE centre.officers o SET delegate_roles = '{}', delegate_until = NULL, version = o.version + 1
    WHERE o.nrp = one.subject AND o.delegate_until IS NOT NULL AND o.offices = ARRAY[my_office];
END
$$;

-- Applies an entry that names a stand-in or ends one. One that doesn't count is parked, its office's
-- supervisor hears of it, and its counters what stands. Gives what was parked.
CREATE FUNCTION centre.apply_stand_in(me text, my_office text, one centre.sent, does text, entries text[],
                                      signatures bytea[], payloads text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    why text;
    told jsonb;
BEGIN
    IF one.problem IS NOT NULL THEN
        RETURN centre.apply_alone(me, my_office, one, entries, signatures, payloads);
    END IF;
    PERFORM FROM centre.officers o WHERE o.nrp IN (one.officer, one.subject) ORDER BY o.nrp FOR UPDATE;
    BEGIN
        why := CASE does WHEN 'stand_in' THEN centre.against_stand_in(my_office, one, entries[one.n])
                         ELSE centre.against_stand_in_end(my_office, one) END;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        why := 'form';
    END;
    IF why IS NULL THEN
        told := centre.apply_alone(me, my_office, one, entries, signatures, payloads);
        IF told IS NULL AND does = 'stand_in' THEN
            PERFORM centre.stands_in(my_office, one, entries[one.n]);
        ELSIF told IS NULL THEN
            PERFORM centre.stands_in_no_more(my_office, one);
        END IF;
    ELSE
        told := centre.park(me, my_office, one,
            ROW(one.n, 1, NULL, NULL, 'stand_in', pg_catalog.jsonb_build_object(
                'why', why, 'officer', one.officer, 'stand_in', one.subject))::centre.verdict,
            centre.read_changes(my_office, ARRAY[one], false), entries, signatures, payloads);
        PERFORM centre.raise_incident('stand_in_refused:' || one.entry_id, 'stand_in_refused', one.subject,
            ARRAY[my_office], pg_catalog.jsonb_build_object('counter', me, 'why', why,
                'giver', centre.titled(one.officer), 'stand_in', centre.titled(one.subject)));
    END IF;
    PERFORM centre.tell_officer(one.subject, my_office);
    RETURN told;
END
$$;

-- Rank and name, as counters show officers; one who isn't known has a number alone.
CREATE FUNCTION centre.titled(of_nrp text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT pg_catalog.btrim(o.rank || ' ' || o.name) FROM centre.officers o WHERE o.nrp = of_nrp),
                    of_nrp, '')
$$;

-- Tell an office's counters of an officer, with who they stand in for there.
CREATE FUNCTION centre.tell_officer(of_nrp text, of_office text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO centre.officers_told (office, nrp) VALUES (of_office, of_nrp) ON CONFLICT DO NOTHING;
    PERFORM centre.tell(of_office, 'officer', 'centre', NULL, NULL, o.nrp, pg_catalog.jsonb_build_object(
        'officer', pg_catalog.to_jsonb(o), 'stand_ins', centre.stand_ins_of(o.nrp, of_office)))
    FROM centre.officers o WHERE o.nrp = of_nrp;
END
$$;

CREATE FUNCTION centre.stand_ins_of(of_nrp text, of_office text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('role', s.role, 'until', s.until) ORDER BY s.role), '[]')
    FROM centre.stand_ins s WHERE s.office = of_office AND s.nrp = of_nrp AND s.ended IS NULL
$$;

-- After an officer was changed: what they gave ends where they don't hold it any more, and what they
-- stand in for where their own duties don't go with it. Told are the offices of who stood in by it,
-- and all in whose feed the officer was told before.
CREATE FUNCTION centre.stand_ins_after(of_nrp text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        WITH over AS (
            UPDATE centre.stand_ins s SET ended = now() FROM centre.officers o
            WHERE o.nrp = of_nrp AND s.ended IS NULL
              AND (s.giver = of_nrp AND NOT (centre.serves(o, s.office) AND s.role = ANY (o.roles))
                   OR s.nrp = of_nrp AND NOT centre.may_take(o, s.office, ARRAY[s.role]))
            RETURNING s.office, s.nrp)
        SELECT office, nrp FROM over
        UNION SELECT office, nrp FROM centre.officers_told WHERE nrp = of_nrp
        ORDER BY office, nrp
    LOOP
        PERFORM centre.tell_officer(one.nrp, one.office);
    END LOOP;
END
$$;

-- A counter's journal isn't believed from an entry on, or one entry's approval isn't: who stands in
-- by it does so no more, and did on no day.
CREATE FUNCTION centre.doubt_stand_ins(of_counter text, from_epoch integer, from_seq bigint, alone boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN
        UPDATE centre.stand_ins s SET ended = coalesce(s.ended, now()), in_order = false
        FROM centre.entry_ids e
        WHERE e.entry_id = s.entry_id AND e.counter = of_counter AND (s.ended IS NULL OR s.in_order)
          AND CASE WHEN alone THEN (e.epoch, e.seq) = (from_epoch, from_seq)
                   ELSE (e.epoch, e.seq) >= (from_epoch, from_seq) END
        RETURNING s.office, s.nrp
    LOOP
        PERFORM centre.tell_officer(one.nrp, one.office);
    END LOOP;
END
$$;

ALTER TABLE centre.stand_ins ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre.stand_ins FORCE ROW LEVEL SECURITY;
ALTER TABLE centre.officers_told ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre.officers_told FORCE ROW LEVEL SECURITY;
CREATE POLICY own_office ON centre.stand_ins TO loket_owner USING (
    office = pg_catalog.current_setting('loket.office', true) OR pg_catalog.current_setting('loket.office', true) = '*');
CREATE POLICY own_office ON centre.officers_told TO loket_owner USING (
    office = pg_catalog.current_setting('loket.office', true) OR pg_catalog.current_setting('loket.office', true) = '*');
CREATE POLICY whole ON centre.stand_ins TO loket_admin, loket_notary USING (true);
CREATE POLICY whole ON centre.officers_told TO loket_admin, loket_notary USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON centre.stand_ins, centre.officers_told TO loket_admin;
GRANT SELECT ON centre.stand_ins, centre.officers_told TO loket_notary;
GRANT EXECUTE ON FUNCTION centre.stand_ins_of, centre.tell_officer, centre.stand_ins_after, centre.serves,
    centre.may_take TO loket_admin;
