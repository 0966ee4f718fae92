-- Entries as they came, whatever became of them. Each form of the centre that changes what is noted
-- of them runs this file again.

CREATE OR REPLACE FUNCTION centre.keep_entries(
    me text, my_office text, window_of centre.sent[], entries text[],
    signatures bytea[], payloads text[], status text, reason text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO centre.journal (counter, epoch, seq, office, entry_id, entry, signature, payload, hash, status, reason)
    SELECT me, s.epoch, s.seq, my_office, s.entry_id, t.entry, t.signature, t.payload, s.hash,
           keep_entries.status, keep_entries.reason
    FROM pg_catalog.unnest(window_of) s
    JOIN ROWS FROM (pg_catalog.unnest(entries), pg_catalog.unnest(signatures), pg_catalog.unnest(payloads))
        WITH ORDINALITY AS t(entry, signature, payload, i) ON t.i::integer = s.n;
    INSERT INTO centre.entry_ids (entry_id, counter, epoch, seq)
    SELECT s.entry_id, me, s.epoch, s.seq FROM pg_catalog.unnest(window_of) s WHERE s.entry_id IS NOT NULL;
    IF EXISTS (SELECT FROM pg_catalog.unnest(window_of) s WHERE s.act = 'card.order_written') THEN
        PERFORM centre.note_card_orders(me, window_of, entries);
    END IF;
END
$$;
