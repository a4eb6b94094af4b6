-- 0001_statements.sql — what arrives: one row a statement, one row a statement not yet in the log.


-- The only source. Keyed by the statement's id alone, so that it can be spread by hash.
CREATE TABLE assay.statement (
	id              bytea  PRIMARY KEY CHECK (length(id) = 32),
	kind            text   NOT NULL,
	payload         bytea,                 -- the bytes that verified; null once withheld
	payload_sha256  bytea  NOT NULL CHECK (length(payload_sha256) = 32),
	key             bytea  NOT NULL CHECK (length(key) = 32),
	signature       bytea  NOT NULL CHECK (length(signature) = 64),
	accepted_at_ms  bigint NOT NULL        -- Unix ms by this database's clock
		DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
);

-- The door asks for enrolments that are not derived yet; submissions never touch this index.
CREATE INDEX statement_enrolment_key ON assay.statement (key) WHERE kind = 'enrolment';

CREATE INDEX statement_config ON assay.statement (accepted_at_ms) WHERE kind = 'config';

-- Orders causally (a sequence with cache 1); never the index in the log.
CREATE SEQUENCE assay.arrival CACHE 1;

CREATE TABLE assay.pending (
	arrival  bigint PRIMARY KEY DEFAULT nextval('assay.arrival'),
	id       bytea  NOT NULL
);
