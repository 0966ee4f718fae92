-- What the centre keeps. The office leads the key of everything an office owns, so that a table
-- can be spread by office; what must be unique in the country has a table keyed by that value.

CREATE TABLE centre.meta (
    key text PRIMARY KEY,
    value text NOT NULL
);

-- Data: who there is ------------------------------------------------------------------------

CREATE TABLE centre.offices (
    office text PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL DEFAULT 'Asia/Jakarta',
    active boolean NOT NULL DEFAULT true,
    row jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE centre.counters (
    id text PRIMARY KEY,
    office text NOT NULL REFERENCES centre.offices,
    login text NOT NULL UNIQUE,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked')),
    epoch integer NOT NULL DEFAULT 1,
    last_seq bigint NOT NULL DEFAULT 0,
    last_hash text NOT NULL DEFAULT repeat('0', 64),
    last_seen timestamptz,
    schema_version integer NOT NULL DEFAULT 1,
    program text NOT NULL DEFAULT '',
    public_key text NOT NULL DEFAULT '',
    -- How far the notary has come; `broken` is the seq whose signature didn't hold.
    noted_epoch integer NOT NULL DEFAULT 1,
    noted_seq bigint NOT NULL DEFAULT 0,
    broken jsonb
);
CREATE INDEX ON centre.counters (office);

CREATE TABLE centre.officers (
    nrp text PRIMARY KEY,
    name text NOT NULL,
    rank text NOT NULL DEFAULT '',
    roles text[] NOT NULL,
    offices text[],  -- null: every office
    active boolean NOT NULL DEFAULT true,
    delegate_roles text[] NOT NULL DEFAULT '{}',
    delegate_until date,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE centre.certificates (
    key_id text PRIMARY KEY,
    role text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL
);

-- Data: what is allowed, loaded from the program's own tables ---------------------------------

CREATE TABLE centre.kinds (
    kind text PRIMARY KEY,
    -- Facts have happened and land even where the case they belong to is parked.
    fact boolean NOT NULL,
    workflow text,
    start text
);

CREATE TABLE centre.workflow_steps (
    table_name text NOT NULL,
    state text NOT NULL,
    action text NOT NULL,
    next text,  -- null: back to where a hold began
    roles text[] NOT NULL,
    not_maker boolean NOT NULL,
    two_officers boolean NOT NULL,
    channels text[],
    services text[],
    custodian_only boolean NOT NULL DEFAULT false,
    rules_version text NOT NULL
);
CREATE INDEX ON centre.workflow_steps (table_name, state, action);

CREATE TABLE centre.workflow_actions (
    table_name text NOT NULL,
    act text NOT NULL,
    action text NOT NULL,
    PRIMARY KEY (table_name, act)
);

CREATE TABLE centre.unique_keys (
    name text PRIMARY KEY,
    kind text NOT NULL,
    fields text[] NOT NULL,
    owner_field text,  -- the same owner may name the value again; null: the thing itself
    reason text NOT NULL
);

-- Acts that do more than change rows: take or release a lease, settle a parked entry.
CREATE TABLE centre.special_acts (
    act text PRIMARY KEY,
    effect text NOT NULL CHECK (effect IN ('take', 'release', 'accept', 'resubmit', 'intake'))
);

-- Services in which a new licence takes its predecessor's place, and states in which a case ended.
CREATE TABLE centre.words (
    name text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (name, word)
);

CREATE TABLE centre.rules (
    name text NOT NULL,
    version text NOT NULL,
    valid_from date NOT NULL,
    area text NOT NULL DEFAULT '',
    toml text NOT NULL,
    signature text,
    PRIMARY KEY (name, area, valid_from, version)
);

-- The journals as they came --------------------------------------------------------------------

CREATE TABLE centre.journal (
    counter text NOT NULL,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    office text NOT NULL,
    entry_id text,  -- null where the entry couldn't be read
    entry text NOT NULL,
    signature bytea NOT NULL,
    payload text,   -- null: erased
    hash text NOT NULL,
    arrived timestamptz NOT NULL DEFAULT now(),
    status text NOT NULL CHECK (status IN ('applied', 'parked')),
    reason text,
    PRIMARY KEY (counter, epoch, seq)
);

-- Few among many: keys and cards of officers that wait for a certificate (`centre sign`).
CREATE INDEX journal_officers_keys ON centre.journal (arrived) WHERE entry LIKE '%"act":"officer.%';

CREATE TABLE centre.entry_ids (
    entry_id text PRIMARY KEY,
    counter text NOT NULL,
    epoch integer NOT NULL,
    seq bigint NOT NULL
);

-- What follows from them: one row for each thing ------------------------------------------------

CREATE TABLE centre.things (
    office text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    version integer NOT NULL,
    row jsonb NOT NULL,
    counter text NOT NULL,
    entry_id text,
    changed timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office, kind, id)
) PARTITION BY LIST (kind);

CREATE TABLE centre.applications PARTITION OF centre.things FOR VALUES IN ('applications');
CREATE TABLE centre.persons PARTITION OF centre.things FOR VALUES IN ('persons');
CREATE TABLE centre.licences PARTITION OF centre.things FOR VALUES IN ('licences');
CREATE TABLE centre.blanks PARTITION OF centre.things FOR VALUES IN ('blanks');
CREATE TABLE centre.movements PARTITION OF centre.things FOR VALUES IN ('movements');
CREATE TABLE centre.evidence PARTITION OF centre.things FOR VALUES IN ('evidence');
CREATE TABLE centre.parcels PARTITION OF centre.things FOR VALUES IN ('parcels');
CREATE TABLE centre.returns PARTITION OF centre.things FOR VALUES IN ('returns');
CREATE TABLE centre.other_things PARTITION OF centre.things DEFAULT;
CREATE INDEX ON centre.licences (id);
CREATE INDEX ON centre.applications ((row ->> 'external_id')) WHERE row ->> 'external_id' <> '';
-- Not led by the office: no plan for a whole key should ever take one of these instead.
CREATE INDEX ON centre.evidence ((row ->> 'application_id'));
CREATE INDEX ON centre.parcels ((row ->> 'application_id'));

-- What must be unique in the country -------------------------------------------------------------

CREATE TABLE centre.licence_slots (
    nik text NOT NULL,
    licence_class text NOT NULL,
    licence_id text NOT NULL,
    office text NOT NULL,
    application_id text NOT NULL,
    entry_id text,
    PRIMARY KEY (nik, licence_class)
);
CREATE INDEX ON centre.licence_slots (licence_id);

CREATE TABLE centre.taken_keys (
    name text NOT NULL,
    value text NOT NULL,
    office text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    owner text NOT NULL,
    entry_id text,
    PRIMARY KEY (name, value)
);

CREATE TABLE centre.serials (
    serial text PRIMARY KEY,
    office text NOT NULL,
    custodian text NOT NULL,
    state text NOT NULL,
    movement integer NOT NULL,
    lot text NOT NULL,
    entry_id text
);

CREATE TABLE centre.claims (
    application text PRIMARY KEY,
    office text NOT NULL,
    counter text NOT NULL,
    fence bigint NOT NULL DEFAULT 1,
    until timestamptz NOT NULL,
    released boolean NOT NULL DEFAULT false,
    ended boolean NOT NULL DEFAULT false  -- its case has ended: the lease stands, and isn't told any more
);
CREATE INDEX ON centre.claims (counter) WHERE NOT released AND NOT ended;

-- What waits for a supervisor ----------------------------------------------------------------------

CREATE TABLE centre.parked (
    office text NOT NULL,
    counter text NOT NULL,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    entry_id text,
    reason text NOT NULL,
    detail jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    resolved_by text,
    PRIMARY KEY (office, counter, epoch, seq)
);
CREATE INDEX ON centre.parked (office, counter) WHERE resolved_by IS NULL;

-- The things that an unresolved parked entry wanted to change.
CREATE TABLE centre.parked_on (
    office text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    entry_id text NOT NULL,
    resolved_by text,
    PRIMARY KEY (office, kind, id, entry_id)
);

CREATE TABLE centre.incidents (
    id text PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    offices text[] NOT NULL,
    detail jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);

CREATE TABLE centre.refused (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login text NOT NULL,
    counter text,
    call text NOT NULL,
    code text NOT NULL,
    detail jsonb NOT NULL
);

-- What goes down to the counters ---------------------------------------------------------------------

-- One head for each office and one ('*') for the country: numbers are given in commit order.
CREATE TABLE centre.heads (
    office text PRIMARY KEY,
    number bigint NOT NULL DEFAULT 0
);

CREATE TABLE centre.feed (
    office text NOT NULL,
    number bigint NOT NULL,
    type text NOT NULL,
    origin text NOT NULL,  -- the counter whose act it was; 'centre'
    target text,           -- for one counter only
    kind text,
    id text,
    body jsonb,            -- null for rows: these are read where they stand
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office, number)
);

