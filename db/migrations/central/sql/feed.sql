-- Numbers of a feed are given by its head, whose row stays locked until the commit: whoever sees
-- number n has seen all before it. (A sequence would give n+1 to a transaction that commits first,
-- and a counter that pulls between the two would never see n.)
CREATE FUNCTION centre.next_numbers(of_office text, count bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
BEGIN
    UPDATE centre.heads SET number = number + count WHERE office = of_office
    RETURNING number - count + 1 INTO first;
    IF first IS NULL THEN
        RAISE EXCEPTION 'no office %', of_office;
    END IF;
    RETURN first;
END
$$;

-- One item for an office ('*': for the country), perhaps for one of its counters only.
CREATE FUNCTION centre.tell(of_office text, type text, origin text, target text, kind text, id text, body jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mine text := pg_catalog.current_setting('loket.office', true);
BEGIN
    PERFORM pg_catalog.set_config('loket.office', of_office, true);
    INSERT INTO centre.feed (office, number, type, origin, target, kind, id, body)
    VALUES (of_office, centre.next_numbers(of_office, 1), type, origin, target, kind, id, body);
    PERFORM pg_catalog.set_config('loket.office', coalesce(mine, ''), true);
END
$$;

CREATE FUNCTION centre.lease_end() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN now() + pg_catalog.make_interval(secs => coalesce(
        (SELECT value::double precision FROM centre.meta WHERE key = 'lease_seconds'), 14400));
END
$$;

-- A lost race: another transaction was here between our look and our write. The caller sends again.
CREATE FUNCTION centre.lost_race(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changed meanwhile: %', what USING ERRCODE = '40001';
END
$$;
