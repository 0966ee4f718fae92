-- A new counter's way in. The administrator opens an enrolment: a login role of its own that ends
-- by itself, whose password is the one-time code (SCRAM checks it). That role may hand in the two
-- requests that the counter made (TLS, and its journal's key), once, and fetch the answer.

CREATE TABLE centre.enrolments (
    login text PRIMARY KEY,   -- the role that ends
    counter text NOT NULL,
    at_office text NOT NULL,
    expires timestamptz NOT NULL,
    csr text,
    request text,
    asked_at timestamptz,
    answer jsonb,
    fetched_at timestamptz
);

CREATE FUNCTION centre.enrolment_refusal(code text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO centre.refused (login, call, code, detail) VALUES (session_user, 'enrol', code, '{}');
    RETURN pg_catalog.jsonb_build_object('error', code);
END
$$;

-- The counter's requests; the same ones again change nothing, others are refused.
CREATE FUNCTION enrol.ask_v1(p_csr text, p_request text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known centre.enrolments;
BEGIN
    SELECT * INTO known FROM centre.enrolments e WHERE e.login = session_user FOR UPDATE;
    IF known.login IS NULL THEN
        RETURN centre.enrolment_refusal('unknown');
    END IF;
    IF known.expires <= now() THEN
        RETURN centre.enrolment_refusal('expired');
    END IF;
    IF p_csr IS NULL OR p_request IS NULL OR length(p_csr) > 8192 OR length(p_request) > 8192 THEN
        RETURN centre.enrolment_refusal('too_long');
    END IF;
    IF known.fetched_at IS NOT NULL
       OR (known.csr IS NOT NULL AND (known.csr, known.request) <> (p_csr, p_request)) THEN
        RETURN centre.enrolment_refusal('used');
    END IF;
    UPDATE centre.enrolments e SET csr = p_csr, request = p_request, asked_at = coalesce(asked_at, now())
    WHERE e.login = session_user;
    RETURN jsonb_build_object('ok', true, 'counter', known.counter, 'office', known.at_office);
END
$$;

-- Whether the administrator has signed, and what.
CREATE FUNCTION enrol.answer_v1() RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known centre.enrolments;
BEGIN
    SELECT * INTO known FROM centre.enrolments e WHERE e.login = session_user;
    IF known.login IS NULL THEN
        RETURN centre.enrolment_refusal('unknown');
    END IF;
    IF known.expires <= now() THEN
        RETURN centre.enrolment_refusal('expired');
    END IF;
    RETURN coalesce(known.answer || '{"state": "granted"}', '{"state": "waiting"}');
END
$$;

-- The counter has it all on disk: nobody asks by this code again.
CREATE FUNCTION enrol.done_v1() RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE centre.enrolments e SET fetched_at = now()
    WHERE e.login = session_user AND e.answer IS NOT NULL;
    RETURN jsonb_build_object('ok', found);
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA enrol FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA enrol TO loket_enrol;
