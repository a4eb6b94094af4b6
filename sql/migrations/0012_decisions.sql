-- 0012_decisions.sql — release decisions; what they say stands in their statements.

CREATE TABLE assay.decision (
	index          bigint PRIMARY KEY,
	id             bytea  NOT NULL,
	submitter      bytea  NOT NULL,
	changed_index  bigint NOT NULL  -- last leaf that changed what is shown of it
);
