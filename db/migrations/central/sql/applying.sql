-- From placed entries to what stands afterwards: clean stretches at once, the others alone. Each
-- form of the centre that looks at another act alone runs this file again.

-- Applies the entries of a window that nothing stands against, up to the first that something does.
-- Gives how many; null where a value can't even be judged (a number that is none, say).
CREATE OR REPLACE FUNCTION centre.apply_clean(me text, my_office text, window_of centre.sent[], entries text[],
                                   signatures bytea[], payloads text[])
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    changes centre.change[];
    total integer := pg_catalog.cardinality(window_of);
    clean integer;
BEGIN
    changes := centre.read_changes(my_office, window_of, false);
    SELECT pg_catalog.min(v.n) - (window_of[1]).n INTO clean FROM (
        SELECT n FROM centre.judge_officers(window_of)
        UNION ALL SELECT n FROM centre.judge(me, my_office, changes, false)) v;
    IF clean = 0 THEN
        RETURN 0;
    END IF;
    IF clean < total THEN
        window_of := window_of[:clean];
        changes := centre.read_changes(my_office, window_of, false);
    END IF;
    PERFORM centre.land(me, my_office, changes);
    PERFORM centre.keep_entries(me, my_office, window_of, entries, signatures, payloads, 'applied', NULL);
    RETURN coalesce(clean, total);
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
    RETURN NULL;
END
$$;

-- Applies entries in order: as many at once as nothing stands against, and one that something
-- stands against alone. Gives what was parked.
CREATE OR REPLACE FUNCTION centre.apply_all(me text, my_office text, batch centre.sent[], entries text[],
                                 signatures bytea[], payloads text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    parked jsonb := '[]';
    told jsonb;
    alone integer[] := ARRAY(
        SELECT i FROM pg_catalog.generate_subscripts(batch, 1) i
        WHERE (batch[i]).problem IS NOT NULL
           OR EXISTS (SELECT FROM centre.special_acts s WHERE s.act = (batch[i]).act) ORDER BY i);
    total integer := pg_catalog.cardinality(batch);
    width integer := 500;
    at integer := 1;
    upto integer;
    landed integer;
    does text;
BEGIN
    WHILE at <= total LOOP
        upto := least(at + width - 1, total,
                      coalesce((SELECT pg_catalog.min(a) FROM pg_catalog.unnest(alone) a WHERE a >= at), total + 1) - 1);
        IF upto >= at THEN
            landed := centre.apply_clean(me, my_office,
                CASE WHEN at = 1 AND upto = total THEN batch ELSE batch[at:upto] END, entries, signatures, payloads);
            IF landed IS NULL AND upto > at THEN
                width := (upto - at + 1) / 2;  -- which one it is will be seen
                CONTINUE;
            END IF;
            IF landed > 0 THEN
                at := at + landed;
                width := least(width * 2, 500);
                CONTINUE WHEN at > upto;
            END IF;
        END IF;
        does := (SELECT s.effect FROM centre.special_acts s WHERE s.act = (batch[at]).act);
        IF does IN ('stand_in', 'stand_in_ends') THEN
            told := centre.apply_stand_in(me, my_office, batch[at], does, entries, signatures, payloads);
            batch := centre.roles_anew(my_office, batch, entries, at);
        ELSE
            told := centre.apply_alone(me, my_office, batch[at], entries, signatures, payloads);
        END IF;
        IF told IS NOT NULL THEN
            parked := parked || told;
            width := 16;  -- where one is parked, others often are
        END IF;
        at := at + 1;
    END LOOP;
    RETURN parked;
END
$$;
