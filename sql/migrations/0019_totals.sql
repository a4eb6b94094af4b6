-- 0019_totals.sql — what documents and the leader ask for again and again is counted as it happens, so that
-- neither a cell's nor a submitter's whole past is read for one more submission.

-- Who measured what in a raw cell, under which name. first_counted: the first leaf of those that count;
-- first_index: of all that may be shown; null: of none.
CREATE TABLE assay.voice (
	raw_cell       bytea  NOT NULL,
	metric         text   NOT NULL,
	model_name     text   NOT NULL,
	submitter      bytea  NOT NULL,
	counted        bigint NOT NULL,
	first_counted  bigint,
	first_index    bigint,
	PRIMARY KEY (raw_cell, metric, submitter, model_name)
);
INSERT INTO assay.voice
	SELECT raw_cell, metric, model_name, submitter, count(*) FILTER (WHERE state = 'counted'),
	       min(index) FILTER (WHERE state = 'counted'), min(index) FILTER (WHERE state <> 'withheld')
	FROM assay.measurement GROUP BY 1, 2, 3, 4;

-- Results that count, by engine version.
CREATE TABLE assay.engine_seen (
	raw_cell        bytea  NOT NULL,
	engine_version  text   COLLATE "C" NOT NULL,
	counted         bigint NOT NULL,
	PRIMARY KEY (raw_cell, engine_version)
);
INSERT INTO assay.engine_seen
	SELECT raw_cell, engine_version, count(*) FROM assay.measurement WHERE state = 'counted' GROUP BY 1, 2;

-- The latest of a submitter in a cell; what is held there.
CREATE INDEX measurement_vote ON assay.measurement (raw_cell, metric, submitter, index DESC, position DESC)
	WHERE state = 'counted';
CREATE INDEX measurement_held ON assay.measurement (raw_cell, index) WHERE state = 'held';

-- The tally by model and suite alone; and how many submitters a model ('model', version 0) and a suite
-- ('suite') have, with their newest submission.
CREATE TABLE assay.model_total (
	model_name     text   NOT NULL,
	suite          text   NOT NULL,
	suite_version  bigint NOT NULL,
	submissions    bigint NOT NULL,
	counted        bigint NOT NULL,
	held           bigint NOT NULL,
	results        bigint NOT NULL,
	PRIMARY KEY (model_name, suite, suite_version)
);
INSERT INTO assay.model_total
	SELECT model_name, suite, suite_version, sum(submissions), sum(counted), sum(held), sum(results)
	FROM assay.tally GROUP BY 1, 2, 3;
CREATE TABLE assay.reach (
	of                   text   NOT NULL,
	name                 text   NOT NULL,
	version              bigint NOT NULL,
	submitters           bigint NOT NULL,
	last_accepted_at_ms  bigint NOT NULL,
	PRIMARY KEY (of, name, version)
);
INSERT INTO assay.reach
	SELECT 'model', model_name, 0, count(DISTINCT submitter), max(last_accepted_at_ms)
	FROM assay.tally WHERE submissions > 0 GROUP BY 2
	UNION ALL SELECT 'suite', suite, suite_version, count(DISTINCT submitter), max(last_accepted_at_ms)
	FROM assay.tally WHERE submissions > 0 GROUP BY 2, 3;
DROP INDEX assay.tally_model;
CREATE INDEX tally_model ON assay.tally (model_name, submitter);
CREATE INDEX tally_suite ON assay.tally (suite, suite_version, submitter);

-- A submitter's record: submissions by state; runs without an intent, and such that say they took longer
-- than since theirs.
CREATE TABLE assay.submitter_state (
	submitter  bytea  NOT NULL,
	state      text   NOT NULL,
	n          bigint NOT NULL,
	PRIMARY KEY (submitter, state)
);
INSERT INTO assay.submitter_state
	SELECT submitter, state, count(*) FROM assay.leaf
	WHERE kind = 'submission' AND submitter IS NOT NULL GROUP BY 1, 2;
CREATE TABLE assay.record (
	submitter           bytea  PRIMARY KEY,
	without_intent      bigint NOT NULL,
	longer_than_intent  bigint NOT NULL
);
INSERT INTO assay.record
	SELECT s.submitter, count(*) FILTER (WHERE s.intent IS NULL),
	       count(*) FILTER (WHERE s.duration_s * 1000 > l.accepted_at_ms - i.accepted_at_ms)
	FROM assay.submission s JOIN assay.leaf l USING (index) LEFT JOIN assay.leaf i ON i.id = s.intent
	GROUP BY 1;
