-- The chain: where the entries of a call belong, and whether each follows the one before it.

-- Where the entries belong: known ones are skipped, the rest must follow the head without a gap.
-- `start` is the first new one; `error` says what is wrong, and then nothing is applied.
CREATE FUNCTION centre.place(me centre.counters, head jsonb, batch centre.sent[],
                             OUT start integer, OUT error text, OUT at jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    s centre.sent;
    realm text := (SELECT value FROM centre.meta WHERE key = 'realm');
    e integer := me.epoch;
    q bigint := me.last_seq;
    h text := me.last_hash;
    known text;
BEGIN
    start := 1;
    <<reading>>
    FOR i IN 1 .. pg_catalog.cardinality(batch) LOOP
        s := batch[i];
        error := CASE WHEN s.counter IS DISTINCT FROM me.id THEN 'forged'
                      WHEN s.realm IS DISTINCT FROM realm THEN 'realm'
                      WHEN NOT coalesce(s.payload_fits, false) THEN 'payload' END;
        EXIT reading WHEN error IS NOT NULL;
        IF s.epoch < e OR (s.epoch = e AND s.seq <= q) THEN
            SELECT j.hash INTO known FROM centre.journal j
            WHERE j.counter = me.id AND j.epoch = s.epoch AND j.seq = s.seq;
            error := CASE WHEN start < i THEN 'chain' WHEN known IS DISTINCT FROM s.hash THEN 'forked' END;
            EXIT reading WHEN error IS NOT NULL;
            start := i + 1;
            CONTINUE;
        END IF;
        -- Of an unreadable one its place is all that is known; the next one's `previous` vouches for it.
        error := CASE WHEN s.problem = 'entry' AND s.seq = q + 1 THEN NULL ELSE centre.follows(me.id, s, e, q, h) END;
        EXIT reading WHEN error IS NOT NULL;
        e := s.epoch;
        q := s.seq;
        h := s.hash;
    END LOOP;
    -- The end of a batch has no successor to vouch for its text.
    IF error IS NULL AND ((head ? 'hash' AND head ->> 'hash' <> s.hash) OR (s.problem = 'entry' AND NOT head ? 'hash')) THEN
        error := 'chain';
    END IF;
    IF error IS NULL AND centre.ids_known(CASE start WHEN 1 THEN batch ELSE batch[start:] END) THEN
        error := 'doubled';
    END IF;
    at := pg_catalog.jsonb_build_object('epoch', s.epoch, 'seq', s.seq);
END
$$;

-- Where unreadable entries stand: after the one before, the first where the head says.
CREATE FUNCTION centre.give_places(me centre.counters, head jsonb, batch centre.sent[]) RETURNS centre.sent[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    s centre.sent;
    epoch integer := coalesce((head ->> 'epoch')::integer, me.epoch);
    seq bigint := coalesce((head ->> 'from_seq')::bigint, me.last_seq + 1);
BEGIN
    FOR i IN 1 .. pg_catalog.cardinality(batch) LOOP
        s := batch[i];
        IF s.problem = 'entry' THEN
            s.counter := me.id;
            s.realm := (SELECT value FROM centre.meta WHERE key = 'realm');
            s.epoch := epoch;
            s.seq := seq;
            batch[i] := s;
        END IF;
        epoch := s.epoch;
        seq := s.seq + 1;
    END LOOP;
    RETURN batch;
END
$$;

-- Whether an entry's id was seen before, at the centre or in this very call.
CREATE FUNCTION centre.ids_known(batch centre.sent[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_catalog.unnest(batch) b
                   CROSS JOIN LATERAL (SELECT FROM centre.entry_ids d WHERE d.entry_id = b.entry_id OFFSET 0) d)
        OR EXISTS (SELECT FROM pg_catalog.unnest(batch) b WHERE b.entry_id IS NOT NULL
                   GROUP BY b.entry_id HAVING pg_catalog.count(*) > 1);
END
$$;

-- Whether a new entry follows the head (epoch, seq, hash): the hash chain over the texts as sent.
CREATE FUNCTION centre.follows(me text, s centre.sent, head_epoch integer, head_seq bigint, head_hash text)
RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF s.epoch = head_epoch OR s.seq > head_seq + 1 THEN
        RETURN CASE WHEN s.seq > head_seq + 1 THEN 'gap'
                    WHEN s.previous IS DISTINCT FROM head_hash THEN 'chain' END;
    END IF;
    -- A new epoch goes on from an entry that is known, and says so first of all.
    IF s.act = 'journal.epoch_opened' AND (
        (s.seq = head_seq + 1 AND s.previous = head_hash)
        OR (s.seq = 1 AND s.previous = pg_catalog.repeat('0', 64))
        OR EXISTS (SELECT FROM centre.journal j
                   WHERE j.counter = me AND j.seq = s.seq - 1 AND j.hash = s.previous)) THEN
        RETURN NULL;
    END IF;
    RETURN 'epoch';
END
$$;
