-- Orders for the violations on cards' chips, as they were signed, and which counter wrote each.
-- They go down by the country's feed as `card_order`; what was written comes up as the act
-- `card.order_written`, with the digest of the order that lies on the chip.

CREATE TABLE centre.card_orders (
    serial text NOT NULL,
    sequence bigint NOT NULL,
    verdict text NOT NULL,
    made timestamptz NOT NULL,
    digest text NOT NULL,  -- SHA-256 of the body
    body text NOT NULL,
    PRIMARY KEY (serial, sequence)
);

-- Not only of orders that stand above: a restored centre hears here how far a chip's number has come.
CREATE TABLE centre.card_orders_written (
    counter text NOT NULL,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    serial text NOT NULL,
    sequence bigint NOT NULL,
    digest text NOT NULL,
    at timestamptz NOT NULL,  -- as the counter's clock said
    PRIMARY KEY (counter, epoch, seq)
);
CREATE INDEX ON centre.card_orders_written (serial, sequence);

-- That a chip was written is a fact, whatever becomes of the entry that says so. One that says
-- nothing readable is left alone: it must not hold up a counter's journal.
CREATE FUNCTION centre.note_card_orders(me text, window_of centre.sent[], entries text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one centre.sent;
    told jsonb;
BEGIN
    FOREACH one IN ARRAY window_of LOOP
        CONTINUE WHEN one.act IS DISTINCT FROM 'card.order_written';
        told := one.payload -> 'content';
        BEGIN
            INSERT INTO centre.card_orders_written (counter, epoch, seq, serial, sequence, digest, at)
            SELECT me, one.epoch, one.seq, told ->> 'serial', (told ->> 'sequence')::bigint,
                   told ->> 'digest', (entries[one.n]::jsonb ->> 'time')::timestamptz
            -- No number that leaves no next one.
            WHERE (told ->> 'sequence')::bigint BETWEEN 1 AND 1000000000;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
            CONTINUE;
        END;
    END LOOP;
END
$$;

-- The number of a new order for one card: higher than those given, those that counters wrote, and
-- `after`, which an administrator knows from the card itself.
CREATE FUNCTION centre.next_card_order(of_serial text, after bigint) RETURNS bigint
LANGUAGE sql AS $$
    INSERT INTO centre.meta AS known (key, value)
    SELECT 'points:' || of_serial, (greatest(
        after, (SELECT pg_catalog.max(w.sequence) FROM centre.card_orders_written w
                WHERE w.serial = of_serial)) + 1)::text
    ON CONFLICT (key) DO UPDATE
    SET value = greatest(known.value::bigint + 1, excluded.value::bigint)::text
    RETURNING value::bigint
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON centre.card_orders, centre.card_orders_written TO loket_admin;
GRANT SELECT ON centre.card_orders, centre.card_orders_written TO loket_notary;
GRANT EXECUTE ON FUNCTION centre.next_card_order TO loket_admin;
