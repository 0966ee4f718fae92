-- Who may be here at all. Counters log in with roles of their own (c_…), members of loket_counter;
-- what that group may do is granted at the end of each file that makes a function.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['loket_owner', 'loket_admin', 'loket_counter',
                                     'loket_portal', 'loket_notary', 'loket_enrol',
                                     'loket_courier'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$$;

-- Everybody loses what PostgreSQL gives everybody.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO loket_owner, loket_admin;
DO $$
DECLARE
    found record;
BEGIN
    -- Large objects would let anybody who may connect fill the disk.
    FOR found IN SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
          AND p.proname IN ('lo_create', 'lo_creat', 'lo_from_bytea', 'lo_put', 'lo_open', 'lowrite',
                            'lo_truncate', 'lo_truncate64', 'lo_unlink')
    LOOP
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', found.name);
    END LOOP;
END
$$;
ALTER DEFAULT PRIVILEGES FOR ROLE loket_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE loket_owner REVOKE USAGE ON TYPES FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS centre AUTHORIZATION loket_owner;
CREATE SCHEMA IF NOT EXISTS api AUTHORIZATION loket_owner;
CREATE SCHEMA IF NOT EXISTS portal AUTHORIZATION loket_owner;
CREATE SCHEMA IF NOT EXISTS enrol AUTHORIZATION loket_owner;
CREATE SCHEMA IF NOT EXISTS courier AUTHORIZATION loket_owner;
GRANT USAGE ON SCHEMA api TO loket_counter;
GRANT USAGE ON SCHEMA portal TO loket_portal;
GRANT USAGE ON SCHEMA enrol TO loket_enrol;
GRANT USAGE ON SCHEMA courier TO loket_courier;
GRANT USAGE ON SCHEMA centre TO loket_admin, loket_notary;
