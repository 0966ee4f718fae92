-- What administrators' commands call beside plain statements on the tables.

-- An office with its head; known ones keep their number.
CREATE FUNCTION centre.put_office(code text, called text, in_zone text, details jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO centre.offices (office, name, zone, row) VALUES (code, called, in_zone, details)
    ON CONFLICT (office) DO UPDATE SET name = excluded.name, zone = excluded.zone, row = excluded.row;
    INSERT INTO centre.heads (office) VALUES (code) ON CONFLICT DO NOTHING;
END
$$;

INSERT INTO centre.heads (office) VALUES ('*') ON CONFLICT DO NOTHING;
INSERT INTO centre.meta (key, value) VALUES ('schema', '1'), ('lease_seconds', '14400'),
    ('keep_refused_days', '400'), ('keep_settled_days', '400') ON CONFLICT DO NOTHING;

GRANT EXECUTE ON FUNCTION centre.put_office, centre.tell, centre.raise_incident, centre.next_numbers
    TO loket_admin;
