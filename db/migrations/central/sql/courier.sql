-- What couriers say of parcels, by list (`main.py centre courier`) or by their own system, a login
-- of the group loket_courier that may call one function. Docs: docs/centre-admin.md.

-- One event; the office that sent the waybill is told. Null: no office knows it yet, and it is kept
-- until one does. The same event again changes nothing.
CREATE FUNCTION centre.courier_says(event jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    sender text := (SELECT k.office FROM centre.taken_keys k
                    WHERE k.name = 'waybill' AND k.value = event ->> 'awb');
BEGIN
    INSERT INTO centre.courier_events (awb, event, at, row, office)
    VALUES (event ->> 'awb', event ->> 'event', (event ->> 'at')::timestamptz, event, sender)
    ON CONFLICT DO NOTHING;
    IF FOUND AND sender IS NOT NULL THEN
        PERFORM centre.tell(sender, 'courier', 'centre', NULL, NULL, event ->> 'awb',
                            pg_catalog.jsonb_build_object('courier', event));
    END IF;
    RETURN sender;
END
$$;

-- Events that came before their waybill: a courier is sometimes quicker than an office's line.
CREATE FUNCTION centre.courier_again() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    one record;
    count integer := 0;
BEGIN
    FOR one IN
        SELECT e.id, e.awb, e.row, k.office AS sender FROM centre.courier_events e
        JOIN centre.taken_keys k ON k.name = 'waybill' AND k.value = e.awb
        WHERE e.office IS NULL ORDER BY e.at, e.id FOR UPDATE OF e SKIP LOCKED
    LOOP
        UPDATE centre.courier_events SET office = one.sender WHERE id = one.id;
        PERFORM centre.tell(one.sender, 'courier', 'centre', NULL, NULL, one.awb,
                            pg_catalog.jsonb_build_object('courier', one.row));
        count := count + 1;
    END LOOP;
    RETURN count;
END
$$;

-- Up to 1,000 events: {"awb", "event": in_transit|delivered|failed|returning, "at": time with zone,
-- "receiver"?, "relation"?, "reference"?, "reason"?}. Answers with how many were passed on, the
-- waybills that nobody knows yet, and the places (from 0) of those that say nothing.
CREATE FUNCTION courier.say_v1(events jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one jsonb;
    place integer := -1;
    told integer := 0;
    unknown jsonb := '[]';
    bad jsonb := '[]';
    clean jsonb;
BEGIN
    IF jsonb_typeof(events) <> 'array' OR jsonb_array_length(events) > 1000 THEN
        RETURN '{"error": "form"}';
    END IF;
    FOR one IN SELECT e FROM jsonb_array_elements(events) e LOOP
        place := place + 1;
        BEGIN
            IF jsonb_typeof(one) <> 'object' OR coalesce(one ->> 'awb', '') !~ '^[A-Za-z0-9-]{1,64}$'
               OR one ->> 'event' NOT IN ('in_transit', 'delivered', 'failed', 'returning')
               OR coalesce(one ->> 'at', '') !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*(Z|[+-][0-9]{2}:?[0-9]{2})$' THEN
                RAISE data_exception;
            END IF;
            clean := jsonb_build_object(
                'awb', one ->> 'awb', 'event', one ->> 'event', 'at', (one ->> 'at')::timestamptz,
                'receiver', left(coalesce(one ->> 'receiver', ''), 120),
                'relation', left(coalesce(one ->> 'relation', ''), 40),
                'reference', left(coalesce(one ->> 'reference', ''), 60),
                'reason', left(coalesce(one ->> 'reason', ''), 120));
        EXCEPTION WHEN data_exception THEN
            bad := bad || to_jsonb(place);
            CONTINUE;
        END;
        IF centre.courier_says(clean) IS NULL THEN
            unknown := unknown || (clean -> 'awb');
        ELSE
            told := told + 1;
        END IF;
    END LOOP;
    PERFORM centre.courier_again();
    RETURN jsonb_build_object('told', told, 'unknown', unknown, 'bad', bad);
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA courier FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA courier TO loket_courier;
GRANT EXECUTE ON FUNCTION centre.courier_says, centre.courier_again TO loket_admin;
