-- The second wall: even a function that forgot to ask for the office sees that office only.
-- `loket.office` is set by each function of `api` for its own transaction, from the login.
DO $$
DECLARE
    found record;
    rule text;
BEGIN
    FOR found IN
        SELECT c.relname
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office'
        WHERE s.nspname = 'centre' AND c.relkind IN ('r', 'p')
          -- What every office may need to look up by its value.
          AND c.relname NOT IN ('offices', 'counters', 'heads', 'licence_slots', 'taken_keys',
                                'serials', 'claims', 'consignments', 'courier_events')
    LOOP
        rule := CASE WHEN found.relname IN ('feed', 'blobs', 'blob_parts')
            THEN 'office IN (''*'', pg_catalog.current_setting(''loket.office'', true))'
            ELSE 'office = pg_catalog.current_setting(''loket.office'', true)' END
            || ' OR pg_catalog.current_setting(''loket.office'', true) = ''*''';
        EXECUTE pg_catalog.format('ALTER TABLE centre.%I ENABLE ROW LEVEL SECURITY', found.relname);
        EXECUTE pg_catalog.format('ALTER TABLE centre.%I FORCE ROW LEVEL SECURITY', found.relname);
        EXECUTE pg_catalog.format('CREATE POLICY own_office ON centre.%I TO loket_owner USING (%s)',
                                  found.relname, rule);
        EXECUTE pg_catalog.format('CREATE POLICY whole ON centre.%I TO loket_admin, loket_notary USING (true)',
                                  found.relname);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA centre TO loket_admin;
GRANT SELECT ON ALL TABLES IN SCHEMA centre TO loket_notary;
REVOKE ALL ON ALL TABLES IN SCHEMA centre, api, portal FROM PUBLIC;
