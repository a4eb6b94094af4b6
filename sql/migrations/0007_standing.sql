-- 0007_standing.sql — who agrees with whom, who is established by it, and what that made of cells.

ALTER TABLE assay.submitter
	ADD COLUMN established boolean NOT NULL DEFAULT false,  -- by votes; trust establishes too
	ADD COLUMN agreeing_n  bigint  NOT NULL DEFAULT 0;      -- rows of agreement

-- Submitters whose votes in a cell lie within tolerance of the point and of an established voter's.
CREATE TABLE assay.agreement (
	cell       bytea NOT NULL,
	submitter  bytea NOT NULL,
	PRIMARY KEY (cell, submitter)
);

-- A cell's standing as the last leaf that touched it left it; without a row, nobody counted there.
CREATE TABLE assay.standing (
	cell      bytea NOT NULL,
	metric    text  NOT NULL,
	standing  text  NOT NULL,
	PRIMARY KEY (cell, metric)
);

-- Every change of a standing, by the leaf that made it. Written once.
CREATE TABLE assay.transition (
	index          bigint NOT NULL,
	cell           bytea  NOT NULL,
	metric         text   NOT NULL,
	from_standing  text   NOT NULL,
	to_standing    text   NOT NULL,
	PRIMARY KEY (index, cell, metric)
);
