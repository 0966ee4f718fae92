-- Leases: who may work on a case, and until when. The fencing number rises with each change of
-- holder, so that an entry made under a lease that was lost meanwhile is told from one that wasn't.

-- Take the lease for the entry that asks for it; a verdict where somebody else holds it.
CREATE FUNCTION centre.take_lease(me text, my_office text, one centre.sent, held centre.claims)
RETURNS centre.verdict LANGUAGE plpgsql AS $$
BEGIN
    IF held.application IS NOT NULL AND held.counter <> me AND NOT held.released AND held.until > now() THEN
        RETURN ROW(one.n, 5, 'applications', one.subject, 'claimed', pg_catalog.jsonb_build_object(
            'application', one.subject, 'counter', held.counter, 'until', held.until,
            'fence', held.fence))::centre.verdict;
    END IF;
    IF held.application IS NOT NULL AND held.office <> my_office THEN
        RETURN ROW(one.n, 5, 'applications', one.subject, 'claimed', pg_catalog.jsonb_build_object(
            'application', one.subject, 'office', held.office))::centre.verdict;
    END IF;
    INSERT INTO centre.claims AS l (application, office, counter, until)
    VALUES (one.subject, my_office, me, centre.lease_end())
    ON CONFLICT (application) DO UPDATE
    SET counter = excluded.counter, until = excluded.until, released = false,
        ended = false, fence = l.fence + CASE WHEN l.counter = excluded.counter AND NOT l.released THEN 0 ELSE 1 END;
    RETURN NULL;
END
$$;

-- The entry that takes a lease acts under it.
CREATE FUNCTION centre.with_fence(one centre.sent) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(one.payload, '{}') || pg_catalog.jsonb_build_object('fences',
        coalesce(one.payload -> 'fences', '{}') || coalesce(
            (SELECT pg_catalog.jsonb_build_object(l.application, l.fence) FROM centre.claims l
             WHERE l.application = one.subject), '{}'))
$$;

-- The entry was parked, so the lease stands as before.
CREATE FUNCTION centre.restore_lease(case_id text, held centre.claims) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF held.application IS NULL THEN
        DELETE FROM centre.claims WHERE application = case_id;
    ELSE
        UPDATE centre.claims SET counter = held.counter, fence = held.fence, until = held.until,
               released = held.released, office = held.office
        WHERE application = case_id;
    END IF;
END
$$;

-- A holder who is heard of keeps its leases. Written only when a quarter of the time has gone.
CREATE FUNCTION centre.extend_leases(me text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lease_end timestamptz := centre.lease_end();
BEGIN
    UPDATE centre.claims SET until = lease_end
    WHERE counter = me AND NOT released AND NOT ended AND until < now() + (lease_end - now()) * 0.75;
END
$$;

CREATE FUNCTION centre.leases_of(me text, cases text[]) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'application', l.application, 'fence', l.fence, 'until', l.until,
        'seconds', pg_catalog.floor(extract(epoch FROM l.until - now())))), '[]')
    FROM centre.claims l
    WHERE l.counter = me AND NOT l.released
      AND CASE WHEN cases IS NULL THEN NOT l.ended ELSE l.application = ANY (cases) END);
END
$$;
