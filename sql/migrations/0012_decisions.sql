-- 0012_decisions.sql — release decisions; what they say stands in their statements.

CREATE TABLE assay.decision (
	index            bigint  PRIMARY KEY,
	id               bytea   NOT NULL,
	submitter        bytea   NOT NULL,
	release_manager  boolean NOT NULL,  -- the signer's role at this place of the log
	changed_index    bigint  NOT NULL   -- last leaf that changed what is shown of it
);
CREATE INDEX decision_submitter ON assay.decision (submitter);

-- A name that is withheld goes from prices too.
ALTER TABLE assay.price ADD COLUMN changed_index bigint;
UPDATE assay.price SET changed_index = coalesce(retracted_index, index);
ALTER TABLE assay.price ALTER COLUMN changed_index SET NOT NULL;
CREATE INDEX price_submitter ON assay.price (submitter);
