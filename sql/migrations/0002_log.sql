-- 0002_log.sql — the log's order and what was settled of each leaf.

-- One row: how many leaves there are. Changed by compare and swap on the old size.
CREATE TABLE assay.log_head (
	one             boolean PRIMARY KEY DEFAULT true CHECK (one),
	size            bigint  NOT NULL,
	as_of_ms        bigint  NOT NULL       -- largest accepted_at_ms of all leaves; 0 without any
);
INSERT INTO assay.log_head (size, as_of_ms) VALUES (0, 0);

CREATE TABLE assay.leaf (
	index           bigint PRIMARY KEY,
	id              bytea  NOT NULL UNIQUE,
	kind            text   NOT NULL,
	accepted_at_ms  bigint NOT NULL,
	submitter       bytea,                 -- null: signed by no submitter
	state           text   NOT NULL,       -- counted held superseded retracted quarantined void
	reason          text,
	pointer         text
);
CREATE INDEX leaf_config ON assay.leaf (index) WHERE kind = 'config' AND state = 'counted';
