-- Entries that are looked at alone: those that take or give back a lease or settle a parked entry,
-- those with a licence out of the plain case, and those that can't land as they are.

-- Applies one entry, or parks it. Whatever a value does to a rule, no entry ever blocks the chain:
-- one that can't be judged is set aside as unreadable.
CREATE FUNCTION centre.apply_alone(me text, my_office text, one centre.sent, entries text[],
                                   signatures bytea[], payloads text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    RETURN centre.judge_alone(me, my_office, one, entries, signatures, payloads);
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
    one.problem := 'values';
    RETURN centre.park(me, my_office, one, ROW(one.n, 0, NULL, NULL, 'unreadable',
        pg_catalog.jsonb_build_object('part', 'values', 'state', state))::centre.verdict,
        '{}', entries, signatures, payloads);
END
$$;

-- Applies one entry, or parks it with the reason and lands what are facts. Gives what was parked.
CREATE FUNCTION centre.judge_alone(me text, my_office text, one centre.sent, entries text[],
                                   signatures bytea[], payloads text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    does text := (SELECT s.effect FROM centre.special_acts s WHERE s.act = one.act);
    lease centre.claims;
    changes centre.change[];
    against centre.verdict;
BEGIN
    IF one.problem IS NOT NULL THEN
        against := ROW(one.n, 0, NULL, NULL, 'unreadable',
                       pg_catalog.jsonb_build_object('part', one.problem))::centre.verdict;
        RETURN centre.park(me, my_office, one, against, '{}', entries, signatures, payloads);
    END IF;
    IF does IN ('accept', 'resubmit') THEN
        PERFORM centre.resolve(me, my_office, one);
    ELSIF does = 'take' THEN
        SELECT * INTO lease FROM centre.claims l WHERE l.application = one.subject FOR UPDATE;
        against := centre.take_lease(me, my_office, one, lease);
        one.payload := centre.with_fence(one);
    END IF;
    changes := centre.read_changes(my_office, ARRAY[one], false);
    IF against.reason IS NULL THEN
        SELECT * INTO against FROM (
            SELECT * FROM centre.judge_officers(ARRAY[one])
            UNION ALL SELECT * FROM centre.judge(me, my_office, changes, false)) v
        WHERE v.reason <> 'slot' ORDER BY v.rank LIMIT 1;
    END IF;
    IF against.reason IS NOT NULL THEN
        IF does IN ('accept', 'resubmit') THEN
            PERFORM centre.unresolve(my_office, one.entry_id);
        ELSIF does = 'take' THEN
            PERFORM centre.restore_lease(one.subject, lease);
        END IF;
        RETURN centre.park(me, my_office, one, against, changes, entries, signatures, payloads);
    END IF;
    PERFORM centre.land(me, my_office, centre.settle_licences(my_office, changes));
    IF does = 'release' THEN
        UPDATE centre.claims SET released = true WHERE application = one.subject AND counter = me;
    ELSIF does IN ('accept', 'resubmit') THEN
        PERFORM centre.tell(my_office, 'resolved', me, me, NULL, p.entry_id, pg_catalog.jsonb_build_object(
            'entry_id', p.entry_id, 'by', one.entry_id, 'how', does))
        FROM centre.parked p
        WHERE p.office = my_office AND p.counter = me AND p.resolved_by = one.entry_id;
    END IF;
    IF does = 'intake' THEN
        PERFORM centre.intake_refused(my_office, one.payload -> 'content');
    END IF;
    PERFORM centre.keep_entries(me, my_office, ARRAY[one], entries, signatures, payloads, 'applied', NULL);
    RETURN NULL;
END
$$;

CREATE FUNCTION centre.park(me text, my_office text, one centre.sent, against centre.verdict,
                            changes centre.change[], entries text[], signatures bytea[], payloads text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    facts centre.change[] := '{}';
    settled boolean;
    told jsonb;
BEGIN
    IF one.problem IS NULL THEN
        facts := centre.sound_facts(me, my_office, one);
        PERFORM centre.land(me, my_office, centre.settle_licences(my_office, facts));
    END IF;
    PERFORM centre.keep_entries(me, my_office, ARRAY[one], entries, signatures, payloads, 'parked', against.reason);
    INSERT INTO centre.parked (office, counter, epoch, seq, entry_id, reason, detail)
    VALUES (my_office, me, one.epoch, one.seq, one.entry_id, against.reason, against.detail);
    INSERT INTO centre.parked_on (office, kind, id, entry_id)
    SELECT DISTINCT my_office, c.kind, c.id, one.entry_id FROM pg_catalog.unnest(changes) c
    WHERE NOT EXISTS (SELECT FROM pg_catalog.unnest(facts) f WHERE f.kind = c.kind AND f.id = c.id);
    -- Who only asked for a case and didn't get it, or whose act changed nothing but facts, has nothing
    -- to settle.
    settled := one.problem IS NULL AND NOT EXISTS (
        SELECT FROM centre.parked_on w WHERE w.office = my_office AND w.entry_id = one.entry_id);
    UPDATE centre.parked p SET resolved_by = one.entry_id
    WHERE settled AND p.office = my_office AND p.counter = me AND p.epoch = one.epoch AND p.seq = one.seq;
    told := pg_catalog.jsonb_build_object('seq', one.seq, 'epoch', one.epoch, 'entry_id', one.entry_id,
                                          'reason', against.reason, 'detail', against.detail, 'settled', settled);
    PERFORM centre.tell(my_office, 'parked', me, me, NULL, one.entry_id, told);
    RETURN centre.with_rows(my_office, told);
END
$$;

-- The facts of an entry that can land by themselves. A blank and its movements stand together; one
-- that somebody else holds raises an incident.
CREATE FUNCTION centre.sound_facts(me text, my_office text, one centre.sent) RETURNS centre.change[]
LANGUAGE plpgsql AS $$
DECLARE
    facts centre.change[] := centre.read_changes(my_office, ARRAY[one], true);
    bad text[];
    v centre.verdict;
BEGIN
    FOR v IN SELECT * FROM centre.judge(me, my_office, facts, true) j WHERE j.reason <> 'slot' LOOP
        bad := bad || (v.kind || ':' || v.id);
        IF v.kind IN ('blanks', 'movements') THEN
            bad := bad || ('blanks:' || coalesce(v.detail ->> 'serial', v.id));
            PERFORM centre.tell_blank_conflict(my_office, one, coalesce(v.detail ->> 'serial', v.id), v.detail);
        END IF;
    END LOOP;
    IF bad IS NULL THEN
        RETURN facts;
    END IF;
    RETURN coalesce((SELECT pg_catalog.array_agg(f ORDER BY f.n, f.ord) FROM pg_catalog.unnest(facts) f
                     WHERE NOT (f.kind || ':' || f.id = ANY (bad))
                       AND NOT (f.kind = 'movements' AND 'blanks:' || (f.set ->> 'serial') = ANY (bad))), '{}');
END
$$;

CREATE FUNCTION centre.tell_blank_conflict(my_office text, one centre.sent, serial text, detail jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    holder centre.serials;
BEGIN
    SELECT * INTO holder FROM centre.serials s WHERE s.serial = tell_blank_conflict.serial;
    PERFORM centre.raise_incident(
        'blank_conflict:' || serial || ':' || one.entry_id, 'blank_conflict', serial,
        ARRAY[my_office, coalesce(holder.office, my_office)],
        pg_catalog.jsonb_build_object('serial', serial, 'told_by', one.counter, 'entry_id', one.entry_id,
            'office', holder.office, 'custodian', holder.custodian, 'state', holder.state));
END
$$;

-- The parked entries that an entry settles.
CREATE FUNCTION centre.settles(one centre.sent) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT centre.texts(one.payload -> 'content' -> 'entries')
        || CASE WHEN one.payload -> 'content' ->> 'entry_id' IS NULL THEN '{}'::text[]
           ELSE ARRAY[one.payload -> 'content' ->> 'entry_id'] END
$$;

CREATE FUNCTION centre.resolve(me text, my_office text, one centre.sent) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE centre.parked p SET resolved_by = one.entry_id
    WHERE p.office = my_office AND p.counter = me AND p.resolved_by IS NULL
      AND p.entry_id = ANY (centre.settles(one));
    UPDATE centre.parked_on w SET resolved_by = one.entry_id
    FROM centre.parked p
    WHERE p.office = my_office AND p.counter = me AND p.resolved_by = one.entry_id
      AND w.office = my_office AND w.entry_id = p.entry_id;
END
$$;

CREATE FUNCTION centre.unresolve(my_office text, entry text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE centre.parked SET resolved_by = NULL WHERE office = my_office AND resolved_by = entry;
    UPDATE centre.parked_on SET resolved_by = NULL WHERE office = my_office AND resolved_by = entry;
END
$$;
