-- 0004_runs_by_cell.sql — what a cell's row needs stands with the cell's results, and what the index
-- counts is counted as it happens: a round of publishing reads only what was touched.

-- State belongs to the whole submission; here it is repeated for each of its results, so that a cell
-- is read from one table by its own key.
ALTER TABLE assay.measurement
	ADD COLUMN submitter       bytea,
	ADD COLUMN state           text,
	ADD COLUMN model_name      text,
	ADD COLUMN engine_version  text;
UPDATE assay.measurement m
	SET submitter = s.submitter, state = l.state, model_name = s.model_name,
	    engine_version = s.engine_version
	FROM assay.submission s JOIN assay.leaf l USING (index)
	WHERE s.index = m.index;
ALTER TABLE assay.measurement
	ALTER COLUMN submitter SET NOT NULL,
	ALTER COLUMN state SET NOT NULL,
	ALTER COLUMN model_name SET NOT NULL,
	ALTER COLUMN engine_version SET NOT NULL;

-- Submissions that are not void, by suite, model name and submitter.
CREATE TABLE assay.tally (
	suite                text   NOT NULL,
	suite_version        bigint NOT NULL,
	model_name           text   NOT NULL,
	submitter            bytea  NOT NULL,
	submissions          bigint NOT NULL,
	counted              bigint NOT NULL,
	held                 bigint NOT NULL,
	results              bigint NOT NULL,
	last_accepted_at_ms  bigint NOT NULL,
	PRIMARY KEY (suite, suite_version, model_name, submitter)
);
INSERT INTO assay.tally
	SELECT s.suite, s.suite_version, s.model_name, s.submitter, count(*),
	       count(*) FILTER (WHERE l.state = 'counted'), count(*) FILTER (WHERE l.state = 'held'),
	       sum((SELECT count(*) FROM assay.measurement m WHERE m.index = s.index)),
	       max(l.accepted_at_ms)
	FROM assay.submission s JOIN assay.leaf l USING (index) GROUP BY 1, 2, 3, 4;

ALTER TABLE assay.log_head
	ADD COLUMN submitters_n bigint NOT NULL DEFAULT 0,
	ADD COLUMN void_n       bigint NOT NULL DEFAULT 0;
UPDATE assay.log_head SET
	submitters_n = (SELECT count(*) FROM assay.submitter),
	void_n = (SELECT count(*) FROM assay.leaf WHERE state = 'void');
