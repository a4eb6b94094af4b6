-- 0003_derived.sql — what the leader derives from the log, in log order. All of it can be made again.

CREATE TABLE assay.submitter (
	id      bytea  PRIMARY KEY,
	name    text   NOT NULL,
	links   jsonb  NOT NULL,
	index   bigint NOT NULL                -- leaf of the enrolment
);

-- Every key that ever belonged to a submitter.
CREATE TABLE assay.submitter_key (
	key          bytea  PRIMARY KEY,
	submitter    bytea  NOT NULL,
	added_index  bigint NOT NULL
);

-- What a cell row on a board needs of a submission, beside its results.
CREATE TABLE assay.submission (
	index           bigint PRIMARY KEY,
	id              bytea  NOT NULL,
	submitter       bytea  NOT NULL,
	suite           text   NOT NULL,
	suite_version   bigint NOT NULL,
	model_name      text   NOT NULL,
	model           json   NOT NULL,       -- json, not jsonb: members stay as signed
	engine_name     text   NOT NULL,
	engine_version  text   NOT NULL
);
CREATE INDEX submission_model ON assay.submission (model_name, index DESC);

-- One row a result. Keyed by raw cell, so that it can be spread by hash.
CREATE TABLE assay.measurement (
	raw_cell    bytea  NOT NULL,
	index       bigint NOT NULL,           -- leaf of the submission
	position    bigint NOT NULL,           -- in its results
	metric      text   NOT NULL,
	value       float8 NOT NULL,
	n           bigint NOT NULL,
	sd          float8,
	se          float8,
	conditions  json   NOT NULL,
	PRIMARY KEY (raw_cell, index, position)
);
CREATE INDEX measurement_index ON assay.measurement (index);

-- What a raw cell is made of; never changes.
CREATE TABLE assay.raw_cell (
	raw_cell       bytea  PRIMARY KEY,
	suite          text   NOT NULL,
	suite_version  bigint NOT NULL,
	fields         json   NOT NULL         -- field → value, in the suite's order
);

-- Raw cell to canonical cell; an alias changes this map and marks both cells dirty.
CREATE TABLE assay.cell_of (
	raw_cell  bytea PRIMARY KEY,
	cell      bytea NOT NULL
);
CREATE INDEX cell_of_cell ON assay.cell_of (cell);

-- Which leaf touched which cell: each node publishes from its own place in this list.
CREATE TABLE assay.dirty_cell (
	index  bigint NOT NULL,
	cell   bytea  NOT NULL,
	PRIMARY KEY (index, cell)
);
CREATE INDEX dirty_cell_cell ON assay.dirty_cell (cell, index DESC);
