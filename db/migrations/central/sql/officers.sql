-- In which roles an officer acts. Each form of the centre that changes whose roles count runs this
-- file again.

-- The roles in which an officer acts on a day at an office; null: not an officer of this office.
CREATE OR REPLACE FUNCTION centre.roles_of(o centre.officers, my_office text, day date) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT coalesce(centre.serves(o, my_office), false) THEN
        RETURN NULL;
    END IF;
    RETURN o.roles || CASE WHEN o.delegate_until >= day THEN o.delegate_roles ELSE '{}' END
        || ARRAY(SELECT s.role FROM centre.stand_ins s
                 WHERE s.office = my_office AND s.nrp = o.nrp AND (s.ended IS NULL OR s.in_order)
                   AND day BETWEEN s.since AND s.until);
END
$$;

CREATE OR REPLACE FUNCTION centre.serves(o centre.officers, my_office text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN o.active AND (o.offices IS NULL OR my_office = ANY (o.offices));
