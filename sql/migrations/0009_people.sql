-- 0009_people.sql — what the documents of submitters and acts are read from.

-- The intent a submission says it fulfils, and how long it says its measuring took.
ALTER TABLE assay.submission
	ADD COLUMN intent      bytea,
	ADD COLUMN duration_s  float8;

CREATE INDEX leaf_submitter ON assay.leaf (submitter, index) WHERE submitter IS NOT NULL;
CREATE INDEX leaf_held ON assay.leaf (index) WHERE state = 'held';
CREATE INDEX act_waits ON assay.act (index) WHERE waits;

-- Which leaf changed what is shown of a submitter beside its own statements.
CREATE TABLE assay.dirty_submitter (
	index      bigint NOT NULL,
	submitter  bytea  NOT NULL,
	PRIMARY KEY (index, submitter)
);
