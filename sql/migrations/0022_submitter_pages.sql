-- 0022_submitter_pages.sql — submitters by number, so that their list is written page by page; how much came of what each announced.

-- The place of each in the order of enrolment, from 0.
-- step
ALTER TABLE assay.submitter ADD COLUMN IF NOT EXISTS enrolled_nth bigint;
-- step
UPDATE assay.submitter u SET enrolled_nth = r.nth
	FROM (SELECT id, row_number() OVER (ORDER BY index) - 1 AS nth FROM assay.submitter) r WHERE r.id = u.id;
-- step
DROP INDEX CONCURRENTLY IF EXISTS assay.submitter_enrolled_nth;
-- step
CREATE UNIQUE INDEX CONCURRENTLY submitter_enrolled_nth ON assay.submitter (enrolled_nth);

-- How many submissions name the intent.
-- step
ALTER TABLE assay.intent ADD COLUMN IF NOT EXISTS done bigint NOT NULL DEFAULT 0;
-- step
UPDATE assay.intent i SET done = (SELECT count(*) FROM assay.submission s WHERE s.intent = i.id AND s.submitter = i.submitter);
-- step
DROP INDEX CONCURRENTLY IF EXISTS assay.intent_unfinished;
-- step
CREATE INDEX CONCURRENTLY intent_unfinished ON assay.intent (submitter, index) WHERE done < count;