CREATE TABLE centre.holds (
    id text PRIMARY KEY,
    nik text NOT NULL,
    kind text NOT NULL,
    binding boolean NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL DEFAULT 0,
    row jsonb NOT NULL
);
CREATE INDEX ON centre.holds (nik);

CREATE TABLE centre.revocations (
    kind text NOT NULL CHECK (kind IN ('key', 'signer', 'licence', 'card')),
    id text NOT NULL,
    since timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    by_order text NOT NULL DEFAULT '',
    PRIMARY KEY (kind, id)
);

CREATE TABLE centre.consignments (
    id text PRIMARY KEY,
    office text NOT NULL,
    lot text NOT NULL,
    row jsonb NOT NULL
);

CREATE TABLE centre.courier_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    awb text NOT NULL,
    event text NOT NULL,
    at timestamptz NOT NULL,
    row jsonb NOT NULL,
    office text,  -- null: no office knows this waybill yet
    UNIQUE (awb, event, at)
);

CREATE TABLE centre.anchors (
    counter text NOT NULL,
    kind text NOT NULL,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    time text NOT NULL,
    officer text,
    key_id text NOT NULL,
    signature text NOT NULL,
    PRIMARY KEY (counter, kind, epoch, seq)
);

-- Pictures: an office sees what an office has sent, or what was sent to it ---------------------------

CREATE TABLE centre.blobs (
    office text NOT NULL,
    sha text NOT NULL,
    parts integer NOT NULL,
    size bigint NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office, sha)
);

CREATE TABLE centre.blob_parts (
    office text NOT NULL,
    sha text NOT NULL,
    part integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (office, sha, part)
);
ALTER TABLE centre.blob_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Online applications on their way to a counter ------------------------------------------------------

CREATE TABLE centre.intake (
    office text NOT NULL,
    external_id text NOT NULL,
    revision integer NOT NULL,
    type text NOT NULL CHECK (type IN ('application', 'cancellation')),
    line text NOT NULL,
    pictures text[] NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now(),
    counter text,
    fence bigint NOT NULL DEFAULT 0,
    until timestamptz,
    done_at timestamptz,
    PRIMARY KEY (office, external_id, type, revision)
);
CREATE INDEX ON centre.intake (office, at) WHERE done_at IS NULL;
