-- 0013_moves.sql — every change of a statement's state, written once; a model's runs by number.

CREATE TABLE assay.move (
	by        bigint  NOT NULL,  -- leaf that did it
	index     bigint  NOT NULL,  -- leaf of the statement
	was       text    NOT NULL,
	now       text    NOT NULL,
	withheld  boolean NOT NULL,
	PRIMARY KEY (by, index)
);
CREATE INDEX move_index ON assay.move (index, by);

-- A model's submissions by number, from 0, in log order: their pages of 500.
ALTER TABLE assay.submission ADD COLUMN model_nth bigint;
UPDATE assay.submission s SET model_nth = n.nth FROM (SELECT index,
	row_number() OVER (PARTITION BY model_name ORDER BY index) - 1 AS nth FROM assay.submission) AS n
	WHERE n.index = s.index;
ALTER TABLE assay.submission ALTER COLUMN model_nth SET NOT NULL;
DROP INDEX assay.submission_model;
CREATE INDEX submission_model_nth ON assay.submission (model_name, model_nth);
CREATE INDEX submission_submitter ON assay.submission (submitter);

-- Moves and submissions say which models a leaf touched.
DROP TABLE assay.dirty_model;

CREATE INDEX decision_changed ON assay.decision (changed_index);
CREATE INDEX transition_cell ON assay.transition (cell, index DESC);
-- What is news: all but a cell's first run.
CREATE INDEX transition_news ON assay.transition (index DESC, cell, metric COLLATE "C")
	WHERE from_standing <> 'none' OR to_standing <> 'single';
CREATE INDEX tally_model ON assay.tally (model_name);
